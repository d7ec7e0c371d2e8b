#include "agent/net/resolver.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "agent/core/limits.h"
#include "tests/agent/net/dns_bytes.h"
#include "tests/agent/net/pinger_peer.h"
#include "tests/support/descriptors.h"
#include "tests/support/manual_clock.h"
#include "tests/support/tcp_peer.h"
#include "tests/support/test_loop.h"
#include "tests/support/udp_peer.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;
using namespace tests;

using Replies = std::vector<std::string>;

constexpr FamilyChoice only_ip4{.preferred = Family::ip4, .fallback = false};
constexpr FamilyChoice ip6_then_ip4{.preferred = Family::ip6, .fallback = true};

Replies usual_answers(std::string_view query) {
  const std::string name = asked_name(query);
  if (name.starts_with("dead")) return {};
  if (name == "missing.test") return {reply_bytes(query, nxdomain)};
  if (name == "broken.test") return {reply_bytes(query, servfail)};
  if (name == "cut.test") {
    std::string reply = reply_bytes(query, noerror, {a_record(name, "10.0.0.1")});
    reply.resize(reply.size() - 3);
    return {reply};
  }
  if (name == "loop.test")
    return {reply_bytes(
        query, noerror,
        {cname_record("loop.test", "pool.test"), cname_record("pool.test", "loop.test")})};
  if (name == "both.test" && asked_type(query) == type_aaaa)
    return {reply_bytes(query, noerror, {aaaa_record(name, "2001:db8::1")})};
  if (asked_type(query) == type_aaaa) return {reply_bytes(query, noerror)};
  if (name == "alias.test")
    return {reply_bytes(
        query, noerror,
        {cname_record("alias.test", "real.test"), a_record("real.test", "10.0.0.9", 30)})};
  if (name == "brief.test") return {reply_bytes(query, noerror, {a_record(name, "10.0.0.2", 0)})};
  return {reply_bytes(query, noerror, {a_record(name, "10.0.0.1", 60)})};
}

class ResolverTest : public testing::Test {
 protected:
  ResolverTest() { open({peer.endpoint()}); }

  void open(std::vector<Endpoint> servers, Duration timeout = 200ms) {
    resolver = Resolver::create(test.loop(), clock,
                                {.servers = std::move(servers),
                                 .timeout = timeout,
                                 .tries = 1,
                                 .hosts_file = hosts.path()});
  }
  Resolution resolve(std::string_view host, FamilyChoice choice = {}) {
    std::optional<Resolution> found;
    const auto lookup =
        resolver->lookup(host, choice, [&](const Resolution& result) { found = result; });
    EXPECT_FALSE(found) << "answered from inside lookup()";
    test.run_until([&] { return found.has_value(); });
    return *found;
  }
  static std::string first(const Resolution& found) {
    return found.addresses.empty() ? "" : to_string(found.addresses.front());
  }

  ManualClock clock;
  TestLoop test;
  TemporaryFile hosts{"10.1.1.1 printer.test printer\n::7 six.test\nnonsense line\n"};
  UdpPeer peer{usual_answers};
  std::unique_ptr<Resolver> resolver;
};

TEST_F(ResolverTest, AnswersWithTheServersAddressAndTtl) {
  const Resolution found = resolve("www.test");

  EXPECT_EQ(found.reason, Reason::none);
  EXPECT_EQ(first(found), "10.0.0.1");
  EXPECT_EQ(found.ttl, 60s);
  EXPECT_FALSE(found.is_cached);
}

TEST_F(ResolverTest, ReachesServersOverIp6) {
  UdpPeer six(usual_answers, Family::ip6);
  open({six.endpoint()});

  EXPECT_EQ(first(resolve("www.test")), "10.0.0.1");
}

TEST_F(ResolverTest, FollowsAnAliasAndKeepsTheSmallestTtl) {
  const Resolution found = resolve("alias.test");

  EXPECT_EQ(first(found), "10.0.0.9");
  EXPECT_EQ(found.ttl, 30s);
}

TEST_F(ResolverTest, KnowsAddressesWithoutAQuery) {
  const Resolution* four = resolver->known("10.2.3.4", {});
  ASSERT_NE(four, nullptr);
  EXPECT_EQ(first(*four), "10.2.3.4");

  const Resolution* six = resolver->known("::1", only_ip4);
  ASSERT_NE(six, nullptr);
  EXPECT_EQ(six->reason, Reason::dns_no_address);
  EXPECT_TRUE(peer.received().empty());
}

TEST_F(ResolverTest, KnowsLocalhostWithoutAQuery) {
  EXPECT_EQ(first(resolve("localhost")), "127.0.0.1");
  EXPECT_EQ(first(resolve("web.localhost", ip6_then_ip4)), "::1");
  EXPECT_TRUE(peer.received().empty());
}

