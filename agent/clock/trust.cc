// Who vouches for the wall clock.
#include "agent/clock/trust.h"

#include <array>

#include "agent/core/limits.h"

namespace siaga {
namespace {

constexpr std::array<std::string_view, 4> source_names{"none", "kernel", "timesync", "peer_date"};

// Before this program was, or beyond all plans: a clock that nobody can have synchronised.
bool is_absurd(WallTime wall) {
  return wall < limits::clock_earliest || wall > limits::clock_latest;
}

bool is_more_than(Duration duration, Duration limit) {
  return duration > limit || duration < -limit;
}

}  // namespace

std::string_view name(TrustSource source) {
  return source_names.at(static_cast<std::size_t>(source));
}

void ClockTrust::look(const ClockReading& reading) {
  const WallTime began = reading.wall - reading.boot.time_since_epoch();
  if (has_looked_ && is_more_than(began - last_began_, limits::clock_step_min))
    step(reading, began);
  last_ = reading;
  last_began_ = began;
  if (reading.is_kernel_synchronised) is_vouched_by_kernel_ = true;
  const bool has_drifted = is_more_than(began - boot_began_, limits::clock_step_min);
  if (!has_looked_ || has_drifted) boot_began_ = began;
  if (has_looked_ && has_drifted) has_changed_ = true;
  has_looked_ = true;
  judge();
}

// The step happened at some moment since the look before, which the new clock would have called
// `stepped_at_`.
void ClockTrust::step(const ClockReading& reading, WallTime began) {
  last_step_ = began - last_began_;
  ++steps_;
  stepped_at_ = reading.wall - (reading.boot - last_.boot);
  timesync_before_step_ = last_.timesync_file;
  is_vouched_by_kernel_ = is_vouched_by_peer_ = false;
  has_changed_ = true;
}

// systemd-timesyncd touches the file at each synchronisation (and at once when it sees a step). The
// same touch as before a step proves nothing, even where the clock went back behind it; nor does
// one from the future.
bool ClockTrust::is_vouched_by_timesync() const {
  if (!last_.timesync_file) return false;
  if (!stepped_at_) return true;
  return last_.timesync_file != timesync_before_step_ && *last_.timesync_file >= *stepped_at_ &&
         *last_.timesync_file <= last_.wall + limits::clock_step_min;
}

void ClockTrust::judge() {
  const TrustSource before = source_;
  if (is_absurd(last_.wall)) source_ = TrustSource::none;
  else if (is_vouched_by_kernel_) source_ = TrustSource::kernel;
  else if (is_vouched_by_timesync()) source_ = TrustSource::timesync;
  else if (is_vouched_by_peer_) source_ = TrustSource::peer_date;
  else source_ = TrustSource::none;
  if ((before == TrustSource::none) == (source_ == TrustSource::none)) return;
  boot_began_ = last_began_;
  has_changed_ = true;
}

void ClockTrust::hear_date(WallTime date, WallTime wall) {
  if (is_absurd(date) || is_more_than(date - wall, limits::clock_date_tolerance)) return;
  is_vouched_by_peer_ = true;
  if (has_looked_) judge();
}

bool ClockTrust::take_change() {
  const bool has_changed = has_changed_;
  has_changed_ = false;
  return has_changed;
}

}  // namespace siaga
