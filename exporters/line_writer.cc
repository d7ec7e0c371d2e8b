#include "exporters/line_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace siaga {
namespace {

char* copy(char* at, std::string_view text) {
  if (text.empty()) return at;  // its data() may be null, which memcpy must not see
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

}  // namespace

char* write_number(char* at, std::uint64_t value) {
  if (value < 10) {
    *at = static_cast<char>('0' + value);
    return at + 1;
  }
  return std::to_chars(at, at + number_bytes, value).ptr;
}

char* write_number(char* at, double value) {
  // Most values are small counts; integers are also the fastest to print. 2^53 is where doubles
  // stop being exact; -0.0 may lose its sign.
  constexpr double exact = 9007199254740992.0;
  if (std::abs(value) < exact) {
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value)
      return whole >= 0 ? write_number(at, static_cast<std::uint64_t>(whole))
                        : std::to_chars(at, at + number_bytes, whole).ptr;
  }
  if (std::isnan(value)) return copy(at, "NaN");
  if (std::isinf(value)) return copy(at, value > 0 ? "+Inf" : "-Inf");
  return std::to_chars(at, at + number_bytes, value).ptr;
}

void LineWriter::start(std::span<char> out) {
  begin_ = at_ = out.data();
  end_ = begin_ + out.size();
  const std::size_t count = std::min(out.size(), waiting_.size() - taken_);
  at_ = copy(at_, std::string_view(waiting_).substr(taken_, count));
  taken_ += count;
  if (taken_ < waiting_.size()) return;
  waiting_.clear();
  taken_ = 0;
}

char* LineWriter::room_for(std::size_t size) {
  if (waiting_.empty() && size <= static_cast<std::size_t>(end_ - at_)) return at_;
  const std::size_t before = waiting_.size();
  waiting_.resize(before + size);
  return waiting_.data() + before;
}

void LineWriter::end_at(char* end) {
  if (waiting_.empty()) {
    at_ = end;
    return;
  }
  waiting_.resize(static_cast<std::size_t>(end - waiting_.data()));
  if (taken_ != 0) return;
  // The piece is filled to its last byte: a reader gets pieces of one size.
  const std::size_t count = std::min(static_cast<std::size_t>(end_ - at_), waiting_.size());
  at_ = copy(at_, std::string_view(waiting_).substr(0, count));
  taken_ = count;
  if (taken_ == waiting_.size()) {
    waiting_.clear();
    taken_ = 0;
  }
}

void LineWriter::raw(std::string_view text) {
  if (!text.empty()) end_at(copy(room_for(text.size()), text));
}

template <typename Value>
void LineWriter::line(std::string_view head, std::string_view tail, Value value) {
  char* at = room_for(header_.size() + head.size() + tail.size() + number_bytes + 1);
  at = copy(at, header_);
  header_ = {};
  at = copy(copy(at, head), tail);
  at = write_number(at, value);
  *at++ = '\n';
  end_at(at);
}

template <typename Value>
void LineWriter::sample(std::string_view name, std::string_view labels, std::string_view more,
                        Value value) {
  char* at =
      room_for(header_.size() + name.size() + labels.size() + more.size() + number_bytes + 4);
  at = copy(at, header_);
  header_ = {};
  at = copy(at, name);
  *at++ = '{';
  at = copy(copy(at, labels), more);
  *at++ = '}';
  *at++ = ' ';
  at = write_number(at, value);
  *at++ = '\n';
  end_at(at);
}

template void LineWriter::line(std::string_view, std::string_view, double);
template void LineWriter::line(std::string_view, std::string_view, std::uint64_t);
template void LineWriter::sample(std::string_view, std::string_view, std::string_view, double);
template void LineWriter::sample(std::string_view, std::string_view, std::string_view,
                                 std::uint64_t);

}  // namespace siaga
