#include "probes/dns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "agent/schedule/flight.h"
#include "probes/dns_attempt.h"
#include "tests/agent/net/dns_bytes.h"
#include "tests/support/certificates.h"
#include "tests/support/descriptors.h"
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
using Values = std::map<std::string, OptionValue>;
using Texts = std::vector<std::string>;

// What the loader would have made of the options' defaults.
OptionValue default_value(const Option& option) {
  const std::string text(option.fallback);
  if (text.empty()) return {};
  switch (option.type) {
    case OptionType::boolean: return text == "true";
    case OptionType::integer: return static_cast<std::int64_t>(std::atoll(text.c_str()));
    case OptionType::choices: return Texts{text.substr(2, text.size() - 4)};
    default: return text.substr(1, text.size() - 2);
  }
}

std::unique_ptr<const Probe> parse(const Values& values, Texts* complaints = nullptr) {
  std::vector<OptionValue> row;
  for (const Option& option : dns_kind.options) {
    const auto given = values.find(std::string(option.key));
    row.push_back(given == values.end() ? default_value(option) : given->second);
  }
  Section section("test", dns_kind.options, row,
                  [complaints](std::string_view key, const std::string&, const std::string&) {
                    if (complaints != nullptr) complaints->emplace_back(key);
                  });
  return dns_kind.parse(section);
}

Pattern pattern_of(std::string_view text) { return Pattern::compile(text).value(); }

Replies good_answer(std::string_view query) {
  const std::string name = asked_name(query);
  return {reply_bytes(query, noerror, {a_record(name, "10.0.0.1"), a_record(name, "10.0.0.2")})};
}
std::string framed(const std::string& message) {
  return word(static_cast<unsigned>(message.size())) + message;
}
void answer_well(Conversation& talk) {
  const std::string size = talk.receive(2);
  const std::string query =
      talk.receive((static_cast<std::size_t>(size[0]) << 8U) + static_cast<unsigned char>(size[1]));
  talk.send(framed(good_answer(query).front()));
  talk.stay_silent();
}

class DnsProbeTest : public testing::Test {
 protected:
  static Values to(const Endpoint& server, Values more = {}) {
    more["server"] = HostPort{.host = to_string(server.address), .port = server.port};
    more.try_emplace("query", std::string("www.test"));
    return more;
  }
  Outcome run(const Values& values, Duration timeout = 5s) {
    const auto probe = parse(values);
    EXPECT_NE(probe, nullptr);
    return run(*probe, timeout);
  }
  Outcome run(const Probe& probe, Duration timeout) {
    std::optional<Outcome> outcome;
    Flight flight(*network, probe, timeout, true,
                  [&](Outcome settled) { outcome = std::move(settled); });
    EXPECT_FALSE(outcome) << "settled from inside start()";
    test.run_until([&] { return outcome.has_value(); });
    return std::move(*outcome);
  }
  static std::string line(const Outcome& outcome, std::string_view topic) {
    for (const auto& [name, text] : outcome.explanation->lines) {
      if (name == topic) return text;
    }
    return {};
  }
  void ask_system(std::vector<Endpoint> servers) {
    network.reset();
    network.emplace(test.loop(), clock, ResolverOptions{.servers = std::move(servers)});
  }

  SystemClock clock;
  TestLoop test;
  std::optional<Network> network{std::in_place, test.loop(), clock};
};

TEST_F(DnsProbeTest, IsOkWhenTheServerAnswers) {
  for (const Family family : {Family::ip4, Family::ip6}) {
    const UdpPeer peer(good_answer, family);

    const Outcome outcome = run(to(peer.endpoint()));

    EXPECT_EQ(outcome.verdict, Verdict::ok) << outcome.detail;
    EXPECT_EQ(outcome.address, to_string(loopback(family)));
    EXPECT_EQ(outcome.readings.get(reading_ip_protocol), family == Family::ip4 ? 4 : 6);
    EXPECT_EQ(outcome.readings.get(reading_dns_answer_rrs), 2);
    EXPECT_EQ(outcome.readings.get(reading_dns_authority_rrs), 0);
    EXPECT_EQ(outcome.readings.get(reading_dns_query_succeeded), 1);
    EXPECT_GT(outcome.readings.get(reading_dns_request), 0);
    EXPECT_TRUE(std::isnan(outcome.readings.get(reading_dns_serial)));
    EXPECT_EQ(line(outcome, "rcode"), "NOERROR (rd ra)");
    EXPECT_EQ(line(outcome, "answer"), "www.test. 60 IN A 10.0.0.1");
  }
}

