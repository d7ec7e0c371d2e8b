#include "agent/report/dates.h"

#include <gtest/gtest.h>

#include "agent/report/words.h"
#include "tests/agent/report/made_past.h"

namespace siaga::tests {
namespace {

const WallTime now = november() + 100h;

std::string read(std::string_view text) {
  const auto date = parse_date(text, makassar(), now);
  return date ? iso_date(*date, makassar()) : "refused";
}

TEST(Dates, AreReadInTheOfficesZone) {
  EXPECT_EQ(read("2026-11-21"), "2026-11-21T00:00:00.000+08:00");
  EXPECT_EQ(read("2026-11-21 08:00"), "2026-11-21T08:00:00.000+08:00");
  EXPECT_EQ(read("2026-11-21 08:00:59"), "2026-11-21T08:00:59.000+08:00");
  EXPECT_EQ(read("2026-11-21T08:00:00+08:00"), "2026-11-21T08:00:00.000+08:00");
  EXPECT_EQ(read("2026-11-21T00:00:00Z"), "2026-11-21T08:00:00.000+08:00");
  EXPECT_EQ(read("2026-11-20T14:30:00-0930"), "2026-11-21T08:00:00.000+08:00");
  EXPECT_EQ(read("now"), "2026-11-05T04:00:00.000+08:00");
  EXPECT_EQ(read("-2h"), "2026-11-05T02:00:00.000+08:00");
  EXPECT_EQ(read("-1d12h"), "2026-11-03T16:00:00.000+08:00");
}

TEST(Dates, WhatIsNoDateIsRefused) {
  for (const std::string_view text : {"",
                                      "21-11-2026",
                                      "2026-11-31",
                                      "2026-02-29",
                                      "2026-13-01",
                                      "2026-1-1",
                                      "2026-11-21 ",
                                      "2026-11-21 24:00",
                                      "2026-11-21 08",
                                      "2026-11-21 08:60",
                                      "2026-11-21T08:00:00+8",
                                      "2026-11-21 08:00:00 WITA",
                                      "-2",
                                      "2h",
                                      "-",
                                      "--2h",
                                      "-99999w",
                                      "0000-01-01",
                                      "9999-01-01",
                                      "2026-11-21Z",
                                      "2026-11-21+08:00",
                                      "yesterday"})
    EXPECT_EQ(read(text), "refused") << text;
  EXPECT_EQ(read("2028-02-29"), "2028-02-29T00:00:00.000+08:00") << "a leap year";
}

TEST(Dates, AMonthGoesToTheFirstMomentOfTheNext) {
  EXPECT_EQ(parse_month("2026-11", makassar()), (Span{november(), december()}));
  EXPECT_EQ(parse_month("2026-12", makassar())->until,
            makassar().instant({.year = 2027, .month = 1, .day = 1}));
  EXPECT_EQ(month_of(december() - 1ns, makassar()), (Span{november(), december()}));
  for (const std::string_view text : {"", "2026", "2026-11-01", "2026-00", "2026-13", "November"})
    EXPECT_FALSE(parse_month(text, makassar())) << text;
}

TEST(Dates, AreShownInBothLanguages) {
  const Zone zone = makassar();

  EXPECT_EQ(period_name({november(), december()}, zone, Language::english), "November 2026");
  EXPECT_EQ(period_name({november(), december() - 1h}, zone, Language::indonesian),
            "1 November 2026 00:00 WITA – 30 November 2026 23:00 WITA");
  EXPECT_EQ(long_day(december(), zone, Language::indonesian), "1 Desember 2026");
  EXPECT_EQ(iso_date(november() - 1500ms, Zone::utc()), "2026-10-31T15:59:58.500+00:00");
  EXPECT_EQ(iso_date(november(), zone_named("America/St_Johns")), "2026-10-31T13:30:00.000-02:30");
}

TEST(Words, DurationsHaveTheTwoUnitsThatCount) {
  const auto both = [](Millis time) {
    return human_duration(time, Language::english) + "|" +
           human_duration(time, Language::indonesian);
  };
  EXPECT_EQ(both(0ms), "0 s|0 detik");
  EXPECT_EQ(both(1ms), "0.1 s|0,1 detik");
  EXPECT_EQ(both(2500ms), "2.5 s|2,5 detik");
  EXPECT_EQ(both(59'999ms), "59 s|59 detik");
  EXPECT_EQ(both(2h + 14min + 59s), "2 h 14 min|2 jam 14 menit");
  EXPECT_EQ(both(72h + 30min), "3 d|3 hari");
  EXPECT_EQ(both(76h), "3 d 4 h|3 hari 4 jam");
}

TEST(Words, OnlyTheWholeIsAHundredPercent) {
  EXPECT_EQ(human_share(1.0, Language::english), "100.000 %");
  EXPECT_EQ(human_share(0.999999, Language::english), "99.999 %");
  EXPECT_EQ(human_share(0.999, Language::indonesian), "99,900 %");
  EXPECT_EQ(human_share(std::nullopt, Language::english), "-");
}

}  // namespace
}  // namespace siaga::tests
