// Kind `http` as a whole: from the configuration's text through a Flight against scripted peers.
#include "probes/http.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <optional>

#include "agent/config/load.h"
#include "agent/schedule/flight.h"
#include "probes/http_readings.h"
#include "tests/agent/net/dns_bytes.h"
#include "tests/agent/net/pinger_peer.h"
#include "tests/support/descriptors.h"
#include "tests/support/test_loop.h"
#include "tests/support/tls_peer.h"
#include "tests/support/udp_peer.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;
using tests::CertificateAuthority;
using tests::Conversation;
using tests::Script;
using tests::TcpPeer;
using tests::TemporaryFile;
using tests::TestLoop;
using tests::TlsPeer;

// A probe and what its values point into.
struct Parsed {
  std::vector<OptionValue> values;
  std::unique_ptr<const Probe> probe;
  std::string complaints;
};

Parsed parsed(const std::string& url, const std::string& more) {
  const std::string text = "[[http]]\nname = \"t\"\nurl = \"" + url + "\"\n" + more + "\n";
  const std::array schemas{
      KindSchema{.name = http_kind.name,
                 .help = http_kind.help,
                 .help_id = http_kind.help_id,
                 .options = http_kind.options,
                 .check = [](Section& section) { static_cast<void>(http_kind.parse(section)); }}};
  auto config = parse_config(text, "test.toml", {.kinds = schemas});
  if (!config) return {.complaints = format(config.error(), Language::english, false)};
  Parsed result{.values = config->targets.at(0).options};
  Section section("t", http_kind.options, result.values);
  result.probe = http_kind.parse(section);
  return result;
}

Script answering(std::string answer) {
  return [answer = std::move(answer)](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send(answer);
  };
}

Script redirecting(const std::string& location) {
  return answering("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n");
}

const Script good = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

class HttpTest : public testing::Test {
 protected:
  std::unique_ptr<Flight> fly(const std::string& url, const std::string& more, Duration timeout,
                              bool explain = false) {
    probe_ = parsed(url, more);
    EXPECT_NE(probe_.probe, nullptr) << probe_.complaints;
    outcome_.reset();
    return std::make_unique<Flight>(network_, *probe_.probe, timeout, explain,
                                    [this](Outcome outcome) { outcome_ = std::move(outcome); });
  }

  const Outcome& run(const std::string& url, const std::string& more = "", Duration timeout = 5s,
                     bool explain = false) {
    const auto flight = fly(url, more, timeout, explain);
    EXPECT_FALSE(outcome_.has_value());
    test_.run_until([this] { return outcome_.has_value(); });
    return *outcome_;
  }

  // The same in another network, with another resolver.
  Outcome run_in(Network& network, const std::string& url, Duration timeout = 5s) {
    const Parsed probe = parsed(url, "");
    std::optional<Outcome> outcome;
    const Flight flight(network, *probe.probe, timeout, false,
                        [&](Outcome settled) { outcome = std::move(settled); });
    test_.run_until([&] { return outcome.has_value(); });
    return std::move(*outcome);
  }

  static std::string url_of(const TcpPeer& peer, const std::string& path = "/") {
    return "http://" + to_string(peer.endpoint()) + path;
  }
  std::string trusting() const { return "tls.ca_file = \"" + trusted_.path() + "\""; }
  static std::string tls_url_of(const TcpPeer& peer, const std::string& host = "localhost") {
    return "https://" + host + ":" + std::to_string(peer.port()) + "/";
  }
  double reading(ReadingId id) const { return outcome_->readings.get(id); }

  TestLoop test_;
  SystemClock clock_;
  TemporaryFile hosts_{
      "127.0.0.1 localhost portal.test other.test both.test\n"
      "127.0.0.2 inside.test\n"
      "::1 six.test both.test\n"};
  TemporaryFile servers_{"nameserver 127.0.0.1\n"};
  CertificateAuthority authority_;
  TemporaryFile trusted_{authority_.root_pem()};
  Network network_{
      test_.loop(), clock_,
      ResolverOptions{.servers = {{*parse_address("127.0.0.1"), 1}}, .hosts_file = hosts_.path()}};
  Parsed probe_;
  std::optional<Outcome> outcome_;
};