TEST_F(ResolverTest, TakesNamesOfTheHostsFileFirst) {
  EXPECT_EQ(first(resolve("PRINTER.test")), "10.1.1.1");
  EXPECT_EQ(first(resolve("printer.test.", ip6_then_ip4)), "10.1.1.1");
  EXPECT_EQ(first(resolve("six.test")), "::7");
  EXPECT_TRUE(peer.received().empty());
}

TEST_F(ResolverTest, SeesAChangedHostsFile) {
  EXPECT_EQ(first(resolve("later.test")), "10.0.0.1");

  std::ofstream(hosts.path()) << "10.9.9.9 later.test\n";
  clock.advance(limits::resolver_file_check);
  resolver->known("something.else", {});  // a miss looks at the files

  EXPECT_EQ(first(resolve("later.test")), "10.9.9.9");
}

TEST_F(ResolverTest, RemembersAnAnswerForItsTtl) {
  resolve("www.test");
  clock.advance(59s);
  const Resolution* known = resolver->known("WWW.test", {});
  ASSERT_NE(known, nullptr);
  EXPECT_TRUE(known->is_cached);

  clock.advance(2s);
  EXPECT_EQ(resolver->known("www.test", {}), nullptr);
  EXPECT_EQ(resolver->counters().cache_hits, 1U);
  EXPECT_EQ(resolver->counters().queries, 1U);
}

TEST_F(ResolverTest, DoesNotRememberATtlOfZero) {
  EXPECT_EQ(first(resolve("brief.test")), "10.0.0.2");

  EXPECT_EQ(resolver->known("brief.test", {}), nullptr);
}

TEST_F(ResolverTest, RemembersAFailureShortly) {
  const Resolution found = resolve("missing.test");
  EXPECT_EQ(found.reason, Reason::dns_nxdomain);
  EXPECT_EQ(found.detail, "missing.test: NXDOMAIN from " + to_string(peer.endpoint()));
  EXPECT_NE(resolver->known("missing.test", {}), nullptr);

  clock.advance(limits::resolver_failure_ttl);
  EXPECT_EQ(resolver->known("missing.test", {}), nullptr);
}

TEST_F(ResolverTest, ForgetsEverythingWhenTold) {
  resolve("www.test");

  resolver->clear();

  EXPECT_EQ(resolver->known("www.test", {}), nullptr);
  EXPECT_EQ(resolver->counters().cached_names, 0U);
}

TEST_F(ResolverTest, UsesTheOtherFamilyOnlyWhenThePreferredHasNone) {
  EXPECT_EQ(first(resolve("both.test", ip6_then_ip4)), "2001:db8::1");
  EXPECT_EQ(peer.received().size(), 1U);
  EXPECT_EQ(first(resolve("four.test", ip6_then_ip4)), "10.0.0.1");
  EXPECT_EQ(peer.received().size(), 3U);

  const Resolution* known = resolver->known("four.test", ip6_then_ip4);
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(first(*known), "10.0.0.1");
}

TEST_F(ResolverTest, SaysNoAddressWhenTheAllowedFamilyHasNone) {
  const Resolution found = resolve("four.test", {.preferred = Family::ip6, .fallback = false});

  EXPECT_EQ(found.reason, Reason::dns_no_address);
}

TEST_F(ResolverTest, NamesEachKindOfFailure) {
  EXPECT_EQ(resolve("broken.test").reason, Reason::dns_servfail);
  EXPECT_EQ(resolve("cut.test").reason, Reason::dns_malformed);
  EXPECT_EQ(resolve("loop.test", only_ip4).reason, Reason::dns_no_address);
  EXPECT_EQ(resolve("dead.test").reason, Reason::dns_timeout);
  EXPECT_EQ(resolve(std::string(70, 'x') + ".test").reason, Reason::dns_nxdomain);
  EXPECT_EQ(resolver->counters().timeouts, 1U);
}

TEST_F(ResolverTest, NamesTheServerThatIsNotThere) {
  const RefusingPort nobody;
  open({nobody.endpoint()});

  const Resolution found = resolve("www.test");

  EXPECT_EQ(found.reason, Reason::dns_servfail);
  EXPECT_NE(found.detail.find(to_string(nobody.endpoint())), std::string::npos) << found.detail;
}

TEST_F(ResolverTest, AsksTheSecondServerWhenTheFirstIsSilent) {
  const UdpPeer silent([](std::string_view) { return Replies{}; });
  open({silent.endpoint(), peer.endpoint()});

  EXPECT_EQ(first(resolve("www.test")), "10.0.0.1");
}

