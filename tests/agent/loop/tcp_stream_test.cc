#include "agent/loop/tcp_stream.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <optional>
#include <string>

#include "agent/core/reason.h"
#include "tests/support/descriptors.h"
#include "tests/support/sockets.h"
#include "tests/support/tcp_peer.h"
#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using std::chrono::milliseconds;
using namespace tests;  // NOLINT(google-build-using-namespace): the peers' vocabulary

std::span<const std::byte> stream_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// A stream and everything it said.
struct Client {
  Client(Loop& loop, const TcpOptions& options)
      : stream(TcpStream::connect(loop, options, [this](Result<void> result) {
          ++answers;
          connected = std::move(result);
        })) {}

  void read() {
    stream->read([this](Result<std::span<const std::byte>> chunk) {
      EXPECT_FALSE(has_ended || error);
      if (!chunk) error = chunk.error();
      else if (chunk->empty()) has_ended = true;
      else text.append(reinterpret_cast<const char*>(chunk->data()), chunk->size());
    });
  }

  bool is_connected() const { return connected && connected->has_value(); }

  int answers = 0;
  std::optional<Result<void>> connected;
  std::string text;
  bool has_ended = false;
  std::optional<Error> error;
  std::unique_ptr<TcpStream> stream;
};

TEST(TcpStreamTest, ConnectsReadsAndSeesTheEnd) {
  for (const Family family : {Family::ip4, Family::ip6}) {
    TcpPeer peer([](Conversation& talk) { talk.send("hello"); }, family);
    TestLoop test;
    Client client(test.loop(), {.to = peer.endpoint()});
    EXPECT_FALSE(client.connected);
    client.read();

    test.run_until_idle();

    EXPECT_TRUE(client.is_connected());
    EXPECT_EQ(client.text, "hello");
    EXPECT_TRUE(client.has_ended);
  }
}

TEST(TcpStreamTest, WritesInOrderAndTellsWhenWritten) {
  TcpPeer peer([](Conversation& talk) { talk.send(talk.receive(300'005)); });
  TestLoop test;
  Client client(test.loop(), {.to = peer.endpoint()});
  test.run_until([&] { return client.is_connected(); });
  client.read();
  int written = 0;
  const auto count = [&](Result<void> result) { written += result ? 1 : 0; };

  client.stream->write(stream_bytes(std::string(300'000, 'x')), count);
  EXPECT_EQ(written, 0);
  client.stream->write(stream_bytes("later"), count);
  client.stream->write({}, {});
  test.run_until_idle();

  EXPECT_EQ(written, 2);
  EXPECT_EQ(client.text, std::string(300'000, 'x') + "later");
}

TEST(TcpStreamTest, ARefusalIsItsErrnoOnALaterTurn) {
  for (const Family family : {Family::ip4, Family::ip6}) {
    const RefusingPort port(family);
    TestLoop test;
    Client client(test.loop(), {.to = port.endpoint()});
    EXPECT_FALSE(client.connected);

    test.run_until_idle();

    ASSERT_FALSE(client.is_connected());
    EXPECT_EQ(client.connected->error().code, ECONNREFUSED);
    EXPECT_EQ(client.connected->error().tried, "connect");
    EXPECT_EQ(client.answers, 1);
  }
}

TEST(TcpStreamTest, StaysSilentWhileNobodyAnswers) {
  const UnansweringPort port;
  TestLoop test;
  Client client(test.loop(), {.to = port.endpoint()});

  test.run_for(milliseconds(20));

  EXPECT_EQ(client.answers, 0);
}

TEST(TcpStreamTest, LeavesFromTheSourceThatWasAskedFor) {
  TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });
  TestLoop test;
  const Address source = *parse_address("127.0.0.9");
  Client client(test.loop(), {.to = peer.endpoint(), .source = source});

  test.run_until([&] { return client.is_connected(); });

  ASSERT_TRUE(client.stream->local());
  EXPECT_EQ(client.stream->local()->address, source);
  EXPECT_NE(client.stream->local()->port, 0);
}

TEST(TcpStreamTest, ASourceThatIsNotOursIsAnErrorOnALaterTurn) {
  TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });
  TestLoop test;
  Client client(test.loop(), {.to = peer.endpoint(), .source = parse_address("192.0.2.1")});
  EXPECT_FALSE(client.connected);

  test.run_until_idle();

  ASSERT_TRUE(client.connected && !client.is_connected());
  EXPECT_EQ(client.connected->error().code, EADDRNOTAVAIL);
  EXPECT_EQ(client.connected->error().tried, "bind");
  EXPECT_EQ(peer.connections(), 0U);
}

TEST(TcpStreamTest, AnInterfaceThatIsNotThereIsAnErrorOnALaterTurn) {
  TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });
  TestLoop test;
  Client client(test.loop(), {.to = peer.endpoint(), .interface = "nosuchif0"});

  test.run_until_idle();

  ASSERT_TRUE(client.connected && !client.is_connected());
  EXPECT_EQ(client.connected->error().tried, "bind to interface");
}

TEST(TcpStreamTest, ConnectsThroughAnInterface) {
  TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });
  TestLoop test;
  Client client(test.loop(), {.to = peer.endpoint(), .interface = "lo"});

  test.run_until([&] { return client.answers == 1; });

  EXPECT_TRUE(client.is_connected()) << "binding to an interface needs CAP_NET_RAW";
}

TEST(TcpStreamTest, NoRouteIsToldApartFromARoutersMessage) {
  TestLoop test;
  // Bound to lo nothing can leave the machine, and lo has no way to there.
  const Endpoint nowhere{.address = *parse_address("2001:db8::1"), .port = 9};
  Client client(test.loop(), {.to = nowhere, .interface = "lo"});
  EXPECT_FALSE(client.connected);

  test.run_until_idle();

  ASSERT_TRUE(client.connected && !client.is_connected());
  const Error& error = client.connected->error();
  EXPECT_EQ(error.code, ENETUNREACH) << "binding to an interface needs CAP_NET_RAW";
  EXPECT_EQ(error.tried, "route");
}

TEST(TcpStreamTest, OutOfDescriptorsIsAnErrorOnALaterTurn) {
  TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });
  TestLoop test;
  std::optional<Client> client;
  {
    const DescriptorFamine famine;
    client.emplace(test.loop(), TcpOptions{.to = peer.endpoint()});
    EXPECT_FALSE(client->connected);
  }

  test.run_until_idle();

  ASSERT_TRUE(client->connected && !client->is_connected());
  EXPECT_EQ(client->connected->error().code, EMFILE);
  EXPECT_TRUE(is_agent_trouble(reason_of_connect_errno(client->connected->error().code)));
}

