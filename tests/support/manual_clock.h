// A clock that stands still until the test moves it.
#pragma once

#include "agent/core/time.h"

namespace siaga::tests {

class ManualClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  WallTime wall_now() const override { return wall_now_; }

  BootTime boot_now() const override { return boot_ + std::chrono::floor<Millis>(since_boot_); }

  // All times pass.
  void advance(Duration duration) {
    now_ += duration;
    wall_now_ += duration;
    since_boot_ += duration;
  }
  // The machine starts anew; steady time is another process's business.
  void reboot(BootTime boot) {
    boot_ = boot;
    since_boot_ = {};
  }
  // Somebody sets the wall clock; steady time is not touched.
  void set_wall(WallTime wall) { wall_now_ = wall; }

 private:
  BootTime boot_{std::chrono::minutes(30)};
  Duration since_boot_{};
  Instant now_{std::chrono::hours(1)};
  WallTime wall_now_{std::chrono::seconds(1'800'000'000)};  // 2027-01-15 08:00:00 UTC
};

}  // namespace siaga::tests
