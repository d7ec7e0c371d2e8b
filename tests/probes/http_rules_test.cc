// The rules of kind `http` on answers made by hand.
#include "probes/http_rules.h"

#include <gtest/gtest.h>

#include "agent/net/http_headers.h"
#include "probes/http_redirects.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

Pattern compiled(std::string_view text) { return *Pattern::compile(text); }

HttpRules plain_rules() { return {.statuses = {{200, 299}}, .body_limit_bytes = 1024}; }

HttpResponse answer() {
  return {.status = 200,
          .version = "1.1",
          .headers = {{"content-type", "text/html"},
                      {"last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"}},
          .body = "Selamat datang di Kalimantan Timur"};
}

constexpr WallTime a_day_later{784111777s + 24h};

Reason reason_of(const HttpRules& rules, const HttpResponse& response) {
  const auto verdicts = judge(rules, response, a_day_later, false);
  return verdicts.empty() ? Reason::none : verdicts.front().reason;
}

TEST(HttpRulesTest, AGoodAnswerBreaksNoRule) {
  EXPECT_EQ(reason_of(plain_rules(), answer()), Reason::none);
}

TEST(HttpRulesTest, TheStatusMustBeInOneOfTheRanges) {
  HttpRules rules = plain_rules();
  HttpResponse response = answer();
  response.status = 503;

  EXPECT_EQ(reason_of(rules, response), Reason::http_status);
  EXPECT_EQ(judge(rules, response, a_day_later, false).front().text,
            "status 503 is not one of 2xx");

  rules.statuses.push_back({503, 503});
  EXPECT_EQ(reason_of(rules, response), Reason::none);
}

TEST(HttpRulesTest, TheVersionMustBeOneOfThose) {
  HttpRules rules = plain_rules();
  rules.versions = {"2"};

  EXPECT_EQ(reason_of(rules, answer()), Reason::http_version);
}

TEST(HttpRulesTest, ExpectedHeadersMustBeThereAndMatch) {
  HttpRules rules = plain_rules();
  rules.headers = {{"Content-Type", compiled("^text/html")}};
  EXPECT_EQ(reason_of(rules, answer()), Reason::none);

  rules.headers = {{"Content-Type", compiled("json")}};
  EXPECT_EQ(reason_of(rules, answer()), Reason::http_header);

  rules.headers = {{"X-Missing", compiled("")}};
  EXPECT_EQ(reason_of(rules, answer()), Reason::http_header);
}

TEST(HttpRulesTest, ForbiddenHeadersMayBeThereUnlessTheyMatch) {
  HttpRules rules = plain_rules();
  rules.forbidden_headers = {{"content-type", compiled("json")}};
  EXPECT_EQ(reason_of(rules, answer()), Reason::none);

  rules.forbidden_headers = {{"CONTENT-TYPE", compiled("html")}};
  EXPECT_EQ(reason_of(rules, answer()), Reason::http_header_forbidden);
}

TEST(HttpRulesTest, AllExpectedTextsMustBeInTheBody) {
  HttpRules rules = plain_rules();
  rules.body = {compiled("Kalimantan"), compiled("Timur$")};
  EXPECT_EQ(reason_of(rules, answer()), Reason::none);

  rules.body.push_back(compiled("Barat"));
  EXPECT_EQ(reason_of(rules, answer()), Reason::body_missing);
}

TEST(HttpRulesTest, AForbiddenTextSaysMoreThanAMissingOne) {
  HttpRules rules = plain_rules();
  rules.body = {compiled("Selamat datang")};
  rules.forbidden_body = {compiled("(?i)slot\\s*gacor")};
  HttpResponse response = answer();
  response.body = "SLOT  GACOR";

  EXPECT_EQ(reason_of(rules, response), Reason::body_forbidden);
}

TEST(HttpRulesTest, TheBodyMustNotBeCutNorTooSmall) {
  HttpRules rules = plain_rules();
  rules.size_bytes_min = 100;
  EXPECT_EQ(reason_of(rules, answer()), Reason::body_too_small);

  HttpResponse response = answer();
  response.body_cut = true;
  EXPECT_EQ(reason_of(rules, response), Reason::body_too_large);
}

TEST(HttpRulesTest, TheContentMustNotBeOlderThanAllowed) {
  HttpRules rules = plain_rules();
  rules.age_max = 25h;
  EXPECT_EQ(reason_of(rules, answer()), Reason::none);

  rules.age_max = 23h;
  EXPECT_EQ(reason_of(rules, answer()), Reason::body_stale);

  HttpResponse response = answer();
  response.headers.clear();
  EXPECT_EQ(reason_of(rules, response), Reason::body_stale);
}

TEST(HttpRulesTest, ContentFromTheFutureIsNew) {
  HttpRules rules = plain_rules();
  rules.age_max = 1h;

  EXPECT_TRUE(judge(rules, answer(), WallTime{700000000s}, false).empty());
}

TEST(HttpRulesTest, AnExplanationHasEveryRule) {
  HttpRules rules = plain_rules();
  rules.body = {compiled("Kalimantan")};
  rules.headers = {{"Content-Type", compiled("html")}};

  const auto verdicts = judge(rules, answer(), a_day_later, true);

  ASSERT_EQ(verdicts.size(), 4U);
  EXPECT_EQ(verdicts[0].text, "status 200 is one of 2xx");
  EXPECT_EQ(verdicts[0].reason, Reason::none);
}

TEST(HttpHeadersTest, CountsLinesAndBytes) {
  HttpHeaders headers;
  HttpResponse response;
  EXPECT_TRUE(headers.take("HTTP/1.1 200 OK\r\n", response));

  int lines = 1;
  while (headers.take("A: b\r\n", response)) ++lines;

  EXPECT_EQ(lines, 1000);
}