TEST(TcpStreamTest, AResetIsOneErrorAndThenNothing) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("go");
    talk.reset();
  });
  TestLoop test;
  Client client(test.loop(), {.to = peer.endpoint()});
  test.run_until([&] { return client.is_connected(); });
  client.read();
  client.stream->write(stream_bytes("go"));

  test.run_until_idle();

  ASSERT_TRUE(client.error);
  EXPECT_EQ(client.error->code, ECONNRESET);
  EXPECT_FALSE(client.has_ended);
}

TEST(TcpStreamTest, WritingToAPeerThatIsGoneIsAnErrorNotASignal) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("go");
    talk.reset();
  });
  TestLoop test;
  Client client(test.loop(), {.to = peer.endpoint()});
  test.run_until([&] { return client.is_connected(); });
  client.stream->write(stream_bytes("go"));
  test.run_until([&] { return peer.record(0).is_over; });
  std::optional<Result<void>> first, second;

  client.stream->write(stream_bytes("x"), [&](Result<void> result) { first = result; });
  test.run_until_idle();
  client.stream->write(stream_bytes("y"), [&](Result<void> result) { second = result; });
  test.run_until_idle();

  ASSERT_TRUE(first && second);
  EXPECT_FALSE(second->has_value());
}

TEST(TcpStreamTest, APausedStreamDeliversNothingUntilItReadsAgain) {
  TcpPeer peer([](Conversation& talk) {
    talk.send("one");
    talk.stay_silent();
  });
  TestLoop test;
  Client client(test.loop(), {.to = peer.endpoint()});
  client.read();
  client.stream->pause();
  test.run_until([&] { return client.is_connected(); });
  test.run_for(milliseconds(5));
  EXPECT_EQ(client.text, "");

  client.read();
  test.run_until([&] { return client.text == "one"; });
}

