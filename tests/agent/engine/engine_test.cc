#include "agent/engine/engine.h"

#include <gtest/gtest.h>

#include <cmath>

namespace siaga {
namespace {

using namespace std::chrono_literals;

constexpr std::array<ReadingDefinition, 3> three_readings{{
    {.metric = "probe_gauge"},
    {.metric = "things_total", .type = ReadingType::counter},
    {.metric = "round_trip_seconds", .type = ReadingType::histogram},
}};

std::shared_ptr<const TargetInfo> info(std::string name, std::int64_t confirm = 2,
                                       std::int64_t recover = 1) {
  return std::make_shared<TargetInfo>(
      TargetInfo{.name = std::move(name),
                 .kind = "http",
                 .readings = three_readings,
                 .reasons = {Reason::agent_error, Reason::agent_descriptors,
                             Reason::connect_refused, Reason::connect_timeout},
                 .confirm = confirm,
                 .recover = recover});
}

// Runs of one target at seconds 1, 2, 3, ... and the states they lead to.
class EngineTest : public testing::Test {
 protected:
  struct Applied {
    std::optional<StateChange> transition;
    bool wants_second_look = false;
  };
  Applied run(Reason reason) {
    clock_ += 1s;
    Applied applied;
    engine_.take_records();
    applied.wants_second_look =
        engine_.apply(id_, judged(reason, std::string(name(reason))), began(), clock_);
    for (const Record& record : engine_.take_records())
      if (const auto* const change = std::get_if<StateChange>(&record))
        applied.transition = *change;
    return applied;
  }
  RunTime began() const { return {.boot = clock_, .wall = WallTime(clock_.time_since_epoch())}; }
  const TargetStatus& status() { return engine_.status(id_); }
  void watch(std::int64_t confirm, std::int64_t recover = 1) {
    id_ = engine_.add(info("portal", confirm, recover), clock_);
  }

