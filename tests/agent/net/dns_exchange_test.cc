#include "agent/net/dns_exchange.h"

#include <gtest/gtest.h>

#include <thread>

#include "agent/net/dns_exchange_match.h"
#include "tests/agent/net/dns_bytes.h"
#include "tests/agent/net/pinger_peer.h"
#include "tests/support/certificates.h"
#include "tests/support/descriptors.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sockets.h"
#include "tests/support/tcp_peer.h"
#include "tests/support/test_loop.h"
#include "tests/support/tls_peer.h"
#include "tests/support/udp_peer.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;
using namespace tests;

using Replies = std::vector<std::string>;

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}
std::string text_of(const std::vector<std::byte>& bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += static_cast<char>(byte);
  return text;
}

Replies good(std::string_view query) {
  return {reply_bytes(query, noerror, {a_record(asked_name(query), "10.0.0.1")})};
}
std::string framed(const std::string& message) {
  return word(static_cast<unsigned>(message.size())) + message;
}
// What the client sent, without the length.
std::string receive_query(Conversation& talk) {
  const std::string size = talk.receive(2);
  return talk.receive((static_cast<std::size_t>(static_cast<unsigned char>(size[0])) << 8U) +
                      static_cast<unsigned char>(size[1]));
}
void answer_well(Conversation& talk) {
  const std::string query = receive_query(talk);
  talk.send(framed(good(query).front()));
  talk.stay_silent();
}

class DnsExchangeTest : public testing::Test {
 protected:
  static DnsRequest request(const Endpoint& server, DnsTransport transport = DnsTransport::udp,
                            std::string_view name = "www.test") {
    return {
        .server = server, .transport = transport, .message = bytes_of(query_bytes(name, type_a))};
  }
  DnsReply ask(DnsRequest wanted) {
    std::optional<DnsReply> reply;
    const auto query =
        exchange->start(std::move(wanted), [&](DnsReply done) { reply = std::move(done); });
    EXPECT_FALSE(reply) << "answered from inside start()";
    test.run_until([&] { return reply.has_value(); });
    return std::move(*reply);
  }
  // A query that must not be answered before `ready`.
  DnsReply so_far_when(DnsRequest wanted, const std::function<bool()>& ready) {
    const auto query =
        exchange->start(std::move(wanted), [](const DnsReply&) { ADD_FAILURE() << "answered"; });
    test.run_until(ready);
    test.run_for(20ms);
    return query->so_far();
  }

  ManualClock clock;
  TestLoop test;
  std::unique_ptr<TlsContexts> tls = TlsContexts::create(test.loop(), clock);
  std::unique_ptr<DnsExchange> exchange = DnsExchange::create(test.loop(), *tls);
};

TEST_F(DnsExchangeTest, BringsTheReplyOfAUdpServer) {
  for (const Family family : {Family::ip4, Family::ip6}) {
    const UdpPeer peer(good, family);

    const DnsReply reply = ask(request(peer.endpoint()));

    EXPECT_EQ(reply.reason, Reason::none);
    EXPECT_EQ(text_of(reply.message), good(peer.received().at(0)).front());
    EXPECT_GT(reply.request, 0ns);
    EXPECT_EQ(reply.connect, 0ns);
  }
}

TEST_F(DnsExchangeTest, QueriesToOneServerShareASocketAndHaveTheirOwnIds) {
  const UdpPeer peer(good);
  ask(request(peer.endpoint()));
  const std::size_t before = open_descriptors();
  int answers = 0;
  std::vector<std::unique_ptr<DnsQuery>> queries;
  for (int index = 0; index < 200; ++index)
    queries.push_back(exchange->start(request(peer.endpoint()), [&](const DnsReply& reply) {
      EXPECT_EQ(reply.reason, Reason::none);
      ++answers;
    }));
  EXPECT_EQ(open_descriptors(), before);

  test.run_until([&] { return answers == 200; });

  std::set<std::string> ids;
  for (const std::string& query : peer.received()) ids.insert(query.substr(0, 2));
  EXPECT_GT(ids.size(), 190U);
}

TEST_F(DnsExchangeTest, RepliesInAnotherOrderFindTheirQueries) {
  std::string held;
  const UdpPeer peer([&held](std::string_view query) -> Replies {
    if (held.empty()) {
      held = query;
      return {};
    }
    return {good(query).front(), good(held).front()};
  });
  std::vector<std::string> answers;
  const auto note = [&](const DnsReply& reply) {
    answers.push_back(asked_name(text_of(reply.message)));
  };
  const auto first = exchange->start(request(peer.endpoint(), DnsTransport::udp, "one.test"), note);
  const auto second =
      exchange->start(request(peer.endpoint(), DnsTransport::udp, "two.test"), note);

  test.run_until([&] { return answers.size() == 2; });

  EXPECT_EQ(answers, (std::vector<std::string>{"two.test", "one.test"}));
}