TEST(TcpStreamTest, EndlessDataDoesNotHoldTheLoop) {
  TcpPeer peer([](Conversation& talk) { talk.send_forever(std::string(65'536, 'x')); });
  TestLoop test;
  std::size_t received = 0;
  auto stream = TcpStream::connect(test.loop(), {.to = peer.endpoint()}, [](Result<void>) {});
  stream->read([&](Result<std::span<const std::byte>> chunk) { received += chunk->size(); });

  test.run_until([&] { return received > 4'000'000; });

  stream.reset();
  test.run_until([&] { return peer.record(0).is_over; });
}

TEST(TcpStreamTest, DroppingItResetsTheConnection) {
  TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });
  TestLoop test;
  Client client(test.loop(), {.to = peer.endpoint()});
  test.run_until([&] { return client.is_connected(); });

  client.stream.reset();
  test.run_until([&] { return peer.record(0).is_over; });

  EXPECT_TRUE(peer.record(0).was_reset);
}

TEST(TcpStreamTest, DroppingItAfterThePeersEndClosesInPeace) {
  TcpPeer peer([](Conversation& talk) {
    talk.half_close();
    talk.stay_silent();
  });
  TestLoop test;
  Client client(test.loop(), {.to = peer.endpoint()});
  client.read();
  test.run_until([&] { return client.has_ended; });

  client.stream.reset();
  test.run_until([&] { return peer.record(0).is_over; });

  EXPECT_TRUE(peer.record(0).was_closed);
  EXPECT_FALSE(peer.record(0).was_reset);
}

TEST(TcpStreamTest, DroppedMidwaySaysNothing) {
  TcpPeer peer([](Conversation& talk) { talk.send("hello"); });
  const UnansweringPort silent;
  const RefusingPort refusing;
  TestLoop test;
  Client connecting(test.loop(), {.to = silent.endpoint()});
  Client refused(test.loop(), {.to = refusing.endpoint()});
  Client failing(test.loop(), {.to = refusing.endpoint(), .source = parse_address("192.0.2.1")});
  Client reading(test.loop(), {.to = peer.endpoint()});
  test.run_until([&] { return reading.is_connected(); });
  reading.read();
  reading.stream->write(stream_bytes(std::string(1'000'000, 'x')),
                        [](Result<void>) { ADD_FAILURE() << "written after the end"; });

  const int answers_before = connecting.answers + refused.answers + failing.answers;
  for (auto* client : {&connecting, &refused, &failing, &reading}) client->stream.reset();
  test.run_until_idle();

  EXPECT_EQ(connecting.answers + refused.answers + failing.answers, answers_before);
  EXPECT_EQ(reading.text, "");
}

TEST(TcpStreamTest, MayBeDroppedInsideEachOfItsCallbacks) {
  TcpPeer peer([](Conversation& talk) {
    talk.send("hello");
    talk.stay_silent();
  });
  TestLoop test;
  int calls = 0;
  std::unique_ptr<TcpStream> in_connected, in_received, in_written, in_failure;
  const std::string kept(100, 'x');
  in_connected = TcpStream::connect(test.loop(), {.to = peer.endpoint()}, [&, kept](Result<void>) {
    in_connected.reset();
    calls += kept.size() == 100 ? 1 : 0;
  });
  in_received = TcpStream::connect(test.loop(), {.to = peer.endpoint()}, [](Result<void>) {});
  in_received->read([&, kept](Result<std::span<const std::byte>>) {
    in_received.reset();
    calls += kept.size() == 100 ? 1 : 0;
  });
  in_written = TcpStream::connect(test.loop(), {.to = peer.endpoint()}, [](Result<void>) {});
  in_written->write(stream_bytes("x"), [&, kept](Result<void>) {
    in_written.reset();
    calls += kept.size() == 100 ? 1 : 0;
  });
  in_failure = TcpStream::connect(test.loop(), {.to = peer.endpoint(), .interface = "nosuchif0"},
                                  [&, kept](Result<void>) {
                                    in_failure.reset();
                                    calls += kept.size() == 100 ? 1 : 0;
                                  });

  test.run_until_idle();

  EXPECT_EQ(calls, 4);
}

TEST(TcpStreamTest, LeavesNoDescriptorBehind) {
  TcpPeer peer([](Conversation& talk) { talk.send("hello"); });
  TestLoop test;
  const auto once = [&] {
    Client client(test.loop(), {.to = peer.endpoint()});
    client.read();
    test.run_until_idle();
    EXPECT_TRUE(client.has_ended);
  };
  const auto settled = [&] {
    test.run_until([&] { return peer.record(peer.connections() - 1).is_over; });
    return open_descriptors();
  };
  once();
  const auto before = settled();

  for (int round = 0; round < 20; ++round) once();

  EXPECT_EQ(settled(), before);
}

}  // namespace
}  // namespace siaga