TEST_F(HttpTest, AGoodAnswerIsOkWithAllReadings) {
  TcpPeer peer(
      answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nok"));

  const Outcome& outcome = run(url_of(peer));

  EXPECT_EQ(outcome.verdict, Verdict::ok) << outcome.detail;
  EXPECT_EQ(outcome.address, "127.0.0.1");
  EXPECT_EQ(reading(reading_ip_protocol), 4);
  EXPECT_EQ(reading(reading_http_status_code), 200);
  EXPECT_EQ(reading(reading_http_version), 1.1);
  EXPECT_EQ(reading(reading_http_content_length), 2);
  EXPECT_EQ(reading(reading_http_uncompressed_body_length), 2);
  EXPECT_EQ(reading(reading_http_ssl), 0);
  EXPECT_EQ(reading(reading_http_redirects), 0);
  EXPECT_EQ(reading(reading_http_failed_due_to_regex), 0);
  EXPECT_EQ(reading(reading_http_last_modified), 784111777);
  EXPECT_GT(reading(reading_http_connect_seconds), 0);
  EXPECT_GT(reading(reading_http_processing_seconds), 0);
  EXPECT_EQ(outcome.explanation, nullptr);
  EXPECT_NE(peer.received().find("User-Agent: Siaga/"), std::string::npos);
}

TEST_F(HttpTest, ABadStatusFailsAndKeepsAnExcerpt) {
  TcpPeer peer(answering("HTTP/1.1 503 Busy\r\nContent-Length: 8\r\n\r\nsibuk\x01\xff!"));

  const Outcome& outcome = run(url_of(peer));

  EXPECT_EQ(outcome.reason, Reason::http_status);
  EXPECT_EQ(outcome.detail, "status 503 is not one of 2xx");
  ASSERT_NE(outcome.explanation, nullptr);
  EXPECT_TRUE(outcome.explanation->excerpt.starts_with("sibuk"));
}

TEST_F(HttpTest, AFailedPatternIsSaidInTheReadings) {
  TcpPeer peer(good);

  EXPECT_EQ(run(url_of(peer), "expect.body = [\"missing\"]").reason, Reason::body_missing);

  EXPECT_EQ(reading(reading_http_failed_due_to_regex), 1);
}

TEST_F(HttpTest, ABodyOverTheLimitIsTooLarge) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send("HTTP/1.1 200 OK\r\n\r\n");
    talk.send_forever("endless ");
  });

  EXPECT_EQ(run(url_of(peer), "body_limit = \"2kB\"").reason, Reason::body_too_large);
}

TEST_F(HttpTest, FollowsRedirectsAndSumsTheirPhases) {
  TcpPeer peer({redirecting("/two"), redirecting("/three"), good});

  const Outcome& outcome = run(url_of(peer, "/one"));

  EXPECT_EQ(outcome.reason, Reason::none) << outcome.detail;
  EXPECT_EQ(reading(reading_http_redirects), 2);
  EXPECT_TRUE(peer.received(2).starts_with("GET /three "));
}

TEST_F(HttpTest, RedirectsAreFollowedOverTheIpVersionOfTheFirstHop) {
  TcpPeer there(good, Family::ip6);
  const std::string next = "http://both.test:" + std::to_string(there.port()) + "/";
  TcpPeer peer(redirecting(next), Family::ip6);

  const Outcome& outcome = run("http://six.test:" + std::to_string(peer.port()) + "/");

  EXPECT_EQ(outcome.reason, Reason::none) << outcome.detail;
  EXPECT_EQ(outcome.address, "::1");
  EXPECT_EQ(reading(reading_ip_protocol), 6);
}

