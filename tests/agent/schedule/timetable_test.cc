#include "agent/schedule/timetable.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "agent/core/limits.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

constexpr Instant origin{1000s};

std::string name_of(std::uint32_t number) { return "target-" + std::to_string(number); }

// Moves time from event to event until `end`; the instants at which each target was due.
std::map<std::uint32_t, std::vector<Instant>> run_until(Timetable& timetable, Instant end) {
  std::map<std::uint32_t, std::vector<Instant>> runs;
  for (auto next = timetable.next(); next && *next <= end; next = timetable.next()) {
    for (const Due& due : timetable.take_due(*next)) runs[index_of(due.id)].push_back(*next);
  }
  return runs;
}

TEST(Timetable, SaysNothingWhileItIsEmpty) {
  Timetable timetable(origin);

  EXPECT_FALSE(timetable.next());
  EXPECT_TRUE(timetable.take_due(origin + 1h).empty());
}

TEST(Timetable, RunsEveryTargetOncePerIntervalAfterTheFirstRound) {
  Timetable timetable(origin);
  for (std::uint32_t number = 0; number < 50; ++number)
    timetable.add(TargetId{number}, name_of(number), 30s, origin);

  const auto runs = run_until(timetable, origin + 10min);

  ASSERT_EQ(runs.size(), 50U);
  for (const auto& [number, instants] : runs) {
    EXPECT_LE(instants.front(), origin + limits::first_round + limits::start_tick);
    for (std::size_t index = 2; index < instants.size(); ++index) {
      const Duration gap = instants[index] - instants[index - 1];
      EXPECT_GE(gap, 30s - limits::jitter_max - limits::start_tick);
      EXPECT_LE(gap, 30s + limits::jitter_max + limits::start_tick);
    }
    EXPECT_GE(instants.size(), 19U);
    EXPECT_LE(instants.size(), 21U);
  }
}

TEST(Timetable, SpreadsTargetsOverTheInterval) {
  Timetable timetable(origin);
  for (std::uint32_t number = 0; number < 3000; ++number)
    timetable.add(TargetId{number}, name_of(number), 30s, origin);

  run_until(timetable, origin + 60s);
  std::map<std::int64_t, int> per_second;
  for (const auto& [number, instants] : run_until(timetable, origin + 90s)) {
    for (const Instant instant : instants) ++per_second[(instant - origin) / 1s];
  }

  for (const auto& [second, count] : per_second) EXPECT_LT(count, 200) << "in second " << second;
}

TEST(Timetable, KeepsATargetsPlaceOverARestart) {
  Timetable first(origin);
  Timetable second(origin);
  first.add(TargetId{0}, "portal", 30s, origin);
  second.add(TargetId{7}, "other", 30s, origin);
  second.add(TargetId{3}, "portal", 30s, origin);

  EXPECT_EQ(run_until(first, origin + 5min)[0], run_until(second, origin + 5min)[3]);
}

TEST(Timetable, GroupsStartsIntoTicks) {
  Timetable timetable(origin);
  for (std::uint32_t number = 0; number < 100; ++number)
    timetable.add(TargetId{number}, name_of(number), 1s, origin);

  for (const auto& [number, instants] : run_until(timetable, origin + 5s)) {
    for (const Instant instant : instants) EXPECT_EQ((instant - origin) % limits::start_tick, 0ns);
  }
}

TEST(Timetable, MakesNoBurstAfterAStall) {
  Timetable timetable(origin);
  for (std::uint32_t number = 0; number < 1000; ++number)
    timetable.add(TargetId{number}, name_of(number), 10s, origin);
  run_until(timetable, origin + 20s);

  // The loop stood still for an hour.
  const Instant back = origin + 20s + 1h;
  const auto at_once = timetable.take_due(back);
  std::uint64_t missed = 0;
  std::set<std::uint32_t> missed_targets;
  for (const Due& due : timetable.take_missed()) {
    missed += due.missed;
    missed_targets.insert(index_of(due.id));
  }

  EXPECT_LT(at_once.size(), 200U) << "only those whose turn it is anyway";
  EXPECT_EQ(at_once.size() + missed_targets.size(), 1000U);
  EXPECT_GT(missed, 350'000U);
  EXPECT_TRUE(timetable.take_missed().empty());
  std::map<std::int64_t, int> per_second;
  for (const auto& [number, instants] : run_until(timetable, back + 20s)) {
    for (const Instant instant : instants) ++per_second[(instant - back) / 1s];
  }
  for (const auto& [second, count] : per_second) EXPECT_LT(count, 250) << "in second " << second;
}

TEST(Timetable, AlittleLateIsStillMade) {
  Timetable timetable(origin);
  timetable.add(TargetId{0}, "portal", 30s, origin);
  const Instant planned = *timetable.next();

  const auto due = timetable.take_due(planned + 900ms);

  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].planned, planned);
}

TEST(Timetable, ASecondLookComesBeforeTheNextTurnAndThenTheGridGoesOn) {
  Timetable timetable(origin);
  timetable.add(TargetId{0}, "portal", 60s, origin);
  const Instant first = *timetable.next();
  timetable.take_due(first);
  const Instant regular = *timetable.next();

  timetable.look_again(TargetId{0}, first + 5s);
  const Instant second = *timetable.next();
  const auto due = timetable.take_due(second);

  EXPECT_GE(second, first + 5s);
  EXPECT_LE(second, first + 5s + limits::start_tick);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_TRUE(due[0].is_second_look);
  EXPECT_GE(*timetable.next(), second + 30s);
  EXPECT_LE(*timetable.next(), regular + 60s + limits::jitter_max);
}

TEST(Timetable, ASecondLookBehindTheNextTurnIsNotNeeded) {
  Timetable timetable(origin);
  timetable.add(TargetId{0}, "portal", 1s, origin);
  timetable.take_due(*timetable.next());
  const Instant regular = *timetable.next();

  timetable.look_again(TargetId{0}, regular + 5s);

  EXPECT_EQ(*timetable.next(), regular);
}

TEST(Timetable, ARemovedTargetIsNeverDueAgain) {
  Timetable timetable(origin);
  timetable.add(TargetId{0}, "portal", 10s, origin);
  timetable.add(TargetId{1}, "other", 10s, origin);

  timetable.remove(TargetId{0});
  timetable.look_again(TargetId{0}, origin + 1ms);
  const auto runs = run_until(timetable, origin + 60s);

  EXPECT_FALSE(runs.contains(0));
  EXPECT_TRUE(runs.contains(1));
}

TEST(Timetable, AnIdThatComesAgainDoesNotInheritTheOldTurns) {
  Timetable timetable(origin);
  timetable.add(TargetId{0}, "portal", 10s, origin);
  timetable.remove(TargetId{0});

  timetable.add(TargetId{0}, "fresh", 60s, origin + 1s);
  const auto runs = run_until(timetable, origin + 10min);

  EXPECT_LE(runs.at(0).size(), 12U);
}

}  // namespace
}  // namespace siaga
