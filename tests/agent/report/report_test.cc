// The numbers of reports, to the millisecond, on pasts made by hand.
#include "agent/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "agent/report/sentences.h"
#include "tests/agent/report/made_past.h"

namespace siaga::tests {
namespace {

using ::testing::HasSubstr;

constexpr Millis whole_month = 720h;

const TargetReport& only(const Report& report) {
  EXPECT_EQ(report.targets.size(), 1U);
  return report.targets.at(0);
}

Share up() { return Share::up(); }
Share down(Cause cause) { return Share::down(cause); }
Share dark() { return Share::unknown(Blind::agent_dark); }

TEST(Report, CountsTimeByCauseAndAvailabilityWithoutPowerAndLink) {
  MadePast made = month();
  made.node(1, "portal", stamp(1, 0ms))
      .stretch(1, stamp(1, 0ms), in_november(100h), up())
      .stretch(1, in_november(100h), in_november(102h), down(Cause::power), 1)
      .stretch(1, in_november(102h), in_november(200h), up())
      .stretch(1, in_november(200h), in_november(203h), down(Cause::service), 2)
      .stretch(1, in_november(203h), in_november(300h), up())
      .stretch(1, in_november(300h), in_november(305h), down(Cause::link), 3)
      .stretch(1, in_november(305h), in_november(800h), up())
      .outage(1, 1, in_november(100h), in_november(102h), Cause::power)
      .outage(2, 1, in_november(200h), in_november(203h), Cause::service)
      .outage(3, 1, in_november(300h), in_november(305h), Cause::link);

  const Report report = make_report(made.past, november_query());

  const TargetReport& target = only(report);
  EXPECT_EQ(target.totals.up, 710h);
  EXPECT_EQ(target.totals.of(down(Cause::power)), 2h);
  EXPECT_EQ(target.totals.of(down(Cause::link)), 5h);
  EXPECT_EQ(target.totals.sum(), whole_month);
  EXPECT_EQ(target.existed, whole_month);
  EXPECT_EQ(target.unrecorded, 0ms);
  EXPECT_DOUBLE_EQ(*target.availability.gross, 710.0 / 720);
  EXPECT_DOUBLE_EQ(*target.availability.net_of_power, 710.0 / 718);
  EXPECT_DOUBLE_EQ(*target.availability.net_of_link, 710.0 / 715);
  EXPECT_DOUBLE_EQ(*target.availability.net_of_both, 710.0 / 713);
  EXPECT_DOUBLE_EQ(*target.observed, 1);
  EXPECT_EQ(target.kpi, Kpi::fail);
  EXPECT_EQ(target.outages.count, 3U);
  EXPECT_EQ(target.outages.began, 3U);
  EXPECT_EQ(target.outages.open, 0U);
  EXPECT_EQ(target.outages.by_cause.at(static_cast<std::size_t>(Cause::service)), 1U);
  EXPECT_EQ(target.outages.mttr, Millis(10h) / 3);
  EXPECT_EQ(target.outages.mtbf, Millis(710h) / 3);
  EXPECT_EQ(target.outages.longest, 5h);
  EXPECT_EQ(report.uncertain_dates, 0U);
}

TEST(Report, AnOutageOverTheMonthsBorderIsCutInTimeButNotInLength) {
  MadePast made = month();
  made.node(1, "portal", stamp(1, 0ms))
      .stretch(1, stamp(1, 0ms), in_november(-3h), up())
      .stretch(1, in_november(-3h), in_november(2h), down(Cause::host), 1)
      .stretch(1, in_november(2h), in_november(720h - 1ms), up())
      .stretch(1, in_november(720h - 1ms), in_november(725h), down(Cause::host), 2)
      .outage(1, 1, in_november(-3h), in_november(2h), Cause::host)
      .outage(2, 1, in_november(720h - 1ms), in_november(725h), Cause::host)
      .outage(3, 1, in_november(720h), in_november(725h), Cause::host);

  const Report report = make_report(made.past, november_query());

  const TargetReport& target = only(report);
  EXPECT_EQ(target.totals.down_sum(), 2h + 1ms);
  EXPECT_EQ(target.totals.sum(), whole_month);
  EXPECT_EQ(target.outages.count, 2U) << "the third began when the month was over";
  EXPECT_EQ(target.outages.began, 1U);
  EXPECT_EQ(target.outages.open, 1U) << "at the end of the month";
  EXPECT_EQ(target.outages.longest, 5h + 1ms);
}

TEST(Report, AnOutageOverADarkIntervalKeepsItsUnknownTimeApart) {
  MadePast made = month();
  // The machine was off from 100 h to 106 h: boot 2 began a minute before the agent ran again.
  made.boot(2, november() + 106h - 1min)
      .node(1, "portal", stamp(1, 0ms))
      .stretch(1, stamp(1, 0ms), in_november(99h), up())
      .stretch(1, in_november(99h), in_november(100h), down(Cause::power), 1)
      .stretch(1, in_november(100h), stamp(2, 60s), dark())
      .stretch(1, stamp(2, 60s), stamp(2, 660s), down(Cause::power), 1)
      .stretch(1, stamp(2, 660s), stamp(2, 700h), up());
  made.past.outages.push_back({.id = 1,
                               .node = 1,
                               .last_good = in_november(99h - 30s),
                               .first_bad = in_november(99h),
                               .last_bad = stamp(2, 600s),
                               .ended = stamp(2, 660s),
                               .end = OutageEnd::recovered,
                               .pieces = {{.from = in_november(99h), .cause = Cause::power}}});
  made.past.darks.push_back({.id = 1,
                             .from = in_november(100h),
                             .to = stamp(2, 60s),
                             .slack = 10s,
                             .dark_class = DarkClass::power,
                             .length = 6h});

  const Report report = make_report(made.past, november_query());

  const TargetReport& target = only(report);
  EXPECT_EQ(target.totals.of(dark()), 6h);
  EXPECT_EQ(target.totals.down_sum(), 1h + 10min);
  EXPECT_EQ(target.totals.sum(), whole_month);
  EXPECT_DOUBLE_EQ(*target.observed, 714.0 / 720);
  EXPECT_EQ(target.outages.longest, 7h + 10min);
  ASSERT_EQ(report.darks.size(), 1U);
  EXPECT_EQ(report.darks[0].from, november() + 100h);
  EXPECT_EQ(report.darks[0].length, 6h);
}

TEST(Report, AnOpenOutageCountsUpToTheLastWordOfTheJournal) {
  MadePast made = month();
  made.node(1, "portal", in_november(0h))
      .stretch(1, in_november(0h), in_november(10h), up())
      .stretch(1, in_november(10h), in_november(12h), down(Cause::service), 7);
  made.past.outages.push_back({.id = 7,
                               .node = 1,
                               .last_good = in_november(10h - 30s),
                               .first_bad = in_november(10h),
                               .last_bad = in_november(12h - 5s),
                               .pieces = {{.from = in_november(10h), .cause = Cause::service}}});
  ReportQuery query = november_query();
  query.span.until = november() + 12h + 1h;

  const Report report = make_report(made.past, query);

  const TargetReport& target = only(report);
  EXPECT_EQ(target.totals.down_sum(), 2h);
  EXPECT_EQ(target.unrecorded, 1h);
  EXPECT_EQ(target.outages.open, 1U);
  EXPECT_EQ(target.outages.mttr, std::nullopt) << "nothing was repaired yet";
  EXPECT_EQ(target.outages.longest, 2h);
  EXPECT_EQ(report.known_until, november() + 12h);
  ASSERT_EQ(report.outages.size(), 1U);
  EXPECT_EQ(report.outages[0].end_max, std::nullopt);
  EXPECT_EQ(report.outages[0].duration_max, std::nullopt);
  EXPECT_EQ(report.outages[0].duration_min, 2h - 5s);
}

TEST(Report, MaintenanceIsNeitherUpNorDownNorUnseen) {
  MadePast made = month();
  made.node(1, "portal", in_november(0h))
      .stretch(1, in_november(0h), in_november(500h), up())
      .stretch(1, in_november(500h), in_november(600h), Share::maintenance())
      .stretch(1, in_november(600h), in_november(720h), up());

  const TargetReport target = only(make_report(made.past, november_query()));

  EXPECT_EQ(target.totals.maintenance, 100h);
  EXPECT_DOUBLE_EQ(*target.availability.gross, 1);
  EXPECT_DOUBLE_EQ(*target.observed, 1);
  EXPECT_EQ(target.kpi, Kpi::pass);
  EXPECT_EQ(target.outages.mtbf, std::nullopt);
}

TEST(Report, AVerdictNeedsEnoughSeen) {
  const auto kpi = [](Millis seen_up, Millis seen_down) {
    MadePast made = month();
    made.node(1, "portal", in_november(0h))
        .stretch(1, in_november(0h), in_november(seen_up), up())
        .stretch(1, in_november(seen_up), in_november(seen_up + seen_down), down(Cause::host))
        .stretch(1, in_november(seen_up + seen_down), in_november(720h),
                 Share::unknown(Blind::via_down));
    return only(make_report(made.past, november_query())).kpi;
  };

  EXPECT_EQ(kpi(648h, 0h), Kpi::pass) << "90 % of 720 h";
  EXPECT_EQ(kpi(648h - 1ms, 0h), Kpi::not_enough_seen);
  EXPECT_EQ(kpi(300h, 40min), Kpi::not_enough_seen) << "0.72 h of 720 h would be allowed";
  EXPECT_EQ(kpi(300h, 44min), Kpi::fail) << "even if all the rest had been up";
  EXPECT_EQ(kpi(0h, 0h), Kpi::not_enough_seen);
}

TEST(Report, ExactlyTheTargetIsMet) {
  MadePast made = month();
  made.node(1, "portal", in_november(0h))
      .stretch(1, in_november(0h), in_november(999min), up())
      .stretch(1, in_november(999min), in_november(1000min), down(Cause::host));
  ReportQuery query = november_query();
  query.span.until = november() + 1000min;

  EXPECT_EQ(only(make_report(made.past, query)).kpi, Kpi::pass);
}

TEST(Report, AWithdrawnOutageIsNoOutage) {
  MadePast made = month();
  made.node(1, "portal", in_november(0h))
      .stretch(1, in_november(0h), in_november(720h), up())
      .outage(1, 1, in_november(10h), in_november(11h), Cause::host)
      .outage(2, 1, in_november(20h), in_november(21h), Cause::host);
  made.past.revisions.push_back({.outage = 1, .node = 1, .from = Cause::host, .to = Cause::none});
  made.past.revisions.push_back({.outage = 2, .node = 1, .from = Cause::host, .to = Cause::link});

  const Report report = make_report(made.past, november_query());

  ASSERT_EQ(report.outages.size(), 1U);
  EXPECT_EQ(report.outages[0].id, 2U);
  EXPECT_EQ(only(report).outages.count, 1U);
}

TEST(Report, ATargetRemovedAndAddedAgainIsOneTarget) {
  MadePast made = month();
  made.node(1, "portal", in_november(0h), NodeRole::target, in_november(100h))
      .node(2, "other", in_november(0h))
      .node(3, "portal", in_november(300h))
      .stretch(1, in_november(0h), in_november(100h), up())
      .stretch(2, in_november(0h), in_november(720h), up())
      .stretch(3, in_november(300h), in_november(310h), Share::unknown(Blind::not_probed))
      .stretch(3, in_november(310h), in_november(720h), down(Cause::dns));

  const Report report = make_report(made.past, november_query());

  ASSERT_EQ(report.targets.size(), 2U);
  const TargetReport& portal = report.targets[0];
  EXPECT_EQ(portal.name, "portal");
  EXPECT_FALSE(portal.is_removed);
  EXPECT_EQ(portal.existed, 520h);
  EXPECT_EQ(portal.totals.up, 100h);
  EXPECT_EQ(portal.totals.down_sum(), 410h);
  EXPECT_EQ(portal.unrecorded, 0ms);
}

TEST(Report, WhatWasRemovedBeforeIsLeftOut) {
  MadePast made = month();
  made.node(1, "old", stamp(1, 0ms), NodeRole::target, in_november(-1h))
      .stretch(1, stamp(1, 0ms), in_november(-1h), up());

  EXPECT_TRUE(make_report(made.past, november_query()).targets.empty());
}

TEST(Report, DaysAreOfTheZoneAlsoWhenTheyHave25Hours) {
  const Zone berlin = zone_named("Europe/Berlin");
  const WallTime since = berlin.instant({.year = 2026, .month = 10, .day = 24});
  MadePast made;
  made.boot(1, since)
      .node(1, "portal", stamp(1, 0ms))
      .stretch(1, stamp(1, 0ms), stamp(1, 30h), up())
      .stretch(1, stamp(1, 30h), stamp(1, 73h), down(Cause::host));

  const Report report = make_report(
      made.past,
      {.span = {since, berlin.instant({.year = 2026, .month = 10, .day = 27})}, .zone = berlin});

  EXPECT_EQ(only(report).existed, 73h) << "the clocks went back an hour on the 25th";
  ASSERT_EQ(only(report).days.size(), 3U);
  const auto day = [](Millis up_time, Millis down_time) {
    return DaySplit{static_cast<std::uint32_t>(up_time.count()),
                    static_cast<std::uint32_t>(down_time.count()), 0, 0};
  };
  EXPECT_EQ(only(report).days[0], day(24h, 0h));
  EXPECT_EQ(only(report).days[1], day(6h, 19h));
  EXPECT_EQ(only(report).days[2], day(0h, 24h));
}

TEST(Report, ABootWithAnUntrustedClockIsFlaggedAndItsDarkTimeNotInvented) {
  MadePast made = month();
  // The clock of boot 2 stands at the moment of the cut.
  made.boot(2, november() + 100h, false)
      .node(1, "portal", in_november(0h))
      .stretch(1, in_november(0h), in_november(100h), up())
      .stretch(1, in_november(100h), stamp(2, 60s), dark())
      .stretch(1, stamp(2, 60s), stamp(2, 10h), up())
      .outage(1, 1, stamp(2, 5h), stamp(2, 6h), Cause::host);
  made.past.darks.push_back({.id = 1,
                             .from = in_november(100h),
                             .to = stamp(2, 60s),
                             .dark_class = DarkClass::power_suspected});

  const Report report = make_report(made.past, november_query());

  EXPECT_EQ(report.unknown_lengths, 1U);
  EXPECT_EQ(report.uncertain_dates, 3U) << "a stretch, an outage, a dark interval";
  EXPECT_EQ(only(report).totals.up, 110h - 60s);
  EXPECT_EQ(only(report).totals.unknown_sum(), 0ms);
  ASSERT_EQ(report.darks.size(), 1U);
  EXPECT_EQ(report.darks[0].length, std::nullopt) << "never 0";
  EXPECT_FALSE(report.darks[0].is_date_certain);
  EXPECT_FALSE(report.outages.at(0).is_date_certain);
  EXPECT_EQ(report.outages[0].duration, 1h) << "within a boot it is exact";
}

TEST(Report, WhereClocksOverlapTheTrustedOneCounts) {
  MadePast made = month();
  // Boot 2's clock went two hours ahead; boot 3 is trusted.
  made.boot(2, november() + 12h, false)
      .boot(3, november() + 20h)
      .node(1, "portal", in_november(0h))
      .stretch(1, in_november(0h), in_november(10h), up())
      .stretch(1, stamp(2, 0h), stamp(2, 10h), down(Cause::host))
      .stretch(1, stamp(3, 0h), stamp(3, 4h), up());
  ReportQuery query = november_query();
  query.span.until = november() + 24h;

  const TargetReport target = only(make_report(made.past, query));

  EXPECT_EQ(target.totals.up, 14h);
  EXPECT_EQ(target.totals.down_sum(), 8h);
  EXPECT_EQ(target.unrecorded, 2h);
}

TEST(Report, BoundsAreKeptAndAnOutageNeverSeenUpMayBeginWhenItWasAdded) {
  MadePast made = month();
  made.node(1, "portal", in_november(0h))
      .node(2, "pln", in_november(0h), NodeRole::mains)
      .outage(1, 1, in_november(10h), in_november(11h), Cause::power, 2);
  made.past.outages[0].last_good = {};

  const auto rows = outage_rows(made.past);

  ASSERT_EQ(rows.size(), 1U);
  EXPECT_FALSE(rows[0].was_seen_up);
  EXPECT_EQ(rows[0].explained_by, "pln");
  EXPECT_EQ(rows[0].start_min, november());
  EXPECT_EQ(rows[0].start_max, november() + 10h);
  EXPECT_EQ(rows[0].end_min, november() + 11h - 10s);
  EXPECT_EQ(rows[0].end_max, november() + 11h);
  EXPECT_EQ(rows[0].duration, 1h);
  EXPECT_EQ(rows[0].duration_min, 1h - 10s);
  EXPECT_EQ(rows[0].duration_max, 11h);
}

TEST(Report, MainsHaveTheIndicesOfIeee1366OverTheirObservedTime) {
  MadePast made = month();
  made.node(1, "pln", stamp(1, 0ms), NodeRole::mains)
      .stretch(1, stamp(1, 0ms), in_november(-1h), up())
      .stretch(1, in_november(-1h), in_november(1h), down(Cause::power), 1)  // began in October
      .stretch(1, in_november(1h), in_november(10h), up())
      .stretch(1, in_november(10h), in_november(10h + 5min), down(Cause::power), 2)  // momentary
      .stretch(1, in_november(10h + 5min), in_november(20h), up())
      .stretch(1, in_november(20h), in_november(20h + 5min + 1ms), down(Cause::power), 3)
      .stretch(1, in_november(20h + 5min + 1ms), in_november(30h), up())
      .stretch(1, in_november(30h), in_november(32h), down(Cause::power), 4)
      .stretch(1, in_november(32h), in_november(620h), up())
      .stretch(1, in_november(620h), in_november(720h), Share::unknown(Blind::agent_trouble))
      .outage(1, 1, in_november(-1h), in_november(1h), Cause::power)
      .outage(2, 1, in_november(10h), in_november(10h + 5min), Cause::power)
      .outage(3, 1, in_november(20h), in_november(20h + 5min + 1ms), Cause::power)
      .outage(4, 1, in_november(30h), in_november(32h), Cause::power);

  const Report report = make_report(made.past, november_query());

  const auto& power = only(report).power;
  ASSERT_TRUE(power);
  EXPECT_EQ(power->sustained, 2U);
  EXPECT_EQ(power->momentary, 1U);
  EXPECT_EQ(power->undecided, 0U);
  EXPECT_EQ(power->sustained_time, 1h + 5min + 1ms + 2h);
  EXPECT_EQ(power->observed, 620h);
  EXPECT_EQ(power->caidi, (Millis(3h) + 5min + 1ms) / 2);
  EXPECT_DOUBLE_EQ(*power->asai, 1 - (3.0 * 3'600'000 + 300'001) / (620.0 * 3'600'000));
  EXPECT_THAT(index_sentence(only(report), 5min, Language::english),
              HasSubstr("SAIFI 2 (longer than 5 min), MAIFI 1 (up to 5 min)"));
  EXPECT_THAT(index_sentence(only(report), 10s, Language::indonesian),
              HasSubstr("SAIFI 2 (lebih dari 10 "));
}

TEST(Report, AnOpenCutOfFourMinutesIsNeitherMomentaryNorSustainedYet) {
  MadePast made = month();
  made.node(1, "pln", in_november(0h), NodeRole::mains)
      .stretch(1, in_november(0h), in_november(1h), up())
      .stretch(1, in_november(1h), in_november(1h + 4min), down(Cause::power), 1);
  made.past.outages.push_back({.id = 1,
                               .node = 1,
                               .last_good = in_november(1h - 1s),
                               .first_bad = in_november(1h),
                               .last_bad = in_november(1h + 4min),
                               .pieces = {{.from = in_november(1h), .cause = Cause::power}}});

  const auto power = only(make_report(made.past, november_query())).power;

  ASSERT_TRUE(power);
  EXPECT_EQ(power->sustained + power->momentary, 0U);
  EXPECT_EQ(power->undecided, 1U);
}

TEST(Report, DaysWithoutDetailAreTakenWhole) {
  MadePast made = month();
  made.node(1, "portal", stamp(1, 0ms))
      .stretch(1, stamp(1, 0ms), in_november(720h), up())  // reaches back into what is rolled up
      .outage(5, 1, in_november(30h), in_november(31h), Cause::host);  // in the roll-up already
  DayTotals first{.node = 1, .day = makassar().day_of(november())};
  first.totals.add(up(), 20h);
  first.totals.add(down(Cause::power), 4h);
  first.outages.at(static_cast<std::size_t>(Cause::power)) = 2;
  first.longest = 3h;
  DayTotals second = first;
  ++second.day;
  second.outages = {};
  made.past.days = {first, second};
  ReportQuery query = november_query();
  query.span.from += 5h;

  const Report report = make_report(made.past, query);

  EXPECT_TRUE(report.is_by_whole_days);
  EXPECT_EQ(report.span.from, november());
  EXPECT_EQ(only(report).totals.down_sum(), 8h);
  EXPECT_EQ(only(report).totals.sum(), whole_month);
  EXPECT_EQ(only(report).unrecorded, 0ms);
  EXPECT_EQ(only(report).outages.count, 2U);
  EXPECT_EQ(only(report).outages.longest, 3h);
  EXPECT_EQ(only(report).days.at(1).at(static_cast<std::size_t>(TimeClass::down)),
            Millis(4h).count());
}

TEST(Report, WhatDidNotComeBackInTimeIsListed) {
  MadePast made = month();
  made.node(1, "pln", in_november(0h), NodeRole::mains).node(2, "portal", in_november(0h));
  const Recovery late{
      .node = 2, .root = 1, .after = Cause::power, .returned = in_november(5h), .is_overdue = true};
  Recovery in_time = late, before = late;
  in_time.is_overdue = false;
  before.returned = in_november(-5h);
  before.recovered = in_november(-4h);
  made.past.recoveries = {late, in_time, before};

  const Report report = make_report(made.past, november_query());

  ASSERT_EQ(report.late.size(), 1U);
  EXPECT_EQ(report.late[0].target, "portal");
  EXPECT_EQ(report.late[0].root, "pln");
  EXPECT_EQ(report.late[0].recovered, std::nullopt);
}

// Whatever the boots' clocks said: every millisecond at most once, and none invented.
TEST(Report, TheClassesAlwaysAddUpToTheTimeThatIsKnown) {
  std::mt19937 random(20261121);
  const auto pick = [&random](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
  };
  const std::array<Share, 6> shares{up(),
                                    down(Cause::power),
                                    down(Cause::service),
                                    dark(),
                                    Share::unknown(Blind::via_down),
                                    Share::maintenance()};
  for (int round = 0; round < 300; ++round) {
    MadePast made;
    made.node(1, "a", stamp(1, 0ms));
    Stamp last = stamp(1, 0ms);
    WallTime began = november() - Millis(pick(0, 100'000'000));
    bool is_every_clock_trusted = true;
    for (BootNumber boot = 1; boot <= 5; ++boot) {
      const bool is_trusted = pick(0, 3) > 0;
      is_every_clock_trusted = is_every_clock_trusted && is_trusted;
      made.boot(boot, began + (is_trusted ? Duration{} : Millis(pick(-50'000'000, 50'000'000))),
                is_trusted);
      Millis at{};
      if (boot > 1) {
        at = Millis(pick(0, 100'000));
        made.stretch(1, last, stamp(boot, at), dark());
      }
      for (int piece = 0; piece < 10; ++piece) {
        const Millis end = at + Millis(pick(1, 40'000'000));
        made.stretch(1, stamp(boot, at), stamp(boot, end),
                     shares.at(static_cast<std::size_t>(pick(0, 5))));
        at = end;
      }
      last = stamp(boot, at);
      began += at + Millis(pick(1, 10'000'000));
    }
    ReportQuery query = november_query();
    query.span = {november() + Duration(pick(0, 1'000'000'000)),
                  november() + Millis(pick(1, 2'000'000'000))};

    const Report report = make_report(made.past, query);

    if (report.targets.empty()) continue;
    const TargetReport& target = only(report);
    ASSERT_EQ(target.totals.sum() + target.unrecorded, target.existed);
    ASSERT_GE(target.unrecorded, 0ms);
    ASSERT_LE(target.existed, std::chrono::ceil<Millis>(report.span.until - report.span.from));
    Millis of_days{};
    for (const DaySplit& day : target.days) {
      for (const std::uint32_t time : day) of_days += Millis(time);
    }
    ASSERT_EQ(of_days, target.totals.sum());
    if (is_every_clock_trusted) {
      const Millis known = std::chrono::floor<Millis>(
          std::min(report.span.until, made.past.dating.date(last)) - report.span.from);
      ASSERT_EQ(target.totals.sum(), std::max(known, Millis{}));
    }
  }
}

}  // namespace
}  // namespace siaga::tests
