// Times that come every week, as people write them: "Sat 22:00-24:00". Knows no zone and no date;
// agent/engine/maintenance.h makes spans of them.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/result.h"

namespace siaga {

// "Sat 22:00-24:00", "Mon-Fri 01:00-02:30", "Sun,Wed 23:00-01:00" (over midnight), "daily
// 02:00-03:00". Minutes are of the local day; until <= from means the next day.
struct WeeklyTimes {
  unsigned days = 0;  // bit 0 Sunday ... bit 6 Saturday: the days on which it begins
  int from_minute = 0, until_minute = 0;  // 0 to 1440

  bool operator==(const WeeklyTimes&) const = default;
};

// Days are English and of three letters, ranges may pass Saturday ("Fri-Mon"). "00:00-24:00" is the
// whole day, and so is any time to itself ("08:00-08:00": until eight the next day). Error: the
// text says what would be right.
Result<WeeklyTimes> parse_weekly(std::string_view text);
// As parse_weekly() reads it, in one form: "daily", or ranges and days from Monday on.
std::string to_string(const WeeklyTimes& times);
// What was probably meant by days in full or in Indonesian ("Sabtu 22.00 - 24.00"); empty where
// no guess is good.
std::string guess_weekly(std::string_view text);

}  // namespace siaga