TEST_F(DnsProbeTest, FindsTheServerByName) {
  const UdpPeer peer(good_answer);
  Values values = to(peer.endpoint());
  values["server"] = HostPort{.host = "localhost", .port = peer.port()};

  EXPECT_EQ(run(values).verdict, Verdict::ok);
}

TEST_F(DnsProbeTest, JudgesTheResponseCode) {
  const UdpPeer peer([](std::string_view query) { return Replies{reply_bytes(query, nxdomain)}; });

  const Outcome failed = run(to(peer.endpoint()));
  EXPECT_EQ(failed.reason, Reason::dns_rcode);
  EXPECT_EQ(failed.detail, "NXDOMAIN, not NOERROR");
  EXPECT_EQ(failed.readings.get(reading_dns_query_succeeded), 1);

  EXPECT_EQ(run(to(peer.endpoint(), {{"expect.rcode", Texts{"NXDOMAIN"}}})).verdict, Verdict::ok);
}

TEST_F(DnsProbeTest, JudgesTheAnswers) {
  const UdpPeer peer(good_answer);
  const auto reason_with = [&](const std::string& key, OptionValue value) {
    return run(to(peer.endpoint(), {{key, std::move(value)}})).reason;
  };
  const std::vector<Pattern> there{pattern_of(R"(^www\.test\. \d+ IN A 10\.0\.0\.1$)"),
                                   pattern_of("A 10.0.0.2")};
  const std::vector<Pattern> elsewhere{pattern_of("A 10.0.0.1"), pattern_of("A 10.9.9.9")};

  EXPECT_EQ(reason_with("expect.answers", there), Reason::none);
  EXPECT_EQ(reason_with("expect.answers", elsewhere), Reason::dns_answer_missing);
  EXPECT_EQ(reason_with("forbid.answers", there), Reason::dns_answer_forbidden);
  EXPECT_EQ(reason_with("forbid.answers", std::vector<Pattern>{pattern_of("192.168")}),
            Reason::none);
  EXPECT_EQ(reason_with("expect.count", std::int64_t{2}), Reason::none);
  EXPECT_EQ(reason_with("expect.count", std::int64_t{3}), Reason::dns_answer_count);
}

TEST_F(DnsProbeTest, FindsCnamesThatRunInACircle) {
  const UdpPeer peer([](std::string_view query) {
    return Replies{reply_bytes(
        query, noerror, {cname_record("www.test", "a.test"), cname_record("a.test", "www.test")})};
  });

  EXPECT_EQ(run(to(peer.endpoint())).reason, Reason::dns_answer_loop);
}

TEST_F(DnsProbeTest, JudgesTheSerialOfAZone) {
  const UdpPeer peer([](std::string_view query) {
    return Replies{reply_bytes(query, noerror, {soa_record("www.test", 2026)})};
  });
  const Values soa{{"type", std::string("SOA")}};
  Values recent = soa;
  recent["expect.serial"] = std::int64_t{2026};
  Values later = soa;
  later["expect.serial"] = std::int64_t{2027};

  const Outcome outcome = run(to(peer.endpoint(), recent));
  EXPECT_EQ(outcome.verdict, Verdict::ok);
  EXPECT_EQ(outcome.readings.get(reading_dns_serial), 2026);
  EXPECT_EQ(run(to(peer.endpoint(), later)).reason, Reason::dns_answer_missing);
}

TEST_F(DnsProbeTest, ASilentServerIsNoReplyInTime) {
  const UdpPeer peer([](std::string_view) { return Replies{}; });

  const Outcome outcome = run(to(peer.endpoint()), 100ms);

  EXPECT_EQ(outcome.reason, Reason::reply_timeout);
  EXPECT_EQ(outcome.detail, to_string(peer.endpoint()) + " over UDP: no reply in time");
  EXPECT_EQ(outcome.readings.get(reading_dns_query_succeeded), 0);
  EXPECT_TRUE(std::isnan(outcome.readings.get(reading_dns_answer_rrs)));
}

TEST_F(DnsProbeTest, ALyingServerIsAMismatch) {
  const UdpPeer peer([](std::string_view query) {
    std::string reply = good_answer(query).front();
    reply[0] = static_cast<char>(reply[0] ^ 1);
    return Replies{reply};
  });

  EXPECT_EQ(run(to(peer.endpoint()), 100ms).reason, Reason::dns_mismatch);
}