TEST_F(ResolverTest, DoesNotTakeRepliesWithAWrongIdOrQuestion) {
  const UdpPeer liar([](std::string_view query) {
    std::string wrong_id = reply_bytes(query, noerror, {a_record("www.test", "6.6.6.6")});
    wrong_id[0] = static_cast<char>(wrong_id[0] ^ 1);
    const std::string other = query_bytes("evil.test", type_a);
    std::string wrong_name = reply_bytes(other, noerror, {a_record("evil.test", "6.6.6.6")});
    wrong_name.replace(0, 2, query.substr(0, 2));
    return Replies{wrong_id, wrong_name, usual_answers(query).front()};
  });
  open({liar.endpoint()});

  EXPECT_EQ(first(resolve("www.test")), "10.0.0.1");
}

TEST_F(ResolverTest, EqualLookupsShareOneQuery) {
  int answers = 0;
  std::vector<std::unique_ptr<Lookup>> lookups;
  for (int index = 0; index < 10; ++index)
    lookups.push_back(resolver->lookup("www.test", {}, [&](const Resolution&) { ++answers; }));
  test.run_until([&] { return answers == 10; });

  EXPECT_EQ(peer.received().size(), 1U);
}

TEST_F(ResolverTest, ADroppedLookupIsNotAnsweredAndOthersAre) {
  bool is_answered = false;
  auto dropped = resolver->lookup("www.test", {}, [](const Resolution&) { FAIL(); });
  const auto kept =
      resolver->lookup("www.test", {}, [&](const Resolution&) { is_answered = true; });

  dropped.reset();

  test.run_until([&] { return is_answered; });
}

TEST_F(ResolverTest, ALookupMayBeDroppedInsideItsOwnAnswer) {
  bool is_answered = false;
  std::unique_ptr<Lookup> lookup;
  lookup = resolver->lookup("www.test", {}, [&](const Resolution&) {
    lookup.reset();
    is_answered = true;
  });

  test.run_until([&] { return is_answered; });
}

TEST_F(ResolverTest, TheResolverMayBeDestroyedInsideAnAnswer) {
  bool is_answered = false;
  const auto other = resolver->lookup("www.test", {}, [](const Resolution&) {});
  const auto slow = resolver->lookup("dead.test", {}, [](const Resolution&) { FAIL(); });
  const auto lookup = resolver->lookup("www.test", {}, [&](const Resolution&) {
    resolver.reset();
    is_answered = true;
  });

  test.run_until([&] { return is_answered; });
  test.run_ready();
}

TEST_F(ResolverTest, DestroyingItWithQuestionsUnderWayTellsNobodyAndLeavesNothingOpen) {
  resolve("www.test");
  test.run_ready();
  const std::size_t before = open_descriptors();
  const auto lookup = resolver->lookup("dead.test", {}, [](const Resolution&) { FAIL(); });
  test.run_ready();
  EXPECT_GT(open_descriptors(), before);

  resolver.reset();

  test.run_ready();
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(ResolverTest, SaysThatTheAgentHasNoDescriptors) {
  resolve("www.test");
  resolver->clear();
  test.run_ready();
  const DescriptorFamine famine;

  const Resolution found = resolve("www.test");

  EXPECT_EQ(found.reason, Reason::agent_descriptors);
  EXPECT_EQ(resolver->known("www.test", {}), nullptr) << "our own trouble is not remembered";
}

TEST_F(ResolverTest, AHundredNamesBehindADeadServerDelayNoHealthyName) {
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
  };
  const auto threads_before = threads();
  std::vector<std::unique_ptr<Lookup>> dead;
  for (int index = 0; index < 100; ++index)
    dead.push_back(
        resolver->lookup("dead" + std::to_string(index) + ".test", {}, [](const Resolution&) {}));
  test.run_ready();

  const Instant began = test.loop().now();
  EXPECT_EQ(first(resolve("www.test")), "10.0.0.1");

  EXPECT_LT(test.loop().now() - began, 100ms);
  EXPECT_EQ(threads(), threads_before);
}

// Answers only when the test says so.
class GatedAnswers {
 public:
  UdpPeer::Reply reply() {
    return [this](std::string_view query) {
      while (!is_open_) std::this_thread::yield();
      return Replies{reply_bytes(query, noerror, {a_record(asked_name(query), "10.0.0.1", 60)})};
    };
  }
  void open() { is_open_ = true; }

 private:
  std::atomic<bool> is_open_ = false;
};

TEST_F(ResolverTest, AnAnswerThatCameDuringAStallOfOursIsTaken) {
  GatedAnswers gate;
  const UdpPeer slow(gate.reply());
  open({slow.endpoint()}, 100ms);
  std::optional<Resolution> found;
  const auto lookup =
      resolver->lookup("www.test", {}, [&](const Resolution& result) { found = result; });
  test.run_until([&] { return !slow.received().empty(); });

  gate.open();
  std::this_thread::sleep_for(250ms);  // the loop's thread is busy with something else

  test.run_until([&] { return found.has_value(); });
  EXPECT_EQ(found->reason, Reason::none) << found->detail;
  EXPECT_EQ(slow.received().size(), 1U) << "what was answered is not asked again";
}

