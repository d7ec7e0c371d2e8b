// Windows to spans.
#include "agent/engine/maintenance.h"

#include <algorithm>
#include <utility>

namespace siaga {
namespace {

bool covers(const std::vector<std::string>& targets, std::string_view target) {
  return targets.empty() || std::ranges::find(targets, target) != targets.end();
}

// Days from 1970-01-01, a Thursday, to bits from Sunday on.
bool begins_on(const WeeklyTimes& times, std::int64_t day) {
  const auto weekday = static_cast<unsigned>(((day + 4) % 7 + 7) % 7);
  return (times.days >> weekday & 1U) != 0;
}

// The part of [since, until) that they have in common; none where that is empty.
void add_cut(std::vector<Span>& spans, const Span& span, const Span& bounds) {
  const Span cut{std::max(span.from, bounds.from), std::min(span.until, bounds.until)};
  if (cut.from < cut.until) spans.push_back(cut);
}

// `day` as the zone's day_of() counts.
LocalTime on_day(std::int64_t day, int minute) {
  LocalTime local = Zone::utc().local(Zone::utc().begin_of_day(static_cast<std::int32_t>(day)));
  local.hour = minute / 60;
  local.minute = minute % 60;
  return local;
}

Span span_on(const Zone& zone, const WeeklyTimes& times, std::int64_t day) {
  const bool is_over_midnight = times.until_minute <= times.from_minute;
  return {.from = zone.instant(on_day(day, times.from_minute)),
          .until = zone.last_instant(on_day(is_over_midnight ? day + 1 : day, times.until_minute))};
}

void add_weekly(std::vector<Span>& spans, const Zone& zone, const WeeklyTimes& times,
                const Span& bounds) {
  // One that began the day before may still hold; one more for zones that skipped a day.
  const std::int64_t first = zone.day_of(bounds.from) - std::int64_t{2};
  const std::int64_t last = zone.day_of(bounds.until) + std::int64_t{1};
  for (std::int64_t day = first; day <= last; ++day) {
    if (begins_on(times, day)) add_cut(spans, span_on(zone, times, day), bounds);
  }
}

std::vector<Span> merged(std::vector<Span> spans) {
  std::ranges::sort(spans, {}, &Span::from);
  std::vector<Span> made;
  for (const Span& span : spans) {
    if (made.empty() || made.back().until < span.from) made.push_back(span);
    else made.back().until = std::max(made.back().until, span.until);
  }
  return made;
}

}  // namespace

MaintenanceCalendar::MaintenanceCalendar(std::vector<WeeklyWindow> weekly,
                                         std::vector<Window> windows, Zone zone)
    : weekly_(std::move(weekly)), windows_(std::move(windows)), zone_(std::move(zone)) {}

std::vector<Span> MaintenanceCalendar::spans(std::string_view target, WallTime since,
                                             WallTime until) const {
  const Span bounds{since, until};
  std::vector<Span> found;
  if (since >= until) return found;
  for (const WeeklyWindow& window : weekly_) {
    if (covers(window.targets, target)) add_weekly(found, zone_, window.times, bounds);
  }
  // A cancelled window was cut to the moment of cancelling, which may lie before its beginning.
  for (const Window& window : windows_) {
    if (covers(window.targets, target)) add_cut(found, {window.from, window.until}, bounds);
  }
  return merged(std::move(found));
}

}  // namespace siaga