TEST_F(DnsProbeTest, AMalformedReplyIsAProtocolError) {
  const UdpPeer peer([](std::string_view query) {
    std::string reply = good_answer(query).front();
    reply.resize(reply.size() - 2);
    return Replies{reply};
  });

  EXPECT_EQ(run(to(peer.endpoint())).reason, Reason::protocol_error);
}

TEST_F(DnsProbeTest, NobodyListeningIsRefused) {
  const int fd = bound_socket(Family::ip4, SOCK_DGRAM);
  const Endpoint nobody = local_endpoint(fd);
  close(fd);

  EXPECT_EQ(run(to(nobody)).reason, Reason::connect_refused);
}

TEST_F(DnsProbeTest, AnUnknownServerNameIsTheResolversReason) {
  const UdpPeer resolver(
      [](std::string_view query) { return Replies{reply_bytes(query, nxdomain)}; });
  ask_system({resolver.endpoint()});
  Values values = to(resolver.endpoint());
  values["server"] = HostPort{.host = "ns.missing.test", .port = 53};

  const Outcome outcome = run(values);

  EXPECT_EQ(outcome.reason, Reason::dns_nxdomain);
  EXPECT_EQ(outcome.readings.get(reading_ip_protocol), 0);
}

TEST_F(DnsProbeTest, ADeadResolverIsNamedWhenTheDeadlineStrikes) {
  const UdpPeer resolver([](std::string_view) { return Replies{}; });
  ask_system({resolver.endpoint()});
  Values values = to(resolver.endpoint());
  values["server"] = HostPort{.host = "ns.test", .port = 53};

  EXPECT_EQ(run(values, 100ms).reason, Reason::dns_timeout);
}

TEST_F(DnsProbeTest, AsksAgainOverTcpWhenTheAnswerWasCut) {
  const TcpPeer whole(answer_well);
  // The same port for UDP.
  std::atomic<int> asked = 0;
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_storage storage{};
  const unsigned size = to_sockaddr(whole.endpoint(), storage);
  ASSERT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&storage), size), 0);
  std::thread cut([&] {
    std::array<char, 512> buffer{};
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    for (int index = 0; index < 2; ++index) {
      const auto count = recvfrom(fd, buffer.data(), buffer.size(), 0,
                                  reinterpret_cast<sockaddr*>(&from), &length);
      const std::string_view query(buffer.data(), static_cast<std::size_t>(count));
      const std::string reply = reply_bytes(query, noerror, {}, 0x0200);
      sendto(fd, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), length);
      ++asked;
    }
  });

  const Outcome outcome = run(to(whole.endpoint()));
  EXPECT_EQ(outcome.verdict, Verdict::ok) << outcome.detail;
  EXPECT_EQ(outcome.readings.get(reading_dns_answer_rrs), 2);
  EXPECT_GT(outcome.readings.get(reading_dns_connect), 0);

  const Outcome unfollowed = run(to(whole.endpoint(), {{"follow_truncated", false}}));
  EXPECT_EQ(unfollowed.readings.get(reading_dns_answer_rrs), 0);
  EXPECT_EQ(asked, 2);
  cut.join();
  close(fd);
}

TEST_F(DnsProbeTest, SpeaksTcp) {
  const TcpPeer peer(answer_well);
  const Values tcp{{"transport", std::string("tcp")}};
  EXPECT_EQ(run(to(peer.endpoint(), tcp)).verdict, Verdict::ok);

  const UnansweringPort deaf;
  EXPECT_EQ(run(to(deaf.endpoint(), tcp), 100ms).reason, Reason::connect_timeout);
  const RefusingPort nobody;
  EXPECT_EQ(run(to(nobody.endpoint(), tcp)).reason, Reason::connect_refused);
}

TEST_F(DnsProbeTest, APeerThatGoesOnTalkingAfterItsAnswerIsNotListenedTo) {
  const auto read_query = [](Conversation& talk) {
    const std::string size = talk.receive(2);
    return talk.receive((static_cast<std::size_t>(size[0]) << 8U) +
                        static_cast<unsigned char>(size[1]));
  };
  const TcpPeer talking([&](Conversation& talk) {
    talk.send(framed(good_answer(read_query(talk)).front()) + std::string(1U << 20U, 'x'));
    talk.stay_silent();
  });
  const TcpPeer resetting([&](Conversation& talk) {
    talk.send(framed(good_answer(read_query(talk)).front()));
    talk.reset();
  });

  for (const TcpPeer* peer : {&talking, &resetting}) {
    const Outcome outcome = run(to(peer->endpoint(), {{"transport", std::string("tcp")}}));

    EXPECT_EQ(outcome.reason, Reason::none) << outcome.detail;
  }
}