TEST_F(ResolverTest, ATimeoutJudgedAfterAStallOfOursIsAskedOnceMore) {
  const UdpPeer silent([](std::string_view) { return Replies{}; });
  open({silent.endpoint()}, 100ms);
  std::optional<Resolution> found;
  const auto lookup =
      resolver->lookup("www.test", {}, [&](const Resolution& result) { found = result; });
  test.run_until([&] { return !silent.received().empty(); });

  std::this_thread::sleep_for(250ms);

  test.run_until([&] { return found.has_value(); });
  EXPECT_EQ(found->reason, Reason::dns_timeout);
  EXPECT_EQ(silent.received().size(), 2U);
}

TEST_F(ResolverTest, NoRouteToAnyResolverIsTheAgentsTroubleAndNotRemembered) {
  const OwnNetwork network;
  OwnNetwork::run(
      "ip route add unreachable 10.88.1.0/24 && ip route add prohibit 10.88.2.0/24 && "
      "ip route add blackhole 10.88.3.0/24 && ip route add 10.88.4.0/24 dev lo");
  OwnNetwork::run(
      "nft 'add table ip t; add chain ip t o { type filter hook output priority 0; }; "
      "add rule ip t o ip daddr 10.88.4.1 drop'");
  const auto at = [](std::string_view address) {
    return Endpoint{.address = *parse_address(address), .port = 53};
  };
  const auto reason_with = [&](std::vector<Endpoint> servers) {
    open(std::move(servers));
    const Reason reason = resolve("www.test").reason;
    EXPECT_EQ(resolver->known("www.test", {}) == nullptr, is_agent_trouble(reason));
    return reason;
  };

  for (const auto* address : {"10.99.0.1", "10.88.1.1", "10.88.2.1", "10.88.3.1", "fd99::1"})
    EXPECT_EQ(reason_with({at(address)}), Reason::agent_no_route) << address;
  EXPECT_EQ(reason_with({at("10.88.4.1")}), Reason::agent_permission);
  EXPECT_EQ(reason_with({at("10.99.0.1"), at("10.88.1.1")}), Reason::agent_no_route);
  // Nobody listens at the second: that is not ours.
  EXPECT_EQ(reason_with({at("10.99.0.1"), at("127.0.0.1")}), Reason::dns_servfail);
}

// A server at another address of loopback, on the same port, that never answers.
class SilentNeighbour {
 public:
  explicit SilentNeighbour(std::uint16_t port)
      : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_storage storage{};
    const unsigned size =
        to_sockaddr({.address = *parse_address("127.0.0.2"), .port = port}, storage);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&storage), size), 0);
  }
  ~SilentNeighbour() { close(fd_); }
  SilentNeighbour(const SilentNeighbour&) = delete;
  SilentNeighbour& operator=(const SilentNeighbour&) = delete;

 private:
  int fd_;
};

class SystemServers : public ResolverTest {
 protected:
  void open_with(const TemporaryFile& resolv_conf) {
    resolver = Resolver::create(test.loop(), clock,
                                {.timeout = 200ms,
                                 .tries = 1,
                                 .hosts_file = hosts.path(),
                                 .resolv_conf = resolv_conf.path(),
                                 .system_port = peer.port()});
  }
};

TEST_F(SystemServers, AreReadFromResolvConf) {
  const TemporaryFile resolv_conf("nameserver 127.0.0.1\nsearch office.test\n");
  open_with(resolv_conf);
  ASSERT_EQ(resolver->servers(), std::vector{peer.endpoint()});

  EXPECT_EQ(first(resolve("www.test")), "10.0.0.1");
  EXPECT_EQ(first(resolve("printer1")), "10.0.0.1");
  EXPECT_EQ(asked_name(peer.received().back()), "printer1.office.test");
}

TEST_F(SystemServers, AreReadAgainWhenTheFileChangesAndNoLookupIsLost) {
  const SilentNeighbour silent(peer.port());
  const TemporaryFile resolv_conf("nameserver 127.0.0.2\n");
  open_with(resolv_conf);
  std::optional<Resolution> early;
  const auto lookup =
      resolver->lookup("early.test", {}, [&](const Resolution& found) { early = found; });
  test.run_ready();

  std::ofstream(resolv_conf.path()) << "nameserver 127.0.0.1\n# changed\n";
  clock.advance(limits::resolver_file_check);

  EXPECT_EQ(first(resolve("www.test")), "10.0.0.1");
  EXPECT_EQ(resolver->servers(), std::vector{peer.endpoint()});
  test.run_until([&] { return early.has_value(); });
  EXPECT_EQ(early->reason, Reason::dns_timeout);
}

}  // namespace
}  // namespace siaga
