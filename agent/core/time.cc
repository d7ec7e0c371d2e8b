#include "agent/core/time.h"

#include <ctime>

namespace siaga {
namespace {

Duration read_clock(clockid_t clock) {
  timespec value{};
  clock_gettime(clock, &value);
  return std::chrono::seconds(value.tv_sec) + std::chrono::nanoseconds(value.tv_nsec);
}

}  // namespace

Instant SystemClock::now() const { return Instant(read_clock(CLOCK_MONOTONIC)); }
WallTime SystemClock::wall_now() const { return WallTime(read_clock(CLOCK_REALTIME)); }
BootTime SystemClock::boot_now() const {
  return BootTime(std::chrono::floor<Millis>(read_clock(CLOCK_BOOTTIME)));
}

}  // namespace siaga
