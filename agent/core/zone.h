// Time zones of the tz database, daylight saving included: the one door to date-tz. Immutable and
// cheap to copy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "agent/core/result.h"
#include "agent/core/time.h"

namespace siaga {

// A date and time of day as a clock on the wall shows it. Also a duration since the local epoch.
struct LocalTime {
  int year = 1970;
  unsigned month = 1, day = 1;
  int hour = 0, minute = 0, second = 0;
  unsigned weekday =
      0;  // 0 Sunday ... 6 Saturday; output only, ignored when turned into an instant

  bool operator==(const LocalTime&) const = default;
};

class Zone {
 public:
  // "Asia/Makassar". "UTC" always works. Error: no such zone, or, with code ENOENT, no tz database
  // on this machine. Daylight saving is known up to 2037, where the system's files end.
  static Result<Zone> named(std::string_view name);
  static Zone utc();

  std::string_view name() const { return name_; }
  LocalTime local(WallTime time) const;
  // Where the clock jumps over the local time, the moment of the jump; where it is shown twice, the
  // first. An hour of 24 and days past the month's end carry over.
  WallTime instant(const LocalTime& local) const;
  // The same, but the second where it is shown twice.
  WallTime last_instant(const LocalTime& local) const;
  // Days are counted from 1970-01-01 of the zone's calendar.
  std::int32_t day_of(WallTime time) const;
  WallTime begin_of_day(std::int32_t day) const;
  std::string abbreviation(WallTime time) const;  // "WITA"

 private:
  Zone(std::string name, const void* handle) : name_(std::move(name)), handle_(handle) {}

  std::string name_;
  const void* handle_;  // of the library's own database, which lives as long as the program
};

}  // namespace siaga