TEST_F(HttpTest, ARedirectToANameOfTheOtherIpVersionIsFollowedWhenFallbackIsAllowed) {
  TcpPeer there(good);
  const std::string next = "http://portal.test:" + std::to_string(there.port()) + "/";
  TcpPeer peer(redirecting(next), Family::ip6);
  const std::string url = "http://[::1]:" + std::to_string(peer.port()) + "/";
  const std::string anywhere = "redirects.forbid = []\npreferred_ip_protocol = \"ip6\"";

  EXPECT_EQ(run(url, anywhere).reason, Reason::none) << outcome_->detail;
  EXPECT_EQ(outcome_->address, "127.0.0.1");

  EXPECT_EQ(run(url, anywhere + "\nip_protocol_fallback = false").reason,
            Reason::http_redirect_unreachable);
}

TEST_F(HttpTest, AClientCertificateThatIsMissingIsSaidSo) {
  TlsPeer peer({.identity = authority_.issue(),
                .client_authority_pem = authority_.root_pem(),
                .requires_client_certificate = true},
               good);

  EXPECT_EQ(run(tls_url_of(peer), trusting()).reason, Reason::tls_client_certificate)
      << outcome_->detail;
}

TEST_F(HttpTest, DoesNotFollowWhenToldSo) {
  TcpPeer peer(redirecting("/two"));

  const Outcome& outcome = run(url_of(peer), "redirects.follow = false\nexpect.status = [302]");

  EXPECT_EQ(outcome.reason, Reason::none) << outcome.detail;
  EXPECT_EQ(peer.connections(), 1U);
}

TEST_F(HttpTest, EndlessRedirectsEndAtTheLimit) {
  TcpPeer peer(redirecting("/again"));

  EXPECT_EQ(run(url_of(peer), "redirects.limit = 4").reason, Reason::http_redirects);

  EXPECT_EQ(peer.connections(), 5U);
}

TEST_F(HttpTest, ARedirectToAFileIsForbidden) {
  TcpPeer peer(redirecting("file:///etc/passwd"));

  EXPECT_EQ(run(url_of(peer)).reason, Reason::http_redirect_forbidden);
}

TEST_F(HttpTest, ARedirectIntoAForbiddenNetworkIsNotFollowed) {
  TcpPeer inside(good);
  TcpPeer peer(redirecting("http://inside.test:" + std::to_string(inside.port()) + "/"));

  const Outcome& outcome = run(url_of(peer), "redirects.forbid = [\"127.0.0.2/32\"]");

  EXPECT_EQ(outcome.reason, Reason::http_redirect_forbidden);
  EXPECT_EQ(outcome.detail, "inside.test is 127.0.0.2, which is in 127.0.0.2/32");
  EXPECT_EQ(inside.connections(), 0U);
}

TEST_F(HttpTest, AMappedAddressDoesNotSlipThrough) {
  TcpPeer peer(redirecting("http://[::ffff:127.0.0.2]/"));

  EXPECT_EQ(run(url_of(peer), "redirects.forbid = [\"127.0.0.2/32\"]").reason,
            Reason::http_redirect_forbidden);
}

TEST_F(HttpTest, LoopbackMayRedirectToItself) {
  TcpPeer there(good);
  TcpPeer peer(redirecting(url_of(there)));

  EXPECT_EQ(run(url_of(peer)).reason, Reason::none) << outcome_->detail;
}