TEST_F(DnsExchangeTest, CountsAndDoesNotTakeRepliesWithAWrongIdOrQuestion) {
  const UdpPeer liar([](std::string_view query) {
    std::string wrong_id = good(query).front();
    wrong_id[0] = static_cast<char>(wrong_id[0] ^ 1);
    std::string wrong_question = good(query_bytes("evil.test", type_a)).front();
    wrong_question.replace(0, 2, query.substr(0, 2));
    return Replies{wrong_id, wrong_question, "short", std::string(query), good(query).front()};
  });

  const DnsReply reply = ask(request(liar.endpoint()));

  EXPECT_EQ(reply.mismatches, 4U);
  EXPECT_EQ(asked_name(text_of(reply.message)), "www.test");
}

TEST_F(DnsExchangeTest, SaysMismatchWhenOnlyWrongRepliesCame) {
  const UdpPeer liar([](std::string_view query) {
    std::string wrong_id = good(query).front();
    wrong_id[1] = static_cast<char>(wrong_id[1] ^ 1);
    return Replies{wrong_id};
  });
  std::optional<DnsReply> late;
  const auto query = exchange->start(request(liar.endpoint()), [](const DnsReply&) { FAIL(); });

  test.run_until([&] { return query->so_far().mismatches == 1; });

  EXPECT_EQ(query->so_far().reason, Reason::dns_mismatch);
}

TEST_F(DnsExchangeTest, TakesAReplyInOtherLetterCaseAndABareError) {
  const UdpPeer shouting([](std::string_view query) {
    std::string reply = good(query).front();
    for (std::size_t at = 13; at < 16; ++at)
      reply[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(reply[at])));
    return Replies{reply};
  });
  EXPECT_EQ(ask(request(shouting.endpoint())).reason, Reason::none);

  const UdpPeer old([](std::string_view query) {
    return Replies{std::string(query.substr(0, 2)) + word(0x8001) + std::string(8, '\0')};
  });
  EXPECT_EQ(ask(request(old.endpoint())).message.size(), dns_header_bytes);
}

TEST_F(DnsExchangeTest, ASilentUdpServerIsNoReply) {
  const UdpPeer silent([](std::string_view) { return Replies{}; });

  const DnsReply reply =
      so_far_when(request(silent.endpoint()), [&] { return !silent.received().empty(); });

  EXPECT_EQ(reply.reason, Reason::reply_timeout);
  EXPECT_GT(reply.request, 0ns);
}

TEST_F(DnsExchangeTest, ALateReplyIsNobodysMismatch) {
  std::atomic<bool> is_open = false;
  const UdpPeer late([&](std::string_view query) {
    if (asked_name(query) == "slow.test") {
      while (!is_open) std::this_thread::yield();
      return good(query);
    }
    return Replies{};
  });
  auto slow = exchange->start(request(late.endpoint(), DnsTransport::udp, "slow.test"),
                              [](const DnsReply&) { FAIL(); });
  test.run_until([&] { return !late.received().empty(); });
  slow.reset();
  const auto next =
      exchange->start(request(late.endpoint()), [](const DnsReply&) { ADD_FAILURE(); });

  is_open = true;
  test.run_until([&] { return late.received().size() == 2; });
  test.run_for(20ms);

  EXPECT_EQ(next->so_far().mismatches, 0U);
}

TEST_F(DnsExchangeTest, NobodyListeningRefusesAllUnderWay) {
  for (const Family family : {Family::ip4, Family::ip6}) {
    const int fd = bound_socket(family, SOCK_DGRAM);
    const Endpoint nobody = local_endpoint(fd);
    close(fd);
    int refusals = 0;
    std::vector<std::unique_ptr<DnsQuery>> queries;
    for (int index = 0; index < 3; ++index)
      queries.push_back(exchange->start(request(nobody), [&](const DnsReply& reply) {
        EXPECT_EQ(reply.reason, Reason::connect_refused);
        EXPECT_NE(reply.detail.find(to_string(nobody)), std::string::npos);
        ++refusals;
      }));

    test.run_until([&] { return refusals == 3; });
  }
}

TEST_F(DnsExchangeTest, SendsFromTheSourceAddress) {
  const UdpPeer peer(good);
  DnsRequest wanted = request(peer.endpoint());
  wanted.source = parse_address("127.0.0.9");
  EXPECT_EQ(ask(wanted).reason, Reason::none);

  wanted.source = parse_address("192.0.2.77");
  EXPECT_EQ(ask(wanted).reason, Reason::agent_address);
}

