// The classes of time: every millisecond of a target belongs to exactly one of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/core/reason.h"
#include "agent/core/time.h"

namespace siaga {

enum class TimeClass : std::uint8_t { up, down, unknown, maintenance };
inline constexpr std::size_t time_class_count = 4;

// Why time is unknown.
enum class Blind : std::uint8_t {
  via_down,       // what the agent looks through was down
  agent_dark,     // the agent did not run, or died before it was sure
  agent_trouble,  // the agent could not judge: no descriptors, no route, ...
  not_probed      // no run yet, or none for longer than two intervals
};
inline constexpr std::size_t blind_count = 4;

std::string_view name(TimeClass time_class);  // "up"
std::string_view name(Blind blind);           // "via_down"

// One class with what belongs to it: a cause for down, a reason for unknown. The other fields keep
// their defaults, so that equal shares compare equal.
struct Share {
  TimeClass time_class = TimeClass::unknown;
  Cause cause = Cause::none;
  Blind blind = Blind::not_probed;

  static constexpr Share up() { return {.time_class = TimeClass::up}; }
  static constexpr Share down(Cause cause) {
    return {.time_class = TimeClass::down, .cause = cause};
  }
  static constexpr Share unknown(Blind blind) { return {.blind = blind}; }
  static constexpr Share maintenance() { return {.time_class = TimeClass::maintenance}; }
  constexpr bool is(TimeClass wanted) const { return time_class == wanted; }
  bool operator==(const Share&) const = default;
};

// What was booked so far. Only grows.
struct Totals {
  Millis up{};
  std::array<Millis, cause_count> down{};  // by Cause; none stays 0
  std::array<Millis, blind_count> unknown{};
  Millis maintenance{};

  void add(Share share, Millis span);  // span >= 0
  void add(const Totals& other);
  Millis of(Share share) const;
  Millis down_sum() const;
  Millis unknown_sum() const;
  Millis sum() const;
  bool operator==(const Totals&) const = default;
};

}  // namespace siaga
