// An answer made of any bytes, as far as our own code reads it: header lines, the redirect's
// target, the rules. The input is split at its first empty line into headers and body.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/core/limits.h"
#include "agent/net/http_headers.h"
#include "probes/http_redirects.h"
#include "probes/http_rules.h"

namespace {

using namespace siaga;

void must(bool is_true) {
  if (!is_true) std::abort();
}

const HttpRules& rules() {
  static const HttpRules made{.statuses = {{200, 299}},
                              .versions = {"1.1", "2"},
                              .headers = {{"Content-Type", *Pattern::compile("^text/")}},
                              .forbidden_headers = {{"Server", *Pattern::compile("(?i)php")}},
                              .body = {*Pattern::compile("a.*b")},
                              .forbidden_body = {*Pattern::compile("(?i)slot\\s*gacor")},
                              .body_limit_bytes = 1024,
                              .size_bytes_min = 10,
                              .age_max = std::chrono::hours(1)};
  return made;
}

HttpResponse response_of(std::string_view text) {
  HttpResponse response;
  HttpHeaders headers;
  while (!text.empty() && !headers.is_whole()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end == std::string_view::npos ? end : end + 1);
    if (!headers.take(line, response)) break;
    text.remove_prefix(line.size());
  }
  must(response.headers.size() <= limits::http_headers);
  response.body = text;
  return response;
}

void follow(const HttpResponse& response) {
  const HttpRedirectRules redirects{.hosts = {"*.portal.test"}};
  const Url first = *parse_url("https://portal.test/");
  const auto redirect =
      next_hop(redirects, first, {.url = first, .method = "POST", .has_body = true}, response, 0);
  if (redirect.reason != Reason::none) return;
  const Url& url = redirect.next.url;
  must(url.text.starts_with("http://") || url.text.starts_with("https://"));
  must(url.host == "portal.test" || url.host.ends_with(".portal.test"));
  // What we checked is what libcurl will see.
  const auto again = parse_url(url.text);
  must(again.has_value() && again->host == url.host && again->port == url.port);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const HttpResponse response = response_of({reinterpret_cast<const char*>(data), size});
  const auto all = judge(rules(), response, WallTime{}, true);
  const auto broken = judge(rules(), response, WallTime{}, false);
  must(all.size() >= broken.size());
  for (const auto& verdict : broken) must(verdict.reason != Reason::none && !verdict.text.empty());
  if (is_redirect(response)) follow(response);
  return 0;
}