TEST_F(DnsExchangeTest, SaysThatTheAgentHasNoDescriptors) {
  const UdpPeer peer(good);
  const TcpPeer tcp(answer_well);
  // UBSan needs a descriptor to check a type that it sees for the first time. The peer of this has
  // closed all of its own before the famine: one that it closed meanwhile would feed us.
  ask(request(peer.endpoint()));
  ask(request(TcpPeer(answer_well).endpoint(), DnsTransport::tcp));
  exchange = DnsExchange::create(test.loop(), *tls);
  test.run_ready();
  const DescriptorFamine famine;

  EXPECT_EQ(ask(request(peer.endpoint())).reason, Reason::agent_descriptors);
  EXPECT_EQ(ask(request(tcp.endpoint(), DnsTransport::tcp)).reason, Reason::agent_descriptors);
}

TEST_F(DnsExchangeTest, ADroppedQueryIsNotAnswered) {
  const UdpPeer peer(good);
  auto dropped = exchange->start(request(peer.endpoint()), [](const DnsReply&) { FAIL(); });
  dropped.reset();

  EXPECT_EQ(ask(request(peer.endpoint())).reason, Reason::none);
}

TEST_F(DnsExchangeTest, AQueryAndTheExchangeMayBeDestroyedInsideTheReply) {
  const UdpPeer peer(good);
  bool is_done = false;
  const auto other = exchange->start(request(peer.endpoint(), DnsTransport::udp, "other.test"),
                                     [](const DnsReply&) {});
  std::unique_ptr<DnsQuery> query;
  query = exchange->start(request(peer.endpoint()), [&](const DnsReply&) {
    query.reset();
    exchange.reset();
    is_done = true;
  });

  test.run_until([&] { return is_done; });
}

TEST_F(DnsExchangeTest, BringsTheReplyOfATcpServer) {
  for (const Family family : {Family::ip4, Family::ip6}) {
    const TcpPeer peer(answer_well, family);

    const DnsReply reply = ask(request(peer.endpoint(), DnsTransport::tcp));

    EXPECT_EQ(reply.reason, Reason::none);
    EXPECT_EQ(asked_name(text_of(reply.message)), "www.test");
    EXPECT_GT(reply.connect, 0ns);
    EXPECT_GT(reply.request, 0ns);
  }
}

TEST_F(DnsExchangeTest, PutsAReplyTogetherThatComesInPieces) {
  const TcpPeer peer([](Conversation& talk) {
    const std::string query = receive_query(talk);
    talk.send_slowly(framed(good(query).front()), 100us);
    talk.stay_silent();
  });

  EXPECT_EQ(ask(request(peer.endpoint(), DnsTransport::tcp)).reason, Reason::none);
}

TEST_F(DnsExchangeTest, PassesOverWrongRepliesOnAConnectionButNotForEver) {
  const auto lie = [](const std::string& query) {
    std::string wrong = good(query).front();
    wrong[0] = static_cast<char>(wrong[0] ^ 1);
    return framed(wrong);
  };
  const TcpPeer mixed([&](Conversation& talk) {
    const std::string query = receive_query(talk);
    talk.send(lie(query) + lie(query) + framed(good(query).front()));
    talk.stay_silent();
  });
  EXPECT_EQ(ask(request(mixed.endpoint(), DnsTransport::tcp)).mismatches, 2U);

  const TcpPeer liar([&](Conversation& talk) { talk.send_forever(lie(receive_query(talk))); });
  EXPECT_EQ(ask(request(liar.endpoint(), DnsTransport::tcp)).reason, Reason::dns_mismatch);
}

TEST_F(DnsExchangeTest, NamesHowATcpServerFailed) {
  const RefusingPort nobody;
  EXPECT_EQ(ask(request(nobody.endpoint(), DnsTransport::tcp)).reason, Reason::connect_refused);

  const TcpPeer closing([](Conversation& talk) { receive_query(talk); });
  EXPECT_EQ(ask(request(closing.endpoint(), DnsTransport::tcp)).reason, Reason::closed);

  const TcpPeer resetting([](Conversation& talk) {
    receive_query(talk);
    talk.reset();
  });
  EXPECT_EQ(ask(request(resetting.endpoint(), DnsTransport::tcp)).reason, Reason::reset);

  const TcpPeer garbage([](Conversation& talk) {
    receive_query(talk);
    talk.send(std::string("\0\3abc", 5));
    talk.stay_silent();
  });
  EXPECT_EQ(ask(request(garbage.endpoint(), DnsTransport::tcp)).reason, Reason::protocol_error);
}

