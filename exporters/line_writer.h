// Writes lines of the exposition formats straight into the caller's memory. What does not fit waits
// inside and comes first the next time. Knows nothing of metrics or targets; allocates only for
// what did not fit.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace siaga {

// Numbers as the formats want them, independent of the locale: "1", "0.25", "1e-09", "NaN", "+Inf".
// Needs `number_bytes` of room and returns the end.
inline constexpr std::size_t number_bytes = 32;
char* write_number(char* at, double value);
char* write_number(char* at, std::uint64_t value);

class LineWriter {
 public:
  // Lines go to `out` from now on; what waits is written first.
  void start(std::span<char> out);
  // True when something waits: the caller stops making lines.
  bool is_full() const { return !waiting_.empty(); }
  std::size_t written() const { return static_cast<std::size_t>(at_ - begin_); }

  // Text that is written right before the next line, if a line comes. Must live until then.
  void announce(std::string_view header) { header_ = header; }

  void raw(std::string_view text);
  // `head` and `tail` together are all that stands before the number: `name{labels} `.
  template <typename Value>
  void line(std::string_view head, std::string_view tail, Value value);
  // name{labels+more} value. `more` brings its own comma.
  template <typename Value>
  void sample(std::string_view name, std::string_view labels, std::string_view more, Value value);

 private:
  char* room_for(std::size_t size);
  void end_at(char* end);

  char* begin_ = nullptr;
  char* at_ = nullptr;
  char* end_ = nullptr;
  std::string_view header_;
  std::string waiting_;
  std::size_t taken_ = 0;  // of waiting_, by earlier pieces
};

// What `write(LineWriter&)` writes, as one text: for the few lines that are not streamed.
std::string lines_text(const auto& write) {
  LineWriter lines;
  std::string text(8192, '\0');
  lines.start(text);
  write(lines);
  std::size_t size = lines.written();
  while (lines.is_full()) {
    text.resize(2 * text.size());
    lines.start(std::span(text).subspan(size));
    size += lines.written();
  }
  text.resize(size);
  return text;
}

}  // namespace siaga
