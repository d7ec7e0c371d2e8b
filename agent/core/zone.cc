// The door to date-tz, which reads the system's TZif files: its exceptions end here.
#include "agent/core/zone.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <filesystem>

#include <date/tz.h>

#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

using Seconds = std::chrono::seconds;  // siaga::seconds() is something else

constexpr std::string_view database = "/usr/share/zoneinfo";
// What WallTime can hold: 1677-09-21 to 2262-04-11, a day short on either side so that an offset
// fits too.
constexpr auto wall_max = date::floor<date::days>(Duration::max()) - date::days(1);

const date::time_zone& zone_of(const void* handle) {
  return *static_cast<const date::time_zone*>(handle);
}

// Without a database there is still UTC, whose handle is null.
date::sys_info info(const void* handle, date::sys_seconds time) {
  if (handle == nullptr)
    return {.begin = date::sys_seconds::min(),
            .end = date::sys_seconds::max(),
            .offset = Seconds(0),
            .save = std::chrono::minutes(0),
            .abbrev = "UTC"};
  return zone_of(handle).get_info(time);
}

date::sys_seconds utc_seconds(WallTime time) {
  return date::sys_seconds(date::floor<Seconds>(time.time_since_epoch()));
}

date::local_seconds local_seconds(const void* handle, WallTime time) {
  const date::sys_seconds utc = utc_seconds(time);
  return date::local_seconds(utc.time_since_epoch() + info(handle, utc).offset);
}

WallTime wall_time(date::sys_seconds time) {
  return WallTime(std::clamp<Seconds>(time.time_since_epoch(), -wall_max, wall_max));
}

enum class Which { first, last };

WallTime instant_of(const void* handle, date::local_seconds local, Which which) {
  const date::sys_seconds as_utc(
      std::clamp<Seconds>(local.time_since_epoch(), -wall_max, wall_max));
  if (handle == nullptr) return wall_time(as_utc);
  const date::local_info found =
      zone_of(handle).get_info(date::local_seconds(as_utc.time_since_epoch()));
  if (found.result == date::local_info::nonexistent) return wall_time(found.first.end);
  const bool is_last = found.result == date::local_info::ambiguous && which == Which::last;
  return wall_time(as_utc - (is_last ? found.second : found.first).offset);
}

constexpr unsigned days_max = 100'000;  // of LocalTime::day; 273 years

// Months carry over into years, as days and hours do by themselves.
date::local_days first_of_month(const LocalTime& local) {
  constexpr int year_min = 1600, year_max = 2300;  // date's own are +-32767
  const std::int64_t month =
      static_cast<std::int64_t>(std::clamp(local.year, year_min, year_max)) * 12 + local.month - 1;
  return date::local_days(date::year(static_cast<int>(month / 12)) /
                          date::month(static_cast<unsigned>(month % 12) + 1) / 1);
}

date::local_seconds local_seconds(const LocalTime& local) {
  const auto days = date::days(static_cast<int>(std::min(local.day, days_max)) - 1);
  return first_of_month(local) + days + std::chrono::hours(local.hour) +
         std::chrono::minutes(local.minute) + Seconds(local.second);
}

// The library lists the whole database at its first use and reads a zone's file at the zone's.
const date::time_zone& load(std::string_view name) {
  const date::time_zone& zone = *date::locate_zone(name);
  zone.get_info(date::sys_seconds());
  return zone;
}

Error no_such_zone(std::string_view name) {
  std::error_code error;
  const bool has_database =
      std::filesystem::is_directory(database, error) && !std::filesystem::is_empty(database, error);
  return {.tried = "read time zone",
          .on = printable(name, limits::name_bytes),
          .code = has_database ? 0 : ENOENT,
          .text = has_database ? "not a name of the tz database, such as \"Asia/Makassar\""
                               : "there is no tz database in /usr/share/zoneinfo (package tzdata); "
                                 "without one only \"UTC\" works"};
}

}  // namespace

Zone Zone::utc() { return {"UTC", nullptr}; }

Result<Zone> Zone::named(std::string_view name) {
  if (name == "UTC") return utc();
  try {
    return Zone(std::string(name), &load(name));
  } catch (const std::exception&) {
    return std::unexpected(no_such_zone(name));
  }
}

LocalTime Zone::local(WallTime time) const {
  const date::local_seconds local = local_seconds(handle_, time);
  const date::local_days day = date::floor<date::days>(local);
  const date::year_month_day date(day);
  const date::hh_mm_ss time_of_day(local - day);
  return {.year = static_cast<int>(date.year()),
          .month = static_cast<unsigned>(date.month()),
          .day = static_cast<unsigned>(date.day()),
          .hour = static_cast<int>(time_of_day.hours().count()),
          .minute = static_cast<int>(time_of_day.minutes().count()),
          .second = static_cast<int>(time_of_day.seconds().count()),
          .weekday = date::weekday(day).c_encoding()};
}

WallTime Zone::instant(const LocalTime& local) const {
  return instant_of(handle_, local_seconds(local), Which::first);
}

WallTime Zone::last_instant(const LocalTime& local) const {
  return instant_of(handle_, local_seconds(local), Which::last);
}

std::int32_t Zone::day_of(WallTime time) const {
  return static_cast<std::int32_t>(
      date::floor<date::days>(local_seconds(handle_, time)).time_since_epoch().count());
}

WallTime Zone::begin_of_day(std::int32_t day) const {
  return instant_of(handle_, date::local_days(date::days(day)), Which::first);
}

std::string Zone::abbreviation(WallTime time) const {
  return info(handle_, utc_seconds(time)).abbrev;
}

}  // namespace siaga
