// Dates of real zones, around their changes.
#include "agent/core/zone.h"

#include <gtest/gtest.h>

#include "agent/core/local_time.h"

namespace siaga {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Zone zone(std::string_view name) {
  const auto found = Zone::named(name);
  EXPECT_TRUE(found) << describe(found.error());
  return found ? *found : Zone::utc();
}

WallTime utc(std::string_view text) {
  const auto local = parse_local_time(text);
  EXPECT_TRUE(local) << text;
  return Zone::utc().instant(local.value_or(LocalTime{}));
}

std::string shown(const Zone& zone, WallTime time) { return to_string(zone.local(time)); }

struct At {
  std::string zone, utc, local, abbreviation;
};
class LocalTimes : public testing::TestWithParam<At> {};

TEST_P(LocalTimes, AreWhatTheClockOnTheWallShows) {
  const Zone here = zone(GetParam().zone);
  const WallTime time = utc(GetParam().utc);

  EXPECT_EQ(shown(here, time), GetParam().local);
  EXPECT_EQ(here.abbreviation(time), GetParam().abbreviation);
}

INSTANTIATE_TEST_SUITE_P(
    Zones, LocalTimes,
    testing::Values(At{"UTC", "2026-11-30 22:00", "2026-11-30 22:00", "UTC"},
                    At{"Asia/Makassar", "2026-11-30 22:00", "2026-12-01 06:00", "WITA"},
                    At{"Asia/Jakarta", "2026-11-30 22:00", "2026-12-01 05:00", "WIB"},
                    At{"Asia/Jayapura", "2026-11-30 22:00", "2026-12-01 07:00", "WIT"},
                    At{"Asia/Makassar", "1970-01-01 00:00", "1970-01-01 08:00", "WITA"},
                    At{"Asia/Makassar", "2100-01-01 00:00", "2100-01-01 08:00", "WITA"},
                    At{"Asia/Kathmandu", "2026-01-01 00:00", "2026-01-01 05:45", "+0545"},
                    At{"Europe/Berlin", "2026-03-29 00:59:59", "2026-03-29 01:59:59", "CET"},
                    At{"Europe/Berlin", "2026-03-29 01:00", "2026-03-29 03:00", "CEST"},
                    At{"Europe/Berlin", "2026-10-25 00:59:59", "2026-10-25 02:59:59", "CEST"},
                    At{"Europe/Berlin", "2026-10-25 01:00", "2026-10-25 02:00", "CET"},
                    At{"America/New_York", "2026-03-08 06:59:59", "2026-03-08 01:59:59", "EST"},
                    At{"America/New_York", "2026-03-08 07:00", "2026-03-08 03:00", "EDT"},
                    At{"America/New_York", "2026-11-01 05:59:59", "2026-11-01 01:59:59", "EDT"},
                    At{"America/New_York", "2026-11-01 06:00", "2026-11-01 01:00", "EST"},
                    At{"Europe/Berlin", "2037-07-01 00:00", "2037-07-01 02:00", "CEST"}));

struct Twice {
  std::string zone, local, first, last;
};
class Instants : public testing::TestWithParam<Twice> {};

TEST_P(Instants, AreFoundWhereTheClockJumpsAndWhereItGoesTwice) {
  const Zone here = zone(GetParam().zone);
  const LocalTime local = parse_local_time(GetParam().local).value_or(LocalTime{});

  EXPECT_EQ(shown(Zone::utc(), here.instant(local)), GetParam().first);
  EXPECT_EQ(shown(Zone::utc(), here.last_instant(local)), GetParam().last);
}

INSTANTIATE_TEST_SUITE_P(
    Zones, Instants,
    testing::Values(
        Twice{"Asia/Makassar", "2026-12-01 06:00", "2026-11-30 22:00", "2026-11-30 22:00"},
        // Jumped over: the moment of the jump.
        Twice{"Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00", "2026-03-29 01:00"},
        Twice{"America/New_York", "2026-03-08 02:00", "2026-03-08 07:00", "2026-03-08 07:00"},
        // Shown twice.
        Twice{"Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30", "2026-10-25 01:30"},
        Twice{"America/New_York", "2026-11-01 01:15", "2026-11-01 05:15", "2026-11-01 06:15"},
        // The borders are unique.
        Twice{"Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00", "2026-10-25 02:00"},
        Twice{"Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00", "2026-03-29 01:00"},
        Twice{"Europe/Berlin", "2026-03-28 24:00", "2026-03-28 23:00", "2026-03-28 23:00"}));

TEST(Zone, FieldsBeyondTheirRangeCarryOver) {
  const Zone here = zone("Asia/Makassar");

  EXPECT_EQ(here.instant({.year = 2026, .month = 12, .day = 31, .hour = 24}),
            here.instant({.year = 2027, .month = 1, .day = 1}));
  EXPECT_EQ(here.instant({.year = 2026, .month = 2, .day = 30}),
            here.instant({.year = 2026, .month = 3, .day = 2}));
  EXPECT_EQ(here.instant({.year = 2026, .month = 14, .day = 1}),
            here.instant({.year = 2027, .month = 2, .day = 1}));
  EXPECT_EQ(here.instant({.year = 2026, .month = 1, .day = 1, .minute = 1500}),
            here.instant({.year = 2026, .month = 1, .day = 2, .hour = 1}));
}

TEST(Zone, TheEndsOfTimeAreNoOverflow) {
  for (const std::string_view name : {"UTC", "Asia/Makassar", "America/New_York"}) {
    const Zone here = zone(name);
    for (const WallTime end : {WallTime::min(), WallTime::max()}) {
      here.local(end);
      here.begin_of_day(here.day_of(end));
    }
    EXPECT_LT(here.instant({.year = -100'000}), here.instant({.year = 100'000}));
    EXPECT_LT(here.begin_of_day(std::numeric_limits<std::int32_t>::min()),
              here.begin_of_day(std::numeric_limits<std::int32_t>::max()));
  }
}

TEST(Zone, WeekdaysAreCountedFromSunday) {
  EXPECT_EQ(Zone::utc().local(WallTime{}).weekday, 4U);  // a Thursday
  EXPECT_EQ(Zone::utc().local(utc("2026-11-22 00:00")).weekday, 0U);
  EXPECT_EQ(zone("Asia/Makassar").local(utc("2026-11-21 15:59:59")).weekday, 6U);
  EXPECT_EQ(zone("Asia/Makassar").local(utc("2026-11-21 16:00")).weekday, 0U);
}

TEST(Zone, DaysAreThoseOfTheZone) {
  const Zone here = zone("Asia/Makassar");

  EXPECT_EQ(here.day_of(utc("1970-01-01 15:59:59")), 0);
  EXPECT_EQ(here.day_of(utc("1970-01-01 16:00")), 1);
  EXPECT_EQ(here.day_of(WallTime{} - hours(8) - seconds(1)), -1);
  EXPECT_EQ(shown(Zone::utc(), here.begin_of_day(1)), "1970-01-01 16:00");
}

TEST(Zone, DaysOfDaylightSavingHave23And25Hours) {
  const Zone here = zone("Europe/Berlin");
  const auto length = [&](std::string_view noon) {
    const std::int32_t day = here.day_of(utc(noon));
    return here.begin_of_day(day + 1) - here.begin_of_day(day);
  };

  EXPECT_EQ(length("2026-03-28 12:00"), hours(24));
  EXPECT_EQ(length("2026-03-29 12:00"), hours(23));
  EXPECT_EQ(length("2026-10-25 12:00"), hours(25));
}

TEST(Zone, ADayWithoutMidnightBeginsWhereTheClockJumps) {
  for (const auto& [name, noon, first] :
       {std::tuple{"America/Sao_Paulo", "2018-11-04 12:00", "2018-11-04 01:00"},
        std::tuple{"Asia/Beirut", "2022-03-27 09:00", "2022-03-27 01:00"}}) {
    const Zone here = zone(name);
    const std::int32_t day = here.day_of(utc(noon));
    const WallTime begin = here.begin_of_day(day);

    EXPECT_EQ(shown(here, begin), first) << name;
    EXPECT_EQ(here.day_of(begin), day) << name;
    EXPECT_EQ(here.day_of(begin - seconds(1)), day - 1) << name;
    EXPECT_EQ(here.begin_of_day(day + 1) - begin, hours(23)) << name;
  }
}

TEST(Zone, ADayThatWasSkippedHasNoLength) {
  const Zone here = zone("Pacific/Apia");  // went from 2011-12-29 to 2011-12-31
  const std::int32_t day = Zone::utc().day_of(utc("2011-12-30 00:00"));

  EXPECT_EQ(here.begin_of_day(day), here.begin_of_day(day + 1));
}

TEST(Zone, EveryDayOfTenYearsBeginsInItself) {
  for (const std::string_view name :
       {"Asia/Makassar", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"}) {
    const Zone here = zone(name);
    const std::int32_t first = here.day_of(utc("2016-01-01 12:00"));
    for (std::int32_t day = first; day < first + 3650; ++day) {
      const WallTime begin = here.begin_of_day(day);
      ASSERT_EQ(here.day_of(begin), day) << name;
      ASSERT_LT(here.day_of(begin - seconds(1)), day) << name;
    }
  }
}

TEST(Zone, AnUnknownNameSaysWhatWouldBeRight) {
  for (const std::string_view name :
       {"Asia/Samarinda", "", "../../etc/passwd", "/etc/passwd", "WITA", "Asia"}) {
    const auto found = Zone::named(name);
    ASSERT_FALSE(found) << name;
    EXPECT_NE(describe(found.error()).find("Asia/Makassar"), std::string::npos)
        << describe(found.error());
  }
}

TEST(Zone, KnowsItsName) {
  EXPECT_EQ(zone("Asia/Makassar").name(), "Asia/Makassar");
  EXPECT_EQ(zone("UTC").name(), "UTC");
  EXPECT_EQ(Zone::utc().name(), "UTC");
}

struct TypedLocalTime {
  std::string_view text, reads;  // empty: refused
};
class LocalTimeText : public testing::TestWithParam<TypedLocalTime> {};

TEST_P(LocalTimeText, IsReadOrRefused) {
  const auto local = parse_local_time(GetParam().text);

  EXPECT_EQ(local ? to_string(*local) : "", GetParam().reads);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, LocalTimeText,
    testing::Values(TypedLocalTime{"2026-11-30 22:00", "2026-11-30 22:00"},
                    TypedLocalTime{"2026-11-30T22:00:00", "2026-11-30 22:00"},
                    TypedLocalTime{"2026-11-30 22:00:07", "2026-11-30 22:00:07"},
                    TypedLocalTime{"2026-11-30", "2026-11-30 00:00"},
                    TypedLocalTime{"2026-11-30 24:00", "2026-11-30 24:00"},
                    TypedLocalTime{"2028-02-29", "2028-02-29 00:00"},
                    TypedLocalTime{"2026-02-29", ""}, TypedLocalTime{"2026-11-31", ""},
                    TypedLocalTime{"2026-13-01", ""}, TypedLocalTime{"2026-00-01", ""},
                    TypedLocalTime{"1969-12-31", ""}, TypedLocalTime{"2201-01-01", ""},
                    TypedLocalTime{"2026-11-30 24:01", ""}, TypedLocalTime{"2026-11-30 22:60", ""},
                    TypedLocalTime{"2026-11-30 22", ""}, TypedLocalTime{"2026-11-30 22:00Z", ""},
                    TypedLocalTime{"2026-11-30T22:00:00+08:00", ""},
                    TypedLocalTime{"2026-11-30 22:00 ", ""}, TypedLocalTime{"2026-11-30 -1:00", ""},
                    TypedLocalTime{"2026-11-30 22:00:60", ""}, TypedLocalTime{"30-11-2026", ""},
                    TypedLocalTime{"2026-1-3", ""}, TypedLocalTime{"+026-11-30", ""},
                    TypedLocalTime{"22:00:00", ""}, TypedLocalTime{"", ""}));

TEST(LocalTimeOrder, IsTheCalendars) {
  const auto local = [](std::string_view text) { return parse_local_time(text).value(); };

  EXPECT_TRUE(is_before(local("2026-11-30 22:00"), local("2026-12-01 02:00")));
  EXPECT_FALSE(is_before(local("2026-12-01 02:00"), local("2026-11-30 22:00")));
  EXPECT_FALSE(is_before(local("2026-11-30 24:00"), local("2026-12-01 00:00")));
  EXPECT_FALSE(is_before(local("2026-12-01 00:00"), local("2026-11-30 24:00")));
}

}  // namespace
}  // namespace siaga