TEST_F(HttpTest, CredentialsDoNotLeaveTheirHost) {
  TcpPeer other(good);
  TcpPeer peer({redirecting("/same"),
                redirecting("http://other.test:" + std::to_string(other.port()) + "/")});

  run("http://portal.test:" + std::to_string(peer.port()) + "/",
      "basic.user = \"me\"\nbasic.password = \"pw\"\n"
      "headers = { Cookie = \"a=b\", X-Plain = \"1\" }\n"
      "secret_headers = { X-Key = \"hidden\" }");

  EXPECT_EQ(outcome_->reason, Reason::none) << outcome_->detail;
  for (std::size_t index : {0U, 1U}) {
    EXPECT_NE(peer.received(index).find("Authorization: Basic bWU6cHc="), std::string::npos);
    EXPECT_NE(peer.received(index).find("X-Key: hidden"), std::string::npos);
  }
  for (const char* secret : {"Authorization", "X-Key", "Cookie"})
    EXPECT_EQ(other.received().find(secret), std::string::npos) << secret;
  EXPECT_NE(other.received().find("X-Plain: 1"), std::string::npos);
}

TEST_F(HttpTest, TheExplanationTellsTheWholeWayWithoutSecrets) {
  TcpPeer peer({redirecting("/two"), good});

  const Outcome& outcome = run("http://portal.test:" + std::to_string(peer.port()) + "/",
                               "bearer = \"hidden\"\nexpect.body = [\"ok\"]", 5s, true);

  ASSERT_NE(outcome.explanation, nullptr);
  std::string all;
  for (const auto& [topic, text] : outcome.explanation->lines) all += topic + ": " + text + "\n";
  EXPECT_NE(all.find("address: 127.0.0.1 for portal.test\n"), std::string::npos) << all;
  EXPECT_NE(all.find("redirect: 302 -> http://portal.test:"), std::string::npos) << all;
  EXPECT_NE(all.find("rule: the body has 'ok'\n"), std::string::npos) << all;
  EXPECT_EQ(all.find("hidden"), std::string::npos);
}

TEST_F(HttpTest, TellsTheCertificateAndTheVersionOfTls) {
  TlsPeer peer({.identity = authority_.issue()}, good);

  const Outcome& outcome = run(tls_url_of(peer), trusting());

  EXPECT_EQ(outcome.reason, Reason::none) << outcome.detail;
  EXPECT_EQ(reading(reading_http_ssl), 1);
  EXPECT_GT(reading(reading_tls_earliest_expiry), 0);
  EXPECT_GT(reading(reading_http_tls_seconds), 0);
}

TEST_F(HttpTest, AnExpiredCertificateFailsWithItsFacts) {
  TlsPeer peer({.identity = authority_.issue({.starts_in_days = -30, .ends_in_days = -1})}, good);

  EXPECT_EQ(run(tls_url_of(peer), trusting()).reason, Reason::tls_expired);

  EXPECT_GT(reading(reading_tls_earliest_expiry), 0);
  EXPECT_EQ(reading(reading_http_ssl), 0);
}

TEST_F(HttpTest, AnUnverifiedCertificateIsGoodEnoughWhenToldSo) {
  TlsPeer peer({.identity = authority_.issue({.starts_in_days = -30, .ends_in_days = -1})}, good);

  EXPECT_EQ(run(tls_url_of(peer), "tls.verify = false").reason, Reason::none) << outcome_->detail;
}

TEST_F(HttpTest, ACertificateThatEndsSoonIsSaidLast) {
  TlsPeer peer({.identity = authority_.issue({.ends_in_days = 5})}, good);

  EXPECT_EQ(run(tls_url_of(peer), trusting() + "\ntls.expires_in = \"14d\"").reason,
            Reason::tls_expires_soon);
}

TEST_F(HttpTest, MissingTlsIsAFailureWhenItIsRequired) {
  TcpPeer peer(good);

  EXPECT_EQ(run(url_of(peer), "tls.require = true").reason, Reason::http_tls_missing);
}

TEST_F(HttpTest, ACertificateAuthorityThatIsNotThereIsTheAgentsTrouble) {
  TlsPeer peer({.identity = authority_.issue()}, good);

  const Outcome& outcome = run(tls_url_of(peer), "tls.ca_file = \"/nowhere/ca.pem\"");

  EXPECT_EQ(outcome.verdict, Verdict::unknown);
  EXPECT_EQ(outcome.reason, Reason::agent_error);
}

