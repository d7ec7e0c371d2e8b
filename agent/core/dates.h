// Dates in the grains that others want them in.
#pragma once

#include <chrono>

#include "agent/core/time.h"

namespace siaga {

// Whole milliseconds since 1970, downwards: differences of such dates add up exactly.
constexpr Millis millis_of(WallTime time) {
  return std::chrono::floor<Millis>(time.time_since_epoch());
}

// Seconds since 1970 for metrics and JSON, rounded to milliseconds: finer digits only cost bytes.
constexpr double rounded_unix_seconds(WallTime time) {
  return static_cast<double>(std::chrono::round<Millis>(time.time_since_epoch()).count()) / 1000;
}

}  // namespace siaga
