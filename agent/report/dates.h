// Dates as people type and read them, in the office's zone. What is typed is checked strictly: a
// day that does not exist is refused, never carried over.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/core/language.h"
#include "agent/core/zone.h"
#include "agent/engine/maintenance.h"

namespace siaga {

// "2026-11-21", "2026-11-21 08:00[:00]", "2026-11-21T08:00:00[+08:00|Z]", "-2h", "now". A date
// without an offset is of the zone.
std::optional<WallTime> parse_date(std::string_view text, const Zone& zone, WallTime now);
// "2026-11": from its first moment to that of the next month.
std::optional<Span> parse_month(std::string_view text, const Zone& zone);
Span month_of(WallTime time, const Zone& zone);

// For messages about what was refused.
inline constexpr Text date_forms{
    "write it as 2026-11-21, \"2026-11-21 08:00\", 2026-11-21T08:00:00+08:00, -2h, -7d or now",
    "tulislah sebagai 2026-11-21, \"2026-11-21 08:00\", 2026-11-21T08:00:00+08:00, -2h, -7d atau "
    "now"};
inline constexpr Text month_forms{"write it as 2026-11", "tulislah sebagai 2026-11"};

// "2026-11-21T08:00:00.000+08:00": ISO 8601, always with milliseconds and offset.
std::string iso_date(WallTime time, const Zone& zone);
// "2026-11-21 08:00:00", without the zone: it is named once where many dates stand.
std::string plain_date(WallTime time, const Zone& zone);
// "21 November 2026 08:00 WITA".
std::string long_date(WallTime time, const Zone& zone, Language language);
// "21 November 2026".
std::string long_day(WallTime time, const Zone& zone, Language language);
// "November 2026" where the span is one whole month, else from when to when.
std::string period_name(Span span, const Zone& zone, Language language);

}  // namespace siaga