TEST_F(DnsProbeTest, AServerThatSendsOneByteASecondIsNoReplyInTime) {
  const TcpPeer slow([](Conversation& talk) {
    talk.receive(2);
    talk.send_slowly(framed(std::string(400, 'x')), 1s);
  });

  const Outcome outcome = run(to(slow.endpoint(), {{"transport", std::string("tcp")}}), 300ms);

  EXPECT_EQ(outcome.verdict, Verdict::failed);
  EXPECT_EQ(outcome.reason, Reason::reply_timeout);
}

TEST_F(DnsProbeTest, WithoutDescriptorsItIsTheAgentsTrouble) {
  const UdpPeer peer(good_answer);
  const TcpPeer tcp(answer_well);
  const Values over_tcp{{"transport", std::string("tcp")}};
  // UBSan needs a descriptor to check a type that it sees for the first time.
  run(to(peer.endpoint()));
  run(to(tcp.endpoint(), over_tcp));
  const UdpPeer other(good_answer);
  ask_system({});  // a fresh exchange: it would give up an idle socket for the one it needs
  // Nothing may be closed after the famine has begun: it would be a descriptor again.
  test.run_until([&] { return tcp.record(0).is_over; });
  test.run_ready();
  const DescriptorFamine famine;

  for (const Values& values : {to(other.endpoint()), to(tcp.endpoint(), over_tcp)}) {
    const Outcome outcome = run(values);
    EXPECT_EQ(outcome.verdict, Verdict::unknown);
    EXPECT_EQ(outcome.reason, Reason::agent_descriptors);
  }
}

TEST_F(DnsProbeTest, ASlowButGoodResolverIsWaitedFor) {
  const UdpPeer peer(good_answer);
  const UdpPeer slow([](std::string_view query) {
    std::this_thread::sleep_for(150ms);
    return Replies{reply_bytes(query, noerror, {a_record(asked_name(query), "127.0.0.1")})};
  });
  ask_system({slow.endpoint()});
  Values values = to(peer.endpoint());
  values["server"] = HostPort{.host = "ns.test", .port = peer.port()};

  const Outcome outcome = run(values);

  EXPECT_EQ(outcome.verdict, Verdict::ok) << outcome.detail;
  EXPECT_GE(outcome.readings.get(reading_dns_resolve), 0.14);
}

