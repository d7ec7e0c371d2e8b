#include "agent/net/ups_exchange_frame.h"

#include <strings.h>

#include <algorithm>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view begin_words = "BEGIN LIST VAR ";
constexpr std::string_view end_words = "END LIST VAR ";
constexpr std::string_view error_word = "ERR";
constexpr std::string_view nis_question = "\0\6status"sv;
constexpr std::size_t ups_length_bytes = 2;
constexpr std::size_t shown_bytes = 80;  // of what a stranger said instead

// upsd finds UPSes by strcasecmp and repeats the name as it was asked for.
bool is_same(std::string_view one, std::string_view other) {
  return one.size() == other.size() && strncasecmp(one.data(), other.data(), one.size()) == 0;
}

bool agree(std::string_view begun, std::string_view whole) {
  const std::size_t size = std::min(begun.size(), whole.size());
  return begun.substr(0, size) == whole.substr(0, size);
}

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::size_t length_of(std::string_view two) {
  return (std::size_t{static_cast<unsigned char>(two[0])} << 8U) |
         static_cast<unsigned char>(two[1]);
}

}  // namespace

std::string UpsFrame::question() const {
  if (scheme_ == UpsScheme::apcupsd) return std::string(nis_question);
  return "LIST VAR " + ups_ + '\n';
}

UpsFrame::State UpsFrame::take(std::string_view bytes) {
  received_ += bytes.size();
  if (received_ > limits::ups_answer_bytes)
    return break_off(fmt::format("an answer longer than {} bytes", limits::ups_answer_bytes));
  return scheme_ == UpsScheme::nut ? take_lines(bytes) : take_messages(bytes);
}

UpsFrame::State UpsFrame::take_lines(std::string_view bytes) {
  std::size_t looked = text_.size();
  text_ += bytes;
  if (!agree(text_, begin_words) && !agree(text_, error_word))
    return break_off(fmt::format("not NUT's answer: \"{}\"", printable(text_, shown_bytes)));
  for (;;) {
    const std::size_t end = text_.find('\n', looked);
    if (end == std::string::npos) return State::more;
    const auto line = without_return(std::string_view(text_).substr(line_, end - line_));
    const State state = judge_line(line, line_ == 0);
    line_ = looked = end + 1;
    if (state == State::more) continue;
    has_rest_ = text_.size() > line_;
    text_.resize(line_);
    return state;
  }
}

// The end is looked for at the line's end: a value that upsd cut at 512 bytes has lost its line
// feed, and the next line follows in the same one.
UpsFrame::State UpsFrame::judge_line(std::string_view line, bool is_first) {
  if (!is_first) {
    const bool is_end = line.size() >= end_words.size() + ups_.size() &&
                        is_same(line.substr(line.size() - ups_.size()), ups_) &&
                        line.substr(0, line.size() - ups_.size()).ends_with(end_words);
    return is_end ? State::whole : State::more;
  }
  if (line.starts_with(error_word)) return State::whole;
  if (line.starts_with(begin_words) && is_same(line.substr(begin_words.size()), ups_))
    return State::more;
  return break_off(
      fmt::format("an answer to another question: \"{}\"", printable(line, shown_bytes)));
}

UpsFrame::State UpsFrame::take_messages(std::string_view bytes) {
  partial_ += bytes;
  std::string_view rest = partial_;
  while (rest.size() >= ups_length_bytes) {
    const std::size_t length = length_of(rest);
    if (length > limits::ups_message_bytes)
      return break_off(fmt::format("not apcupsd's answer: a message of {} bytes", length));
    if (rest.size() < ups_length_bytes + length) break;
    const std::string_view message = rest.substr(ups_length_bytes, length);
    rest.remove_prefix(ups_length_bytes + length);
    if (length == 0) {
      has_rest_ = !rest.empty();
      return State::whole;
    }
    text_ += message;
    if (!message.ends_with('\n')) text_ += '\n';
  }
  partial_.erase(0, partial_.size() - rest.size());
  return State::more;
}

UpsFrame::State UpsFrame::break_off(std::string fault) {
  fault_ = std::move(fault);
  return State::broken;
}

}  // namespace siaga
