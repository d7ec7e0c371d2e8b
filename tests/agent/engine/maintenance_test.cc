// Windows to spans, in zones with and without daylight saving.
#include "agent/engine/maintenance.h"

#include <gtest/gtest.h>

#include "agent/core/local_time.h"

namespace siaga {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Zone zone(std::string_view name) { return Zone::named(name).value_or(Zone::utc()); }

WallTime at(const Zone& zone, std::string_view text) {
  return zone.instant(parse_local_time(text).value_or(LocalTime{}));
}

// The spans of target "portal" as the zone's clock shows them: "2026-11-21 22:00/2026-11-22 00:00".
struct Weekly {
  std::string zone, times, since, until;
  std::vector<std::string> spans;
};

std::vector<std::string> shown(const Zone& here, const std::vector<Span>& spans) {
  std::vector<std::string> texts;
  texts.reserve(spans.size());
  for (const Span& span : spans)
    texts.push_back(to_string(here.local(span.from)) + "/" + to_string(here.local(span.until)));
  return texts;
}

class WeeklySpans : public testing::TestWithParam<Weekly> {};

TEST_P(WeeklySpans, AreThoseOfTheOfficesClock) {
  const Weekly& given = GetParam();
  const Zone here = zone(given.zone);
  const MaintenanceCalendar calendar(
      {{.name = "w", .times = parse_weekly(given.times).value_or(WeeklyTimes{})}}, {}, here);

  const auto spans = calendar.spans("portal", at(here, given.since), at(here, given.until));

  EXPECT_EQ(shown(here, spans), given.spans);
}

INSTANTIATE_TEST_SUITE_P(
    Zones, WeeklySpans,
    testing::Values(
        Weekly{"Asia/Makassar",
               "Sat 22:00-24:00",
               "2026-11-16",
               "2026-11-30",
               {"2026-11-21 22:00/2026-11-22 00:00", "2026-11-28 22:00/2026-11-29 00:00"}},
        // Over midnight, and over the end of the week.
        Weekly{"Asia/Makassar",
               "Sun,Wed 23:00-01:00",
               "2026-11-22",
               "2026-11-27",
               {"2026-11-22 23:00/2026-11-23 01:00", "2026-11-25 23:00/2026-11-26 01:00"}},
        Weekly{"Asia/Makassar",
               "Sat 23:00-01:00",
               "2026-11-22",
               "2026-11-24",
               {"2026-11-22 00:00/2026-11-22 01:00"}},
        // Cut at since and at until.
        Weekly{"Asia/Makassar",
               "daily 02:00-04:00",
               "2026-11-22 03:00",
               "2026-11-23 02:30",
               {"2026-11-22 03:00/2026-11-22 04:00", "2026-11-23 02:00/2026-11-23 02:30"}},
        Weekly{"Asia/Makassar", "daily 02:00-04:00", "2026-11-22 04:00", "2026-11-23 02:00", {}},
        // Whole days and whole weeks become one span.
        Weekly{"Asia/Makassar",
               "daily 00:00-24:00",
               "2026-11-01",
               "2026-12-01",
               {"2026-11-01 00:00/2026-12-01 00:00"}},
        Weekly{"Asia/Makassar",
               "Sat-Sun 00:00-00:00",
               "2026-11-16",
               "2026-11-24",
               {"2026-11-21 00:00/2026-11-23 00:00"}},
        Weekly{"Asia/Makassar",
               "Mon 08:00-08:00",
               "2026-11-22",
               "2026-11-26",
               {"2026-11-23 08:00/2026-11-24 08:00"}},
        // Daylight saving begins: 02:00 is 03:00.
        Weekly{"Europe/Berlin",
               "Sun 01:00-04:00",
               "2026-03-29",
               "2026-03-30",
               {"2026-03-29 01:00/2026-03-29 04:00"}},
        Weekly{"Europe/Berlin", "Sun 02:15-02:45", "2026-03-29", "2026-03-30", {}},
        Weekly{"Europe/Berlin",
               "Sun 02:30-03:30",
               "2026-03-29",
               "2026-03-30",
               {"2026-03-29 03:00/2026-03-29 03:30"}},
        // A day without midnight.
        Weekly{"America/Sao_Paulo",
               "Sat 23:00-24:00",
               "2018-11-03",
               "2018-11-05",
               {"2018-11-03 23:00/2018-11-04 01:00"}}));

Duration length(const std::vector<Span>& spans) {
  Duration sum{};
  for (const Span& span : spans) sum += span.until - span.from;
  return sum;
}

TEST(MaintenanceCalendar, WindowsAreShortOrLongOnTheDaysOfDaylightSaving) {
  const Zone here = zone("Europe/Berlin");
  const auto lasts = [&](std::string_view times, std::string_view since, std::string_view until) {
    const MaintenanceCalendar calendar(
        {{.name = "w", .times = parse_weekly(times).value_or(WeeklyTimes{})}}, {}, here);
    return length(calendar.spans("portal", at(here, since), at(here, until)));
  };

  EXPECT_EQ(lasts("Sun 01:00-04:00", "2026-03-22", "2026-03-23"), hours(3));
  EXPECT_EQ(lasts("Sun 01:00-04:00", "2026-03-29", "2026-03-30"), hours(2));
  EXPECT_EQ(lasts("Sun 01:00-04:00", "2026-10-25", "2026-10-26"), hours(4));
  EXPECT_EQ(lasts("Sun 02:00-03:00", "2026-10-25", "2026-10-26"), hours(2));
  EXPECT_EQ(lasts("Sun 02:30-02:45", "2026-10-25", "2026-10-26"), hours(1) + minutes(15));
  EXPECT_EQ(lasts("Sat 22:00-02:30", "2026-10-24", "2026-10-26"), hours(5) + minutes(30));
  EXPECT_EQ(lasts("daily 00:00-24:00", "2026-10-25", "2026-10-26"), hours(25));
}

Window window(std::vector<std::string> targets, WallTime from, WallTime until) {
  return {.id = 1, .targets = std::move(targets), .from = from, .until = until};
}

TEST(MaintenanceCalendar, OneOffWindowsCoverTheirTargetsOnly) {
  const Zone here = zone("Asia/Makassar");
  const WallTime noon = at(here, "2026-11-22 12:00");
  const MaintenanceCalendar calendar({},
                                     {window({"portal", "mail"}, noon, noon + hours(2)),
                                      window({}, noon + hours(5), noon + hours(6))},
                                     here);
  const WallTime until = noon + hours(24);

  EXPECT_EQ(calendar.spans("portal", noon, until),
            (std::vector<Span>{{noon, noon + hours(2)}, {noon + hours(5), noon + hours(6)}}));
  EXPECT_EQ(calendar.spans("database", noon, until),
            (std::vector<Span>{{noon + hours(5), noon + hours(6)}}));
}

TEST(MaintenanceCalendar, OverlappingAndTouchingWindowsAreOneSpan) {
  const WallTime noon = at(Zone::utc(), "2026-11-22 12:00");
  const MaintenanceCalendar calendar(
      {{.name = "w", .times = parse_weekly("Sun 13:00-14:00").value_or(WeeklyTimes{})}},
      {window({}, noon + hours(2), noon + hours(3)), window({}, noon, noon + hours(1)),
       window({}, noon + minutes(30), noon + minutes(40)),
       window({}, noon + hours(4), noon + hours(5))},
      Zone::utc());

  EXPECT_EQ(calendar.spans("portal", noon - hours(1), noon + hours(10)),
            (std::vector<Span>{{noon, noon + hours(3)}, {noon + hours(4), noon + hours(5)}}));
}

TEST(MaintenanceCalendar, ACancelledWindowHoldsUntilItWasCancelled) {
  const WallTime noon = at(Zone::utc(), "2026-11-22 12:00");
  Window running = window({}, noon, noon + minutes(10));
  running.is_cancelled = true;
  Window ahead = window({}, noon + hours(5), noon + minutes(10));  // cancelled before it began
  ahead.is_cancelled = true;
  const MaintenanceCalendar calendar({}, {running, ahead}, Zone::utc());

  EXPECT_EQ(calendar.spans("portal", noon - hours(1), noon + hours(24)),
            (std::vector<Span>{{noon, noon + minutes(10)}}));
}

TEST(MaintenanceCalendar, AnEmptyOrReversedQuestionHasNoSpans) {
  const MaintenanceCalendar calendar(
      {{.name = "w", .times = parse_weekly("daily 00:00-24:00").value_or(WeeklyTimes{})}}, {},
      Zone::utc());
  const WallTime noon = at(Zone::utc(), "2026-11-22 12:00");

  EXPECT_TRUE(calendar.spans("portal", noon, noon).empty());
  EXPECT_TRUE(calendar.spans("portal", noon, noon - hours(1)).empty());
}

TEST(MaintenanceCalendar, AskingPieceByPieceGivesTheSameAsAskingAtOnce) {
  const Zone here = zone("Europe/Berlin");
  const MaintenanceCalendar calendar(
      {{.name = "a", .times = parse_weekly("Sat-Mon 22:30-03:15").value_or(WeeklyTimes{})},
       {.name = "b", .times = parse_weekly("daily 02:00-02:30").value_or(WeeklyTimes{})}},
      {}, here);
  for (const std::string_view month : {"2026-03-15", "2026-10-11"}) {
    const WallTime since = at(here, month), until = since + hours(24 * 21);
    Duration pieces{};
    for (WallTime from = since; from < until; from += minutes(7))
      pieces += length(calendar.spans("portal", from, std::min(from + minutes(7), until)));

    EXPECT_EQ(pieces, length(calendar.spans("portal", since, until)));
  }
}

TEST(MaintenanceCalendar, AClockFarOffIsAnswered) {
  const MaintenanceCalendar calendar(
      {{.name = "w", .times = parse_weekly("Sat 22:00-24:00").value_or(WeeklyTimes{})}}, {},
      zone("Asia/Makassar"));

  EXPECT_EQ(length(calendar.spans("portal", WallTime{}, WallTime{} + hours(24 * 7))), hours(2));
  EXPECT_EQ(length(calendar.spans("portal", WallTime(std::chrono::seconds(4'102'444'800)),
                                  WallTime(std::chrono::seconds(4'102'444'800)) + hours(24 * 7))),
            hours(2));
}

}  // namespace
}  // namespace siaga