TEST_F(HttpTest, AProxyIsAskedAndResolvesTheName) {
  TcpPeer proxy(good);

  const Outcome& outcome = run("http://no-such-name.test/",
                               "proxy = \"http://localhost:" + std::to_string(proxy.port()) + "\"");

  EXPECT_EQ(outcome.reason, Reason::none) << outcome.detail;
  EXPECT_TRUE(proxy.received().starts_with("GET http://no-such-name.test/ HTTP/1.1\r\n"));
}

TEST_F(HttpTest, ASilentPeerIsAReplyTimeout) {
  TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });

  const Outcome& outcome = run(url_of(peer), "", 100ms);

  EXPECT_EQ(outcome.reason, Reason::reply_timeout);
  EXPECT_EQ(outcome.verdict, Verdict::failed);
  EXPECT_GE(reading(reading_http_processing_seconds), 0.05);
}

TEST_F(HttpTest, AByteNowAndThenIsATransferTimeout) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send_slowly("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 20ms);
  });

  EXPECT_EQ(run(url_of(peer), "", 200ms).reason, Reason::transfer_timeout);
}

TEST_F(HttpTest, AConnectionThatIsNeverMadeIsAConnectTimeout) {
  const tests::UnansweringPort port;

  EXPECT_EQ(run("http://" + to_string(port.endpoint()) + "/", "", 100ms).reason,
            Reason::connect_timeout);
}

TEST_F(HttpTest, AHandshakeThatStallsIsATlsTimeout) {
  TlsPeer peer({.identity = authority_.issue(), .stalls_after_bytes = 100}, good);

  EXPECT_EQ(run(tls_url_of(peer), trusting(), 200ms).reason, Reason::tls_timeout);
}

TEST_F(HttpTest, AResolverThatSaysNothingIsADnsFailure) {
  EXPECT_EQ(cause(run("http://unknown.test/", "", 200ms).reason), Cause::dns);
}

TEST_F(HttpTest, ANameThatDoesNotExistIsSaidSo) {
  const tests::UdpPeer resolver([](std::string_view query) {
    return std::vector{tests::reply_bytes(query, tests::nxdomain)};
  });
  Network network(test_.loop(), clock_, ResolverOptions{.servers = {resolver.endpoint()}});
  const Parsed probe = parsed("http://no-such-name.test/", "");
  std::optional<Outcome> outcome;
  const Flight flight(network, *probe.probe, 5s, false,
                      [&](Outcome settled) { outcome = std::move(settled); });

  test_.run_until([&] { return outcome.has_value(); });

  EXPECT_EQ(outcome->reason, Reason::dns_nxdomain) << outcome->detail;
  EXPECT_EQ(outcome->verdict, Verdict::failed);
}

TEST_F(HttpTest, RunningOutOfDescriptorsIsUnknownNotFailed) {
  TcpPeer peer(good);
  run(url_of(peer));
  // Nothing may be closed after the famine has begun: it would be a descriptor again.
  test_.run_until([&] { return peer.record(0).is_over; });
  test_.run_ready();
  std::optional<tests::DescriptorFamine> famine(std::in_place);

  const auto flight = fly(url_of(peer), "", 5s);
  famine.reset();
  test_.run_until([this] { return outcome_.has_value(); });

  EXPECT_EQ(outcome_->verdict, Verdict::unknown);
  EXPECT_EQ(outcome_->reason, Reason::agent_descriptors) << outcome_->detail;
}

TEST_F(HttpTest, AnAddressOfAFamilyThatIsNotAllowedIsSaidOnALaterTurn) {
  TcpPeer peer(good, Family::ip6);

  EXPECT_EQ(run(url_of(peer), "source_address = \"127.0.0.1\"").reason, Reason::dns_no_address);
}