  Engine engine_;
  TargetId id_{};
  BootTime clock_{};
};

TEST_F(EngineTest, IsPendingUntilTheFirstRun) {
  watch(2);

  EXPECT_EQ(status().state, State::pending);
  EXPECT_FALSE(status().has_run);
}

TEST_F(EngineTest, IsUpAfterTheFirstGoodRun) {
  watch(2);

  const Applied applied = run(Reason::none);

  ASSERT_TRUE(applied.transition);
  EXPECT_EQ(applied.transition->from, State::pending);
  EXPECT_EQ(status().state, State::up);
  EXPECT_EQ(status().since, (Stamp{.boot = 1, .at = BootTime(1s)}));
  EXPECT_FALSE(applied.wants_second_look);
}

TEST_F(EngineTest, OneFailureAsksForASecondLookAndChangesNothing) {
  watch(2);
  run(Reason::none);

  const Applied applied = run(Reason::connect_refused);

  EXPECT_TRUE(applied.wants_second_look);
  EXPECT_FALSE(applied.transition);
  EXPECT_EQ(status().state, State::up);
  EXPECT_EQ(status().reason, Reason::connect_refused);
}

TEST_F(EngineTest, IsDownSinceTheFirstOfTheConfirmingFailures) {
  watch(3);
  run(Reason::none);

  run(Reason::connect_refused);
  run(Reason::connect_refused);
  const Applied applied = run(Reason::connect_timeout);

  ASSERT_TRUE(applied.transition);
  EXPECT_EQ(applied.transition->to, State::down);
  EXPECT_EQ(status().since, (Stamp{.boot = 1, .at = BootTime(2s)}));
  EXPECT_EQ(status().state_reason, Reason::connect_timeout);
  EXPECT_FALSE(applied.wants_second_look);
}

TEST_F(EngineTest, AGoodRunBetweenFailuresStartsTheCountAgain) {
  watch(2);

  run(Reason::connect_refused);
  run(Reason::none);
  run(Reason::connect_refused);

  EXPECT_EQ(status().state, State::up);
}

TEST_F(EngineTest, ConfirmOfOneMakesItDownAtOnce) {
  watch(1);

  const Applied applied = run(Reason::connect_refused);

  EXPECT_EQ(status().state, State::down);
  EXPECT_FALSE(applied.wants_second_look);
}

TEST_F(EngineTest, StaysDownUntilEnoughGoodRunsInARow) {
  watch(1, 2);
  run(Reason::connect_refused);

  run(Reason::none);
  EXPECT_EQ(status().state, State::down);
  EXPECT_EQ(status().state_reason, Reason::connect_refused);
  run(Reason::none);

  EXPECT_EQ(status().state, State::up);
  EXPECT_EQ(status().since, (Stamp{.boot = 1, .at = BootTime(2s)}));
  EXPECT_EQ(status().state_reason, Reason::none);
}

TEST_F(EngineTest, TheAgentsOwnTroubleMakesItUnknownAndNeverDown) {
  watch(2);
  run(Reason::none);

  for (int round = 0; round < 10; ++round) run(Reason::agent_descriptors);

  EXPECT_EQ(status().state, State::unknown);
  EXPECT_EQ(status().state_reason, Reason::agent_descriptors);
  EXPECT_EQ(status().failures_in_a_row, 0U);
  EXPECT_EQ(status().runs[static_cast<std::size_t>(Verdict::unknown)], 10U);
}

TEST_F(EngineTest, BlindnessNeitherConfirmsNorClearsAFailure) {
  watch(2);
  run(Reason::none);
  run(Reason::connect_refused);

  run(Reason::agent_descriptors);
  EXPECT_EQ(status().state, State::unknown);
  run(Reason::connect_refused);

  EXPECT_EQ(status().state, State::down);
  EXPECT_EQ(status().since, (Stamp{.boot = 1, .at = BootTime(4s)}))
      << "not dated into the time it could not see";
}

TEST_F(EngineTest, BlindnessDoesNotShortenTheRecovery) {
  watch(1, 3);
  run(Reason::connect_refused);

  run(Reason::agent_descriptors);
  run(Reason::none);
  EXPECT_EQ(status().state, State::unknown);
  run(Reason::none);
  run(Reason::none);

  EXPECT_EQ(status().state, State::up);
}

TEST_F(EngineTest, AFailureAfterBlindnessPutsADownTargetBackDownAtOnce) {
  watch(3, 2);
  for (int round = 0; round < 3; ++round) run(Reason::connect_refused);

  run(Reason::agent_descriptors);
  run(Reason::none);
  run(Reason::connect_refused);

  EXPECT_EQ(status().state, State::down);
}

TEST_F(EngineTest, AnUnconfirmedFailureDoesNotExplainAnUnknownState) {
  watch(2);
  run(Reason::agent_descriptors);

  run(Reason::connect_refused);

  EXPECT_EQ(status().state, State::unknown);
  EXPECT_EQ(status().state_reason, Reason::agent_descriptors);
}

TEST_F(EngineTest, TheReasonOfADownTargetFollowsTheEvidence) {
  watch(1);
  run(Reason::connect_timeout);

  const Applied applied = run(Reason::connect_refused);

  ASSERT_TRUE(applied.transition) << "and with it whose fault it is";
  EXPECT_EQ(applied.transition->cause, Cause::service);
  EXPECT_EQ(applied.transition->to, State::down);
  EXPECT_EQ(status().state_reason, Reason::connect_refused);
}

TEST_F(EngineTest, CountsRunsAndFailuresByReason) {
  watch(2);

  run(Reason::none);
  run(Reason::connect_refused);
  run(Reason::connect_refused);
  run(Reason::agent_descriptors);

  EXPECT_EQ(status().runs, (std::array<std::uint64_t, 3>{1, 2, 1}));
  EXPECT_EQ(status().failures, (std::vector<std::uint32_t>{0, 1, 2, 0}));
  EXPECT_EQ(status().durations.count(), 4U);
}

TEST_F(EngineTest, AReasonOutsideTheTargetsListIsStillCounted) {
  watch(2);

  run(Reason::http_status);

  EXPECT_EQ(status().failures[0], 1U);
}

TEST_F(EngineTest, GaugesAreTheLastRunsAndCountersGrow) {
  watch(2);
  EXPECT_TRUE(std::isnan(status().values[0]));
  EXPECT_EQ(status().values[1], 0);

  for (const double value : {3.0, 4.0}) {
    Outcome outcome = judged(Reason::none);
    outcome.readings.set(0, value);
    outcome.readings.set(1, value);
    outcome.readings.observe(2, 1ms);
    engine_.apply(id_, std::move(outcome), began(), clock_);
  }
  EXPECT_EQ(status().values[0], 4);
  EXPECT_EQ(status().values[1], 7);
  EXPECT_EQ(status().histograms.at(0).second.count(), 2U);
  run(Reason::connect_refused);

  EXPECT_TRUE(std::isnan(status().values[0])) << "a value that is not known is absent";
  EXPECT_EQ(status().values[1], 7);
}

TEST_F(EngineTest, ASnapshotDoesNotChangeAfterItWasTaken) {
  watch(1);
  run(Reason::none);
  const auto before = engine_.snapshot({}, {});

  run(Reason::connect_refused);
  const auto after = engine_.snapshot({}, {});

  EXPECT_EQ(before->targets.at(0)->state, State::up);
  EXPECT_EQ(after->targets.at(0)->state, State::down);
}

TEST_F(EngineTest, SnapshotsShareTargetsThatDidNotChange) {
  watch(1);
  const TargetId other = engine_.add(info("other"), clock_);
  const auto before = engine_.snapshot({}, {});

  run(Reason::none);
  const auto after = engine_.snapshot({}, {});

  EXPECT_NE(before->targets.at(0), after->targets.at(0));
  EXPECT_EQ(before->targets.at(1), after->targets.at(1));
  EXPECT_EQ(&engine_.status(other), after->targets.at(1).get());
}

TEST_F(EngineTest, ARemovedTargetIsGoneAndItsIdMayComeAgain) {
  watch(1);
  const TargetId gone = id_;
  const TargetId stays = engine_.add(info("stays"), clock_);

  engine_.remove(gone, clock_);
  const TargetId fresh = engine_.add(info("fresh"), clock_);
  engine_.set_order({fresh, stays});
  const auto snapshot = engine_.snapshot({}, {});

  ASSERT_EQ(snapshot->targets.size(), 2U);
  EXPECT_EQ(snapshot->targets[0]->info->name, "fresh");
  EXPECT_EQ(snapshot->targets[1]->info->name, "stays");
  EXPECT_EQ(engine_.status(fresh).state, State::pending);
}

TEST(Histogram, PutsABoundIntoItsOwnBucket) {
  Histogram histogram(probe_duration_bounds);

  histogram.observe(5ms);
  histogram.observe(5ms + 1ns);
  histogram.observe(31s);

  EXPECT_EQ(histogram.counts()[0], 1U);
  EXPECT_EQ(histogram.counts()[1], 1U);
  EXPECT_EQ(histogram.counts().back(), 1U);
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_NEAR(histogram.sum_seconds(), 31.010000001, 1e-12);
}

TEST(Histogram, RoundTripBoundsAreThoseOfSmokepingProber) {
  EXPECT_EQ(round_trip_bounds.size(), 20U);
  EXPECT_DOUBLE_EQ(round_trip_bounds.front(), 50e-6);
  EXPECT_DOUBLE_EQ(round_trip_bounds.back(), 26.2144);
}

}  // namespace
}  // namespace siaga
