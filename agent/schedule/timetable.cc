#include "agent/schedule/timetable.h"

#include <algorithm>
#include <utility>

#include "agent/core/check.h"
#include "agent/core/limits.h"

namespace siaga {
namespace {

// A well-mixed number for one run of one target (the finisher of splitmix64).
std::uint64_t mixed(std::uint64_t value) {
  value ^= value >> 30U;
  value *= 0xbf58476d1ce4e5b9U;
  value ^= value >> 27U;
  value *= 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

Duration share_of(Duration whole, std::uint64_t hash) {
  return Duration(static_cast<std::int64_t>(
      hash % static_cast<std::uint64_t>(std::max<std::int64_t>(whole.count(), 1))));
}

Duration jitter_range(Duration interval) {
  return std::min(interval / limits::jitter_share, limits::jitter_max);
}

Duration lateness_allowed(Duration interval) {
  return std::min(interval / 2, limits::lateness_max);
}

}  // namespace

std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char letter : text)
    hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211U;
  return mixed(hash);
}

void Timetable::add(TargetId id, std::string_view name, Duration interval, Instant now) {
  const std::uint32_t index = index_of(id);
  if (index >= rows_.size()) rows_.resize(index + 1U);
  Row& row = rows_[index];
  CHECK(!row.is_present);
  row.hash = stable_hash(name);
  row.interval = interval;
  row.is_present = true;
  set_due(index, rounded_to_tick(now + share_of(std::min(interval, limits::first_round), row.hash)),
          false);
}

void Timetable::remove(TargetId id) {
  Row& row = rows_.at(index_of(id));
  row.is_present = false;
  ++row.generation;
}

void Timetable::look_again(TargetId id, Instant when) {
  const Row& row = rows_.at(index_of(id));
  if (row.is_present && when < row.due) set_due(index_of(id), rounded_to_tick(when), true);
}

std::optional<Instant> Timetable::next() {
  drop_outdated();
  if (alarms_.empty()) return std::nullopt;
  return alarms_.top().due;
}

std::vector<Due> Timetable::take_due(Instant now) {
  std::vector<Due> due;
  for (drop_outdated(); !alarms_.empty() && alarms_.top().due <= now; drop_outdated()) {
    const std::uint32_t index = alarms_.top().index;
    const Row& row = rows_[index];
    const Duration late = now - row.due;
    Due run{.id = TargetId{index}, .planned = row.due, .is_second_look = row.is_second_look};
    if (late <= lateness_allowed(row.interval)) {
      due.push_back(run);
    } else {
      run.missed = 1 + static_cast<std::uint64_t>(late / row.interval);
      missed_.push_back(run);
    }
    set_due(index, grid_point_after(row, now), false);
  }
  return due;
}

std::vector<Due> Timetable::take_missed() { return std::exchange(missed_, {}); }

void Timetable::set_due(std::uint32_t index, Instant due, bool is_second_look) {
  Row& row = rows_[index];
  row.due = due;
  row.is_second_look = is_second_look;
  alarms_.push({.due = due, .index = index, .generation = ++row.generation});
}

// The target's grid is origin + phase + n * interval. A grid point so soon after the first round,
// which is not on the grid, or after a second look would say nothing new; later ones are kept, so
// that runs are never much further apart than the interval.
Instant Timetable::grid_point_after(const Row& row, Instant now) const {
  const Instant earliest = now + row.interval / limits::look_share;
  const Duration phase = share_of(row.interval, row.hash);
  const auto number = (earliest - origin_ - phase) / row.interval + 1;
  const Duration jitter =
      share_of(jitter_range(row.interval), mixed(row.hash + static_cast<std::uint64_t>(number)));
  return rounded_to_tick(origin_ + phase + number * row.interval + jitter);
}

// Starts are grouped: one wake-up serves all that are due within a tick (docs/performance.md).
Instant Timetable::rounded_to_tick(Instant instant) const {
  const auto ticks = (instant - origin_ + limits::start_tick - Duration(1)) / limits::start_tick;
  return origin_ + ticks * limits::start_tick;
}

void Timetable::drop_outdated() {
  while (!alarms_.empty()) {
    const Alarm& alarm = alarms_.top();
    const Row& row = rows_[alarm.index];
    if (row.is_present && row.generation == alarm.generation) return;
    alarms_.pop();
  }
}

}  // namespace siaga