TEST_F(DnsProbeTest, AReplyThatCameDuringAStallOfOursIsTakenBeforeTheShareEnds) {
  std::atomic<bool> is_open = false;
  const UdpPeer first([&](std::string_view query) {
    while (!is_open) std::this_thread::yield();
    return good_answer(query);
  });
  const UdpPeer second(good_answer);
  ask_system({first.endpoint(), second.endpoint()});
  const auto probe = parse({{"query", std::string("www.test")}});
  std::optional<Outcome> outcome;
  Flight flight(*network, *probe, 1s, true, [&](Outcome found) { outcome = std::move(found); });
  test.run_until([&] { return !first.received().empty(); });

  is_open = true;
  std::this_thread::sleep_for(600ms);  // the loop's thread is busy with something else

  test.run_until([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->verdict, Verdict::ok) << outcome->detail;
  EXPECT_EQ(line(*outcome, "silent"), "");
  EXPECT_TRUE(second.received().empty());
}

TEST_F(DnsProbeTest, SpeaksTlsAndKeepsTheCertificateFactsWhenItFails) {
  const CertificateAuthority authority;
  const TemporaryFile trusted(authority.root_pem());
  const Values values{{"transport", std::string("tls")}, {"tls.ca_file", trusted.path()}};
  const TlsPeer peer({.identity = authority.issue()}, answer_well);
  const Outcome outcome = run(to(peer.endpoint(), values));
  EXPECT_EQ(outcome.verdict, Verdict::ok) << outcome.detail;
  EXPECT_GT(outcome.readings.get(reading_tls_earliest_expiry), 0);

  const TlsPeer old({.identity = authority.issue({.starts_in_days = -30, .ends_in_days = -1})},
                    answer_well);
  const Outcome expired = run(to(old.endpoint(), values));
  EXPECT_EQ(expired.reason, Reason::tls_expired);
  EXPECT_GT(expired.readings.get(reading_tls_earliest_expiry), 0);

  const TcpPeer silent([](Conversation& talk) { talk.stay_silent(); });
  EXPECT_EQ(run(to(silent.endpoint(), values), 100ms).reason, Reason::tls_timeout);
}

TEST_F(DnsProbeTest, SaysWhenTheAuthoritiesCannotBeRead) {
  const UdpPeer peer(good_answer);

  const Outcome outcome = run(to(peer.endpoint(), {{"transport", std::string("tls")},
                                                   {"tls.ca_file", std::string("/nowhere.pem")}}));

  EXPECT_EQ(outcome.verdict, Verdict::unknown);
}

TEST_F(DnsProbeTest, GoesThroughTheSystemsServersInOrder) {
  const UdpPeer silent([](std::string_view) { return Replies{}; });
  const UdpPeer answering(good_answer);
  const int fd = bound_socket(Family::ip4, SOCK_DGRAM);
  const Endpoint nobody = local_endpoint(fd);
  close(fd);
  ask_system({nobody, silent.endpoint(), answering.endpoint()});
  const auto probe = parse({{"query", std::string("www.test")}});
  ASSERT_NE(probe, nullptr);
  EXPECT_EQ(probe->instance(), "system");

  const Outcome outcome = run(*probe, 400ms);

  EXPECT_EQ(outcome.verdict, Verdict::ok) << outcome.detail;
  EXPECT_EQ(silent.received().size(), 1U);
  EXPECT_EQ(line(outcome, "silent"), to_string(silent.endpoint()));
}

TEST_F(DnsProbeTest, MayBeDroppedMidwayAndInsideItsOwnOutcome) {
  const UdpPeer peer(good_answer);
  const auto probe = parse(to(peer.endpoint()));
  bool is_done = false;
  std::unique_ptr<Flight> flight;
  auto dropped = std::make_unique<Flight>(*network, *probe, 5s, false,
                                          [](const Outcome&) { ADD_FAILURE() << "was dropped"; });
  dropped.reset();
  flight = std::make_unique<Flight>(*network, *probe, 5s, false, [&](const Outcome&) {
    flight.reset();
    is_done = true;
  });

  test.run_until([&] { return is_done; });
}

TEST_F(DnsProbeTest, ComplainsAboutWhatCannotBe) {
  const Values base{{"query", std::string("www.test")},
                    {"server", HostPort{.host = "10.0.0.53", .port = 53}}};
  const auto complaints_with = [&](const std::string& key, OptionValue value) {
    Values values = base;
    values[key] = std::move(value);
    Texts complaints;
    const auto probe = parse(values, &complaints);
    EXPECT_EQ(probe == nullptr, !complaints.empty());
    return complaints;
  };

  EXPECT_EQ(complaints_with("type", std::string("MX")), Texts{});
  EXPECT_EQ(complaints_with("query", std::string("two words")), Texts{"query"});
  EXPECT_EQ(complaints_with("expect.serial", std::int64_t{1}), Texts{"expect.serial"});
  EXPECT_EQ(complaints_with("expect.rcode", Texts{}), Texts{"expect.rcode"});
  EXPECT_EQ(complaints_with("tls.ca_file", std::string("/x.pem")), Texts{"tls.ca_file"});
  EXPECT_EQ(complaints_with("source_address", std::string("::1")), Texts{"server"});
}

TEST_F(DnsProbeTest, SaysWhichReasonsCanHappen) {
  const auto groups = [](std::string host, std::string transport) {
    return parse({{"query", std::string("www.test")},
                  {"transport", std::move(transport)},
                  {"server", HostPort{.host = std::move(host), .port = 53}}})
        ->reason_groups();
  };

  EXPECT_FALSE(groups("10.0.0.53", "udp").has(ReasonGroup::resolve));
  EXPECT_TRUE(groups("ns.test", "udp").has(ReasonGroup::resolve));
  EXPECT_FALSE(groups("ns.test", "udp").has(ReasonGroup::tls));
  EXPECT_TRUE(groups("ns.test", "tls").has(ReasonGroup::tls));
}

TEST_F(DnsProbeTest, TlsMovesToItsOwnPortAndPtrTakesAnAddress) {
  const auto probe = parse({{"query", std::string("10.0.0.1")},
                            {"type", std::string("PTR")},
                            {"transport", std::string("tls")},
                            {"server", HostPort{.host = "10.0.0.53", .port = 53}}});

  ASSERT_NE(probe, nullptr);
  EXPECT_EQ(probe->instance(), "10.0.0.53:853");
}

}  // namespace
}  // namespace siaga
