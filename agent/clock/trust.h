// Is the wall clock to be trusted, and what date did this boot begin? Pure rules; reading the
// kernel and files is agent/clock/host's business. The rules in words: docs/clock-and-darkness.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/core/time.h"

namespace siaga {

// One look at the clocks and at who vouches for them.
struct ClockReading {
  BootTime boot{};
  WallTime wall{};
  bool is_kernel_synchronised = false;      // adjtimex() != TIME_ERROR
  std::optional<WallTime> timesync_file{};  // mtime of /run/systemd/timesync/synchronized
};

enum class TrustSource : std::uint8_t { none, kernel, timesync, peer_date };
std::string_view name(TrustSource source);

class ClockTrust {
 public:
  // A look every few seconds. The first one never is a step. Whoever vouched for the clock vouches
  // until the next step: without one it is wrong by no more than its own drift, so an uplink that
  // is away for a day takes no trust away.
  void look(const ClockReading& reading);
  // A date that a server of the centre sent (HTTP Date), received at `wall`: vouches for the clock
  // when the two agree within limits::clock_date_tolerance, until the next step.
  void hear_date(WallTime date, WallTime wall);

  bool is_trusted() const { return source_ != TrustSource::none; }
  TrustSource source() const { return source_; }
  // The date of boot time 0. It moves with steps and trust and with a drift of more than
  // limits::clock_step_min, not with every look.
  WallTime boot_began() const { return boot_began_; }
  // The last step: how far the wall clock jumped against boot time. NTP's slewing is none: it moves
  // both. Nor is what stays under limits::clock_step_min.
  Duration last_step() const { return last_step_; }
  std::uint64_t steps() const { return steps_; }
  // True once after what changed trust or boot_began(): time to re-date.
  bool take_change();

 private:
  void step(const ClockReading& reading, WallTime began);
  void judge();
  bool is_vouched_by_timesync() const;

  TrustSource source_ = TrustSource::none;
  WallTime boot_began_{};
  Duration last_step_{};
  std::uint64_t steps_ = 0;
  bool has_looked_ = false, has_changed_ = false;
  ClockReading last_;      // the latest look
  WallTime last_began_{};  // by it, not smoothed
  std::optional<WallTime>
      stepped_at_;  // by the clock after it; what vouched before vouches no more
  std::optional<WallTime> timesync_before_step_;
  bool is_vouched_by_kernel_ = false, is_vouched_by_peer_ = false;
};

}  // namespace siaga
