#include "agent/loop/datagram.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "tests/support/descriptors.h"
#include "tests/support/sockets.h"
#include "tests/support/test_loop.h"
#include "tests/support/udp_peer.h"

namespace siaga {
namespace {

using std::chrono::milliseconds;
using namespace tests;  // NOLINT(google-build-using-namespace): the peers' vocabulary

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

struct Heard {
  Datagram::Received receiver() {
    return [this](Result<std::span<const std::byte>> datagram) {
      if (datagram)
        texts.emplace_back(reinterpret_cast<const char*>(datagram->data()), datagram->size());
      else errors.push_back(datagram.error());
    };
  }

  std::vector<std::string> texts;
  std::vector<Error> errors;
};

// A port where nobody listens any more.
Endpoint abandoned_port(Family family) {
  const int fd = bound_socket(family, SOCK_DGRAM);
  const Endpoint endpoint = local_endpoint(fd);
  close(fd);
  return endpoint;
}

std::vector<std::string> echo(std::string_view text) { return {std::string(text)}; }

TEST(DatagramTest, SendsAndReceives) {
  for (const Family family : {Family::ip4, Family::ip6}) {
    UdpPeer peer(echo, family);
    TestLoop test;
    Heard heard;
    auto socket = *Datagram::open(test.loop(), {.to = peer.endpoint()}, heard.receiver());

    EXPECT_TRUE(socket->send(bytes_of("hello")));
    test.run_until([&] { return !heard.texts.empty(); });

    EXPECT_EQ(heard.texts, std::vector<std::string>{"hello"});
    EXPECT_TRUE(heard.errors.empty());
  }
}

TEST(DatagramTest, ReceivesMoreThanOneBatchInOrderAndEmptyAndLargeOnes) {
  std::vector<std::string> replies;
  for (int index = 0; index < 50; ++index) replies.push_back(std::to_string(index));
  replies.emplace_back();
  replies.emplace_back(60'000, 'x');
  UdpPeer peer([&replies](std::string_view) { return replies; });
  TestLoop test;
  Heard heard;
  auto socket = *Datagram::open(test.loop(), {.to = peer.endpoint()}, heard.receiver());

  EXPECT_TRUE(socket->send(bytes_of("all")));
  test.run_until([&] { return heard.texts.size() == replies.size(); });

  EXPECT_EQ(heard.texts, replies);
}

TEST(DatagramTest, HearsNobodyButItsPeer) {
  UdpPeer peer([](std::string_view) { return std::vector<std::string>{}; });
  TestLoop test;
  Heard heard;
  auto socket = *Datagram::open(test.loop(), {.to = peer.endpoint()}, heard.receiver());
  EXPECT_TRUE(socket->send(bytes_of("question")));

  test.run_for(milliseconds(10));

  EXPECT_TRUE(heard.texts.empty());
  EXPECT_TRUE(heard.errors.empty());
}

TEST(DatagramTest, AnIcmpRefusalIsAnErrorAndTheSocketStaysUsable) {
  for (const Family family : {Family::ip4, Family::ip6}) {
    const Endpoint port = abandoned_port(family);
    TestLoop test;
    Heard heard;
    auto socket = *Datagram::open(test.loop(), {.to = port}, heard.receiver());
    EXPECT_TRUE(socket->send(bytes_of("one")));
    test.run_until([&] { return heard.errors.size() == 1; });
    EXPECT_EQ(heard.errors[0].code, ECONNREFUSED);

    EXPECT_TRUE(socket->send(bytes_of("two")));
    test.run_until([&] { return heard.errors.size() == 2; });
    test.run_ready();

    EXPECT_EQ(heard.errors.size(), 2U);
    EXPECT_EQ(heard.errors[1].code, ECONNREFUSED);
  }
}

TEST(DatagramTest, SendingTwiceBeforeReadingTheFirstRefusalTriesBoth) {
  const Endpoint port = abandoned_port(Family::ip4);
  TestLoop test;
  Heard heard;
  auto socket = *Datagram::open(test.loop(), {.to = port}, heard.receiver());

  EXPECT_TRUE(socket->send(bytes_of("one")));
  EXPECT_TRUE(socket->send(bytes_of("two")));
  test.run_until([&] { return heard.errors.size() == 2; });
  test.run_ready();

  EXPECT_EQ(heard.errors.size(), 2U);
}

TEST(DatagramTest, ATooLargeDatagramIsTheErrnoOfTheSend) {
  UdpPeer peer(echo);
  TestLoop test;
  auto socket = *Datagram::open(test.loop(), {.to = peer.endpoint()}, {});

  const auto sent = socket->send(bytes_of(std::string(70'000, 'x')));

  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().code, EMSGSIZE);
}

TEST(DatagramTest, LeavesFromTheSourceThatWasAskedFor) {
  const int fd = bound_socket(Family::ip4, SOCK_DGRAM);
  TestLoop test;
  const Address source = *parse_address("127.0.0.9");
  auto socket = *Datagram::open(test.loop(), {.to = local_endpoint(fd), .source = source},
                                [](const Result<std::span<const std::byte>>&) {});

  EXPECT_TRUE(socket->send(bytes_of("x")));

  sockaddr_storage from{};
  socklen_t length = sizeof from;
  char byte = 0;
  EXPECT_EQ(recvfrom(fd, &byte, 1, 0, reinterpret_cast<sockaddr*>(&from), &length), 1);
  EXPECT_EQ(from_sockaddr(reinterpret_cast<sockaddr*>(&from))->address, source);
  close(fd);
}

TEST(DatagramTest, ASourceThatIsNotOursAndNoDescriptorsAreErrorsAtOnce) {
  UdpPeer peer(echo);
  TestLoop test;
  const auto foreign = Datagram::open(
      test.loop(), {.to = peer.endpoint(), .source = parse_address("192.0.2.1")}, {});
  ASSERT_FALSE(foreign.has_value());
  EXPECT_EQ(foreign.error().code, EADDRNOTAVAIL);

  const DescriptorFamine famine;
  const auto starved = Datagram::open(test.loop(), {.to = peer.endpoint()}, {});
  ASSERT_FALSE(starved.has_value());
  EXPECT_EQ(starved.error().code, EMFILE);
}

TEST(DatagramTest, StaysSilentWhileThePeerDoes) {
  UdpPeer peer([](std::string_view) { return std::vector<std::string>{}; });
  TestLoop test;
  Heard heard;
  const auto socket = *Datagram::open(test.loop(), {.to = peer.endpoint()}, heard.receiver());
  EXPECT_TRUE(socket->send(bytes_of("x")));

  test.run_until([&] { return peer.received().size() == 1; });
  test.run_for(std::chrono::milliseconds(20));

  EXPECT_TRUE(heard.texts.empty());
  EXPECT_TRUE(heard.errors.empty());
}

TEST(DatagramTest, DroppedMidwaySaysNothing) {
  UdpPeer peer(echo);
  TestLoop test;
  Heard heard;
  auto socket = *Datagram::open(test.loop(), {.to = peer.endpoint()}, heard.receiver());
  EXPECT_TRUE(socket->send(bytes_of("x")));
  test.run_until([&] { return peer.received().size() == 1; });
  heard.texts.clear();

  socket.reset();
  test.run_until_idle();

  EXPECT_TRUE(heard.texts.empty());
}

TEST(DatagramTest, MayBeDroppedInsideItsOwnCallbackInTheMiddleOfABatch) {
  UdpPeer peer([](std::string_view) { return std::vector<std::string>(10, "x"); });
  const Endpoint refused = abandoned_port(Family::ip4);
  TestLoop test;
  for (const Endpoint& endpoint : {peer.endpoint(), refused}) {
    std::unique_ptr<Datagram> socket;
    int calls = 0;
    socket = *Datagram::open(
        test.loop(), {.to = endpoint},
        [&, kept = std::string(100, 'x')](const Result<std::span<const std::byte>>&) {
          socket.reset();
          calls += kept.size() == 100 ? 1 : 0;
        });
    EXPECT_TRUE(socket->send(bytes_of("go")));

    test.run_until_idle();

    EXPECT_EQ(calls, 1);
  }
}

}  // namespace
}  // namespace siaga
