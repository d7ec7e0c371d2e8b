// Instants and durations. Steady time (logic), boot time (the journal) and wall time (display) are
// types that cannot be mixed; all are read through Clock, so that tests move them by hand.
#pragma once

#include <chrono>

namespace siaga {

using Duration = std::chrono::nanoseconds;

struct SteadyTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SteadyTag, duration>;
  static constexpr bool is_steady = true;
};

struct WallTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<WallTag, duration>;
  static constexpr bool is_steady = false;
};

struct BootTag {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootTag, duration>;
  static constexpr bool is_steady = true;
};

// CLOCK_MONOTONIC. Every duration and deadline comes from it.
using Instant = SteadyTag::time_point;
// CLOCK_REALTIME as nanoseconds since 1970-01-01 UTC. May step; never used to measure.
using WallTime = WallTag::time_point;
// CLOCK_BOOTTIME: since the machine started, sleep included. What the journal counts in.
using BootTime = BootTag::time_point;
using Millis = std::chrono::milliseconds;

constexpr double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}
constexpr double unix_seconds(WallTime time) { return seconds(time.time_since_epoch()); }

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual WallTime wall_now() const = 0;
  virtual BootTime boot_now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
  WallTime wall_now() const override;
  BootTime boot_now() const override;
};

}  // namespace siaga
