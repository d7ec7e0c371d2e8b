// The rules an answer is judged by: pure, on untrusted bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/config/option.h"
#include "agent/core/reason.h"
#include "agent/core/time.h"
#include "agent/net/http_client.h"

namespace siaga {

struct HttpRules {
  std::vector<StatusRange> statuses;
  std::vector<std::string> versions;  // "1.1", "2"; empty: any
  std::vector<NamedPattern> headers, forbidden_headers;
  std::vector<Pattern> body, forbidden_body;
  std::size_t body_limit_bytes = 0;
  std::size_t size_bytes_min = 0;
  Duration age_max{};  // 0: any
};

struct HttpVerdict {
  Reason reason = Reason::none;
  std::string text;  // what was found; the outcome's detail when the rule is broken
};

// The verdicts of broken rules, and of all rules when `is_explained`; most telling first: what the
// server says of itself, then what should not be there, then what is missing. The first with a
// reason decides.
std::vector<HttpVerdict> judge(const HttpRules& rules, const HttpResponse& response, WallTime now,
                               bool is_explained);
// Last-Modified, when it parses.
std::optional<WallTime> last_modified(const HttpResponse& response);
// A pattern on headers or body is what failed: blackbox_exporter's probe_failed_due_to_regex.
bool is_of_pattern(Reason reason);

}  // namespace siaga