TEST_F(DnsExchangeTest, NamesTheStepThatRanOutOfTime) {
  const UnansweringPort deaf;
  EXPECT_EQ(so_far_when(request(deaf.endpoint(), DnsTransport::tcp), [] { return true; }).reason,
            Reason::connect_timeout);

  const TcpPeer silent([](Conversation& talk) { talk.stay_silent(); });
  EXPECT_EQ(so_far_when(request(silent.endpoint(), DnsTransport::tcp),
                        [&] { return !silent.received().empty(); })
                .reason,
            Reason::reply_timeout);
}

TEST_F(DnsExchangeTest, AStreamQueryMayBeDestroyedInsideItsReply) {
  const TcpPeer peer(answer_well);
  bool is_done = false;
  std::unique_ptr<DnsQuery> query;
  query = exchange->start(request(peer.endpoint(), DnsTransport::tcp),
                          [&, kept = std::string(100, 'x')](const DnsReply&) {
                            query.reset();
                            is_done = kept.size() == 100;
                          });

  test.run_until([&] { return is_done; });
}

TEST_F(DnsExchangeTest, RoutesOfThisHostAreTheAgentsTroubleOverEveryTransport) {
  const OwnNetwork network;
  OwnNetwork::run(
      "ip route add unreachable 10.88.1.0/24 && ip route add prohibit 10.88.2.0/24 && "
      "ip route add blackhole 10.88.3.0/24 && ip route add local 10.88.5.0/24 dev lo");
  for (const DnsTransport transport : {DnsTransport::udp, DnsTransport::tcp}) {
    for (const auto* address : {"10.99.0.1", "10.88.1.1", "10.88.2.1", "10.88.3.1", "fd99::1"}) {
      const Endpoint server{.address = *parse_address(address), .port = 53};
      EXPECT_EQ(ask(request(server, transport)).reason, Reason::agent_no_route) << address;
    }
  }

  // The route goes while the socket is open.
  const Endpoint server{.address = *parse_address("10.88.5.1"), .port = 53};
  EXPECT_EQ(ask(request(server)).reason, Reason::connect_refused);
  OwnNetwork::run("ip route del local 10.88.5.0/24 dev lo");
  EXPECT_EQ(ask(request(server)).reason, Reason::agent_no_route);
}

class DnsOverTls : public DnsExchangeTest {
 protected:
  DnsRequest tls_request(const Endpoint& server, std::string host = "127.0.0.1") {
    DnsRequest wanted = request(server, DnsTransport::tls);
    wanted.tls = tls->context({.ca_file = trusted.path()}).value();
    wanted.server_name = std::move(host);
    return wanted;
  }

  CertificateAuthority authority;
  TemporaryFile trusted{authority.root_pem()};
  SystemClock real_clock;
};

TEST_F(DnsOverTls, BringsTheReplyAndTheFacts) {
  tls = TlsContexts::create(test.loop(), real_clock);
  exchange = DnsExchange::create(test.loop(), *tls);
  const TlsPeer peer({.identity = authority.issue()}, answer_well);

  const DnsReply reply = ask(tls_request(peer.endpoint()));

  EXPECT_EQ(reply.reason, Reason::none) << reply.detail;
  EXPECT_EQ(asked_name(text_of(reply.message)), "www.test");
  EXPECT_FALSE(reply.tls_facts.sent.empty());
}

TEST_F(DnsOverTls, NamesWhatIsWrongWithTheCertificate) {
  tls = TlsContexts::create(test.loop(), real_clock);
  exchange = DnsExchange::create(test.loop(), *tls);
  const TlsPeer peer({.identity = authority.issue()}, answer_well);

  const DnsReply reply = ask(tls_request(peer.endpoint(), "elsewhere.test"));

  EXPECT_EQ(reply.reason, Reason::tls_wrong_name) << reply.detail;
  EXPECT_FALSE(reply.tls_facts.sent.empty());
}

TEST_F(DnsOverTls, NamesTheHandshakeThatRanOutOfTime) {
  const TcpPeer silent([](Conversation& talk) { talk.stay_silent(); });

  const DnsReply reply =
      so_far_when(tls_request(silent.endpoint()), [&] { return !silent.received().empty(); });

  EXPECT_EQ(reply.reason, Reason::tls_timeout);
}

TEST_F(DnsOverTls, MayBeDroppedMidway) {
  const TcpPeer silent([](Conversation& talk) { talk.stay_silent(); });
  auto query = exchange->start(tls_request(silent.endpoint()), [](const DnsReply&) { FAIL(); });
  test.run_until([&] { return !silent.received().empty(); });

  query.reset();

  test.run_ready();
}

}  // namespace
}  // namespace siaga