TEST_F(HttpTest, CanBeDroppedMidway) {
  TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });
  auto flight = fly(url_of(peer), "", 5s);
  test_.run_until([&] { return peer.received().ends_with("\r\n\r\n"); });

  flight.reset();
  test_.run_until([&] { return peer.record(0).is_over; });

  EXPECT_FALSE(outcome_.has_value());
}

TEST_F(HttpTest, CanBeDroppedInsideItsOwnCallback) {
  TcpPeer peer({redirecting("/two"), good});
  const Parsed probe = parsed(url_of(peer), "");
  bool is_done = false;
  std::unique_ptr<Flight> flight;
  flight = std::make_unique<Flight>(network_, *probe.probe, 5s, false, [&](const Outcome& outcome) {
    EXPECT_EQ(outcome.reason, Reason::none);
    flight.reset();
    is_done = true;
  });

  test_.run_until([&] { return is_done; });
}

// Where a redirect leads is the target's choice: its visitors were sent nowhere.
TEST_F(HttpTest, ARedirectToANameThatDoesNotExistIsTheTargetsFailure) {
  const tests::UdpPeer resolver([](std::string_view query) {
    return std::vector{tests::reply_bytes(query, tests::nxdomain)};
  });
  Network network(test_.loop(), clock_, ResolverOptions{.servers = {resolver.endpoint()}});
  for (const char* host : {"no-such-name.test", "a..b", "999.1.1.1"}) {
    TcpPeer peer(redirecting("http://" + std::string(host) + "/"));

    const Outcome outcome = run_in(network, url_of(peer));

    EXPECT_EQ(name(outcome.reason), name(Reason::http_redirect_unreachable)) << outcome.detail;
    EXPECT_EQ(outcome.verdict, Verdict::failed);
    EXPECT_TRUE(outcome.detail.starts_with("redirected to " + std::string(host))) << outcome.detail;
  }
}

TEST_F(HttpTest, ARedirectToAnAddressThatTheSourceAddressCannotReachIsTheTargetsFailure) {
  TcpPeer peer(redirecting("http://192.0.2.1/"));

  const Outcome& outcome = run(url_of(peer), "source_address = \"127.0.0.1\"");

  EXPECT_EQ(name(outcome.reason), name(Reason::http_redirect_unreachable)) << outcome.detail;
}

TEST_F(HttpTest, ARedirectToAPortWhereNothingListensIsARefusedConnection) {
  const tests::RefusingPort port;
  TcpPeer peer(redirecting("http://" + to_string(port.endpoint()) + "/"));

  EXPECT_EQ(name(run(url_of(peer)).reason), name(Reason::connect_refused)) << outcome_->detail;
}

TEST_F(HttpTest, AResolverThatSaysNothingBehindARedirectIsStillADnsTimeout) {
  const tests::UdpPeer silent([](std::string_view) { return std::vector<std::string>{}; });
  Network network(test_.loop(), clock_, ResolverOptions{.servers = {silent.endpoint()}});
  TcpPeer peer(redirecting("http://portal.test/"));

  EXPECT_EQ(name(run_in(network, url_of(peer), 300ms).reason), name(Reason::dns_timeout));
}

struct InOwnNetwork {
  tests::OwnNetwork own_network;  // before the loop and the peers, whose threads are in it too
};

// A host that has nothing but its loopback. Needs root.
class HttpWithoutRouteTest : InOwnNetwork, public HttpTest {};

TEST_F(HttpWithoutRouteTest, ARedirectToAnAddressWithoutARouteIsTheTargetsFailure) {
  for (const char* url : {"http://[2001:db8::1]/", "http://192.0.2.1/", "http://[fe80::1%2599]/"}) {
    TcpPeer peer(redirecting(url));

    const Outcome& outcome = run(url_of(peer), "redirects.forbid = []");

    EXPECT_EQ(name(outcome.reason), name(Reason::http_redirect_unreachable)) << outcome.detail;
    EXPECT_EQ(outcome.verdict, Verdict::failed);
    EXPECT_EQ(cause(outcome.reason), Cause::service);
  }
}

