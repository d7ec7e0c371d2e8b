// A date and time of day as people write it: "2026-11-30 22:00". In which zone is the caller's
// business.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/core/zone.h"

namespace siaga {

// "2026-11-30 22:00", with or without seconds, "T" or a space between, years 1970 to 2200; an hour
// of 24 only as 24:00. A date alone is its beginning. Nothing where it is no such date (2026-02-30)
// or says a zone of its own ("Z", "+08:00").
std::optional<LocalTime> parse_local_time(std::string_view text);
// "2026-11-30 22:00", with seconds where there are any.
std::string to_string(const LocalTime& local);
// By the calendar, the weekday not looked at. Both in the same zone, with fields in their ranges.
bool is_before(const LocalTime& one, const LocalTime& other);

}  // namespace siaga