TEST(HttpHeadersTest, TakeAFoldedLineOnlyBehindAnother) {
  HttpResponse response;
  HttpHeaders first, second;
  EXPECT_TRUE(first.take("HTTP/1.1 200 OK\r\n", response));
  EXPECT_TRUE(second.take("HTTP/1.1 200 OK\r\n", response));

  EXPECT_FALSE(first.take(" A: b\r\n", response));
  EXPECT_TRUE(second.take("A: b\r\n", response));
  EXPECT_TRUE(second.take(" c\r\n", response));

  EXPECT_TRUE(first.begins_folded());
  EXPECT_FALSE(second.begins_folded());
}

// All that can happen to a hop, and the few of it that the target's redirect is to blame for.
TEST(HttpRedirectsTest, OnlyWhatTheRedirectChoseBecomesTheTargetsFailure) {
  for (std::size_t index = 1; index < reason_count; ++index) {
    const auto reason = static_cast<Reason>(index);
    const bool is_name = reason == Reason::dns_nxdomain || reason == Reason::dns_no_address;
    const bool is_way = reason == Reason::agent_no_route || reason == Reason::agent_address;

    EXPECT_EQ(reason_behind_redirect(HttpHopStep::resolve, reason),
              is_name ? Reason::http_redirect_unreachable : reason)
        << name(reason);
    EXPECT_EQ(reason_behind_redirect(HttpHopStep::exchange, reason),
              is_way ? Reason::http_redirect_unreachable : reason)
        << name(reason);
  }
}

HttpRedirect next(const HttpRedirectRules& rules, const std::string& location, int status = 302,
                  const std::string& method = "POST", int count = 0) {
  const Url first = *parse_url("https://portal.test/a");
  const HttpResponse response{.status = status, .headers = {{"location", location}}};
  return next_hop(rules, first, {.url = first, .method = method, .has_body = true}, response,
                  count);
}

TEST(HttpRedirectsTest, A302IsAskedForWithGet) {
  const auto redirect = next({}, "/b");

  EXPECT_EQ(redirect.next.url.text, "https://portal.test/b");
  EXPECT_EQ(redirect.next.method, "GET");
  EXPECT_FALSE(redirect.next.has_body);
}

TEST(HttpRedirectsTest, A307KeepsMethodAndBody) {
  const auto redirect = next({}, "/b", 307);

  EXPECT_EQ(redirect.next.method, "POST");
  EXPECT_TRUE(redirect.next.has_body);
}

TEST(HttpRedirectsTest, HeadStaysHead) {
  EXPECT_EQ(next({}, "/b", 303, "HEAD").next.method, "HEAD");
}

TEST(HttpRedirectsTest, EndsAtTheLimit) {
  EXPECT_EQ(next({.limit = 3}, "/b", 302, "GET", 2).reason, Reason::none);
  EXPECT_EQ(next({.limit = 3}, "/b", 302, "GET", 3).reason, Reason::http_redirects);
}

TEST(HttpRedirectsTest, OtherSchemesAreForbidden) {
  for (const char* location : {"file:///etc/passwd", "ftp://a.test/", "javascript:alert(1)",
                               "gopher://a.test/", "http://", "//"}) {
    EXPECT_EQ(next({}, location).reason, Reason::http_redirect_forbidden) << location;
  }
}

TEST(HttpRedirectsTest, UserInformationIsTakenOff) {
  EXPECT_EQ(next({}, "https://a:b@c.test/").next.url.text, "https://c.test/");
}

TEST(HttpRedirectsTest, OnlyListedHostsWhenThereIsAList) {
  const HttpRedirectRules rules{.hosts = {"sso.test", "*.portal.test"}};

  EXPECT_EQ(next(rules, "https://portal.test/").reason, Reason::none);
  EXPECT_EQ(next(rules, "https://SSO.test/").reason, Reason::none);
  EXPECT_EQ(next(rules, "https://www.portal.test/").reason, Reason::none);
  EXPECT_EQ(next(rules, "https://evilportal.test/").reason, Reason::http_redirect_forbidden);
  EXPECT_EQ(next({.is_same_host_only = true}, "https://sso.test/").reason,
            Reason::http_redirect_forbidden);
}

TEST(HttpRedirectsTest, AForbiddenNetworkIsForbiddenUnlessTheTargetIsInIt) {
  const HttpRedirectRules rules{.forbidden = {*parse_network("127.0.0.0/8")}};
  const Address outside = *parse_address("10.0.0.1");
  const Address inside = *parse_address("127.0.0.9");

  EXPECT_NE(forbidding_network(rules, outside, inside), nullptr);
  EXPECT_NE(forbidding_network(rules, outside, *parse_address("::ffff:127.0.0.1")), nullptr);
  EXPECT_NE(forbidding_network(rules, std::nullopt, inside), nullptr);
  EXPECT_EQ(forbidding_network(rules, inside, inside), nullptr);
  EXPECT_EQ(forbidding_network(rules, outside, outside), nullptr);
}

TEST(HttpRedirectsTest, CredentialsStayWithTheirHost) {
  const auto may = [](const char* first, const char* to) {
    return may_have_credentials(*parse_url(first), *parse_url(to));
  };
  EXPECT_TRUE(may("https://a.test/", "https://a.test/b"));
  EXPECT_TRUE(may("http://a.test/", "https://a.test/"));
  EXPECT_FALSE(may("https://a.test/", "http://a.test/"));
  EXPECT_FALSE(may("https://a.test/", "https://b.test/"));
  EXPECT_FALSE(may("https://a.test/", "https://a.test:8443/"));
}

}  // namespace
}  // namespace siaga
