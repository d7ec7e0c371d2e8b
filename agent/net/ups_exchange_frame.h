// Where the answer of a UPS server ends, byte by byte. Knows nothing of what the answer means, and
// refuses what cannot be an answer as early as it shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "agent/net/ups_exchange.h"

namespace siaga {

class UpsFrame {
 public:
  enum class State : std::uint8_t { more, whole, broken };

  UpsFrame() = default;
  UpsFrame(UpsScheme scheme, std::string_view ups) : scheme_(scheme), ups_(ups) {}

  // What to send for an answer of this frame.
  std::string question() const;
  // The next bytes as they came. Nothing may be added once it is whole or broken.
  State take(std::string_view bytes);

  // nut: the lines as they came. apcupsd: its messages, each ended by a line feed.
  std::string take_text() { return std::move(text_); }
  const std::string& fault() const { return fault_; }  // when broken
  bool is_untouched() const { return received_ == 0; }
  // Bytes came behind the end: the peer and we are out of step.
  bool has_more_than_it() const { return has_rest_; }

 private:
  State take_lines(std::string_view bytes);
  State take_messages(std::string_view bytes);
  State judge_line(std::string_view line, bool is_first);
  State break_off(std::string fault);

  UpsScheme scheme_ = UpsScheme::nut;
  std::string ups_;
  std::string text_;
  std::string partial_;   // apcupsd: a message that is not whole
  std::size_t line_ = 0;  // nut: where the line begins that is not whole
  std::size_t received_ = 0;
  std::string fault_;
  bool has_rest_ = false;
};

}  // namespace siaga
