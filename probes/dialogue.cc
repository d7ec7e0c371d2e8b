#include "probes/dialogue.h"

#include <algorithm>
#include <charconv>

#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr std::size_t quoted_bytes = 120;  // of the peer's words in a detail

constexpr std::string_view line_mode = "(?m)";

std::string shown(std::string_view text) { return "\"" + printable(text, quoted_bytes) + "\""; }

std::string_view as_written(std::string_view pattern) {
  if (pattern.starts_with(line_mode)) pattern.remove_prefix(line_mode.size());
  return pattern;
}

}  // namespace

std::vector<DialogueStep> by_line(std::vector<DialogueStep> steps) {
  for (DialogueStep& step : steps) {
    for (Pattern& pattern : step.expect) {
      auto compiled = Pattern::compile(std::string(line_mode) + pattern.text());
      if (compiled) pattern = *std::move(compiled);
    }
  }
  return steps;
}

Dialogue::Need Dialogue::next() {
  if (reason_ != Reason::none) return Need::failure;
  if (step_ == steps_.size()) return Need::nothing;
  const DialogueStep& step = steps_[step_];
  if (step.starttls) return prepare_tls();
  if (!step.expect.empty()) return search();
  ++step_;
  text_ = expand(step.send);
  speaks_lines_ = text_.ends_with('\n');
  return text_.empty() ? next() : Need::send;
}

Dialogue::Need Dialogue::receive(std::string_view bytes) {
  if (reason_ != Reason::none) return Need::failure;
  if (step_ == steps_.size()) return Need::nothing;
  if (!bytes.empty()) is_line_open_ = bytes.back() != '\n';
  heard_ += bytes;
  return next();
}

Dialogue::Need Dialogue::search() {
  scanned_bytes_ += heard_.size();
  if (const auto match = steps_[step_].expect.front().find(heard_)) return take(*match);
  // The second bound is for peers that send byte by byte: each byte is a new search.
  const bool is_too_long = heard_.size() >= limits::dialogue_bytes ||
                           scanned_bytes_ >= limits::dialogue_bytes * limits::dialogue_scans;
  if (is_too_long) return fail(Reason::expect_mismatch, "too much came without a match");
  return Need::bytes;
}

Dialogue::Need Dialogue::take(const Pattern::Match& match) {
  last_ = match;
  keep_captures(match);
  heard_.erase(0, match.end);
  scanned_bytes_ = 0;
  ++step_;
  return next();
}

void Dialogue::keep_captures(const Pattern::Match& match) {
  for (const auto& [name, value] : match.named) {
    const auto known = std::ranges::find(captures_, name, &decltype(captures_)::value_type::first);
    std::string kept = printable(value, limits::capture_bytes);
    if (known == captures_.end()) captures_.emplace_back(name, std::move(kept));
    else known->second = std::move(kept);
  }
}

// Where lines are spoken, the answer's line has to end before the handshake can begin: its rest
// would be taken for TLS. Whatever came in the clear is then forgotten (CVE-2011-0411).
Dialogue::Need Dialogue::prepare_tls() {
  if (speaks_lines_ && is_line_open_ && heard_.size() < limits::dialogue_bytes) return Need::bytes;
  heard_.clear();
  is_line_open_ = false;
  ++step_;
  return Need::start_tls;
}

Dialogue::Need Dialogue::end() {
  if (reason_ != Reason::none) return Need::failure;
  if (step_ == steps_.size()) return Need::nothing;
  if (heard_.empty()) return fail(Reason::closed, "the peer closed");
  return fail(Reason::expect_mismatch, "the peer closed");
}

Dialogue::Need Dialogue::time_out() {
  if (reason_ != Reason::none) return Need::failure;
  // A whole line that does not match is an answer, only not the expected one.
  return has_heard_a_line() ? fail(Reason::expect_mismatch, "no match in time")
                            : fail(Reason::reply_timeout, "no answer in time");
}

bool Dialogue::has_heard_a_line() const { return heard_.find('\n') != std::string::npos; }

bool Dialogue::is_before_tls() const {
  return step_ + 1 < steps_.size() && steps_[step_ + 1].starttls;
}

Dialogue::Need Dialogue::fail(Reason reason, const std::string& what) {
  const bool is_refusal = reason == Reason::expect_mismatch && is_before_tls();
  reason_ = is_refusal ? Reason::starttls_refused : reason;
  detail_ = "step " + std::to_string(step_ + 1) + " of " + std::to_string(steps_.size());
  if (step_ < steps_.size() && !steps_[step_].expect.empty())
    detail_ += ", waiting for " + shown(as_written(steps_[step_].expect.front().text()));
  detail_ += ": " + what;
  if (!heard_.empty()) detail_ += "; it said " + shown(heard_);
  return Need::failure;
}

std::string_view Dialogue::value_of(std::string_view name) const {
  std::size_t index = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), index);
  if (parsed.ec == std::errc{} && parsed.ptr == name.data() + name.size())
    return index < last_.groups.size() ? std::string_view(last_.groups[index]) : "";
  const auto found =
      std::ranges::find(last_.named, name, &decltype(last_.named)::value_type::first);
  return found == last_.named.end() ? std::string_view() : std::string_view(found->second);
}

std::string Dialogue::expand(std::string_view text) const {
  std::string expanded;
  while (!text.empty()) {
    const std::size_t begin = text.find("${");
    const std::size_t end = begin == text.npos ? text.npos : text.find('}', begin);
    if (end == text.npos) return expanded.append(text);
    const bool is_escaped = begin > 0 && text[begin - 1] == '$';
    expanded += text.substr(0, is_escaped ? begin - 1 : begin);
    if (is_escaped) expanded += "${";
    else expanded += value_of(text.substr(begin + 2, end - begin - 2));
    text.remove_prefix(is_escaped ? begin + 2 : end + 1);
  }
  return expanded;
}

}  // namespace siaga