TEST_F(HttpWithoutRouteTest, AFirstHopWithoutARouteIsTheAgentsTrouble) {
  EXPECT_EQ(name(run("http://192.0.2.1/").reason), name(Reason::agent_no_route));
  EXPECT_EQ(outcome_->verdict, Verdict::unknown);
}

TEST_F(HttpWithoutRouteTest, NoRouteToTheResolversIsTheAgentsTroubleBehindARedirectToo) {
  Network network(test_.loop(), clock_,
                  ResolverOptions{.servers = {{*parse_address("192.0.2.53"), 53}}});
  TcpPeer peer(redirecting("http://portal.test/"));

  const Outcome outcome = run_in(network, url_of(peer));

  EXPECT_EQ(name(outcome.reason), name(Reason::agent_no_route)) << outcome.detail;
  EXPECT_EQ(outcome.verdict, Verdict::unknown);
}

TEST(HttpOptionsTest, ComplainsOfWhatCannotBe) {
  const std::string url = "http://portal.test/";
  const std::pair<const char*, const char*> cases[] = {
      {"method = \"G T\"", "method"},
      {"body = \"x\"\nbody_file = \"y\"", "exclude each other"},
      {"basic.password = \"x\"", "without basic.user"},
      {"basic.user = \"x\"\nbearer = \"y\"", "exclude each other"},
      {"proxy = \"ftp://a\"", "not a proxy"},
      {"proxy_user = \"x\"", "without a proxy"},
      {"tls.key_file = \"x\"", "go together"},
      {"tls.min_version = \"1.3\"\ntls.max_version = \"1.2\"", "older than"},
      {"headers = { \"X Y\" = \"1\" }", "not a header name"},
      {"headers = { X = \"a\\r\\nB: c\" }", "line end"},
      {"expect.size = \"2MiB\"", "larger than body_limit"},
      {"expect.status = [301]", "redirects are followed"},
      {"body_file = \"/nowhere/at/all\"", "cannot be read"}};
  for (const auto& [more, words] : cases) {
    const Parsed made = parsed(url, more);
    EXPECT_EQ(made.probe, nullptr) << more;
    EXPECT_NE(made.complaints.find(words), std::string::npos) << more << "\n" << made.complaints;
  }
  EXPECT_EQ(parsed("http://user:pw@portal.test/", "").probe, nullptr);
}

TEST(HttpOptionsTest, SaysWhatItProbesAndWhatCanHappen) {
  const Parsed plain = parsed("http://127.0.0.1:8080/x", "redirects.follow = false");
  ASSERT_NE(plain.probe, nullptr) << plain.complaints;
  EXPECT_EQ(plain.probe->instance(), "http://127.0.0.1:8080/x");
  EXPECT_EQ(plain.probe->host(), "127.0.0.1");
  EXPECT_FALSE(plain.probe->reason_groups().has(ReasonGroup::resolve));
  EXPECT_FALSE(plain.probe->reason_groups().has(ReasonGroup::tls));

  const Parsed full = parsed("https://portal.test/", "");
  ASSERT_NE(full.probe, nullptr) << full.complaints;
  EXPECT_TRUE(full.probe->reason_groups().has(ReasonGroup::resolve));
  EXPECT_TRUE(full.probe->reason_groups().has(ReasonGroup::tls));
  EXPECT_FALSE(full.probe->reason_groups().has(ReasonGroup::dialogue));
}

TEST(HttpReadingsTest, TheTableFitsTheIds) {
  ASSERT_EQ(http_kind.readings.size(), static_cast<std::size_t>(http_readings_end));
  EXPECT_EQ(http_kind.readings[reading_http_transfer_seconds].label, "phase=\"transfer\"");
  EXPECT_EQ(http_kind.readings[reading_http_last_modified].metric,
            "probe_http_last_modified_timestamp_seconds");
}

}  // namespace
}  // namespace siaga
