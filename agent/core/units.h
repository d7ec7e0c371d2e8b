// Quantities as people write them: "30s", "7d", "1MiB".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/time.h"

namespace siaga {

// A whole number and a unit: ns us ms s m h d w. "1.5s" and "30" are refused: one way to write it.
// Compound forms ("1h30m") are allowed, largest unit first.
std::optional<Duration> parse_duration(std::string_view text);
std::string to_string(Duration duration);  // the shortest exact form: "1h30m", "500ms"

// A size in bytes. "B", "kB" "MB" "GB" (powers of 1000), "KiB" "MiB" "GiB" (powers of 1024).
struct Bytes {
  std::uint64_t count = 0;
  auto operator<=>(const Bytes&) const = default;
};
std::optional<Bytes> parse_bytes(std::string_view text);
std::string to_string(Bytes bytes);

}  // namespace siaga
