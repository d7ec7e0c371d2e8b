#include "probes/http_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/core/limits.h"
#include "agent/core/units.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr std::size_t quoted_text_bytes = 120;

std::string quoted(std::string_view text) { return "'" + printable(text, quoted_text_bytes) + "'"; }

std::string range_text(const StatusRange& range) {
  if (range.first == range.last) return std::to_string(range.first);
  if (range.first % 100 == 0 && range.last == range.first + 99)
    return std::to_string(range.first / 100) + "xx";
  return std::to_string(range.first) + "-" + std::to_string(range.last);
}

template <typename List, typename Text>
std::string joined(const List& list, const Text& text) {
  std::string result;
  for (const auto& entry : list) result += (result.empty() ? "" : ", ") + text(entry);
  return result;
}

bool equal_names(std::string_view lower, std::string_view name) {
  return std::ranges::equal(lower, name, [](char left, char right) {
    return left == (right >= 'A' && right <= 'Z' ? right - 'A' + 'a' : right);
  });
}

class Judge {
 public:
  Judge(const HttpRules& rules, const HttpResponse& response, WallTime now, bool is_explained)
      : rules_(rules), response_(response), now_(now), is_explained_(is_explained) {}

  std::vector<HttpVerdict> all() {
    status();
    version();
    for (const auto& header : rules_.forbidden_headers) forbidden_header(header);
    for (const auto& header : rules_.headers) expected_header(header);
    too_large();
    for (const auto& pattern : rules_.forbidden_body) forbidden_body(pattern);
    for (const auto& pattern : rules_.body) expected_body(pattern);
    too_small();
    age();
    return std::move(verdicts_);
  }

 private:
  // `text(is_good)` is asked for only when somebody reads it.
  template <typename Text>
  void add(bool is_good, Reason reason, const Text& text) {
    if (is_good && !is_explained_) return;
    verdicts_.push_back({is_good ? Reason::none : reason, text(is_good)});
  }

  void status() {
    const bool is_good = std::ranges::any_of(rules_.statuses, [this](const StatusRange& range) {
      return range.first <= response_.status && response_.status <= range.last;
    });
    add(is_good, Reason::http_status, [this](bool good) {
      return fmt::format("status {} is {}one of {}", response_.status, good ? "" : "not ",
                         joined(rules_.statuses, range_text));
    });
  }

  void version() {
    if (rules_.versions.empty()) return;
    const auto& all = rules_.versions;
    add(std::ranges::find(all, response_.version) != all.end(), Reason::http_version,
        [&](bool good) {
          return fmt::format("HTTP version {} is {}one of {}",
                             printable(response_.version, quoted_text_bytes), good ? "" : "not ",
                             joined(all, [](const std::string& text) { return text; }));
        });
  }

  const std::string* matching_header(const NamedPattern& wanted) const {
    for (const auto& [name, value] : response_.headers) {
      if (equal_names(name, wanted.name) && wanted.pattern.matches(value)) return &value;
    }
    return nullptr;
  }

  std::string value_text(std::string_view wanted) const {
    for (const auto& [name, value] : response_.headers) {
      if (equal_names(name, wanted)) return "it is " + quoted(value);
    }
    return "it is missing";
  }

  std::string header_text(const NamedPattern& wanted, bool is_match) const {
    return fmt::format("header {} {} {}: {}", wanted.name, is_match ? "matches" : "does not match",
                       quoted(wanted.pattern.text()), value_text(wanted.name));
  }

  void expected_header(const NamedPattern& wanted) {
    add(matching_header(wanted) != nullptr, Reason::http_header,
        [&](bool good) { return header_text(wanted, good); });
  }

  void forbidden_header(const NamedPattern& wanted) {
    add(matching_header(wanted) == nullptr, Reason::http_header_forbidden,
        [&](bool good) { return header_text(wanted, !good); });
  }

  void too_large() {
    add(!response_.body_cut, Reason::body_too_large, [this](bool good) {
      return fmt::format("the body is {}larger than {}", good ? "not " : "",
                         to_string(Bytes{rules_.body_limit_bytes}));
    });
  }

  void too_small() {
    const std::size_t size = response_.body.size();
    if (rules_.size_bytes_min == 0) return;
    add(size >= rules_.size_bytes_min, Reason::body_too_small, [&](bool good) {
      return fmt::format("the body has {} bytes, {} {}", size, good ? "at least" : "fewer than",
                         rules_.size_bytes_min);
    });
  }

  static std::string body_text(const Pattern& pattern, bool is_match) {
    return fmt::format("the body {} {}", is_match ? "has" : "does not have",
                       quoted(pattern.text()));
  }

  void expected_body(const Pattern& pattern) {
    add(pattern.matches(response_.body), Reason::body_missing,
        [&](bool good) { return body_text(pattern, good); });
  }

  void forbidden_body(const Pattern& pattern) {
    add(!pattern.matches(response_.body), Reason::body_forbidden,
        [&](bool good) { return body_text(pattern, !good); });
  }

  void age() {
    if (rules_.age_max == Duration::zero()) return;
    const auto modified = last_modified(response_);
    // A clock that is ahead of ours is not an age.
    const Duration age = modified ? std::max(Duration::zero(), now_ - *modified) : Duration::max();
    add(age <= rules_.age_max, Reason::body_stale, [&](bool good) -> std::string {
      if (!modified) return "there is no Last-Modified";
      return fmt::format("last modified {} ago, {} than {}",
                         to_string(Duration(std::chrono::floor<std::chrono::seconds>(age))),
                         good ? "not more" : "more", to_string(rules_.age_max));
    });
  }

  const HttpRules& rules_;
  const HttpResponse& response_;
  WallTime now_;
  bool is_explained_;
  std::vector<HttpVerdict> verdicts_;
};

}  // namespace

std::vector<HttpVerdict> judge(const HttpRules& rules, const HttpResponse& response, WallTime now,
                               bool is_explained) {
  return Judge(rules, response, now, is_explained).all();
}

std::optional<WallTime> last_modified(const HttpResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "last-modified") return parse_http_date(value);
  }
  return std::nullopt;
}

bool is_of_pattern(Reason reason) {
  return reason == Reason::http_header || reason == Reason::http_header_forbidden ||
         reason == Reason::body_missing || reason == Reason::body_forbidden;
}

}  // namespace siaga
