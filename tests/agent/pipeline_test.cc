// What was filed in a turn becomes one batch: dated by steady time, and each event told once.
#include "agent/pipeline.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

class PipelineTest : public testing::Test {
 protected:
  TargetId add(std::string name) {
    return engine_.add(std::make_shared<TargetInfo>(
                           TargetInfo{.name = std::move(name),
                                      .kind = "tcp",
                                      .reasons = {Reason::agent_error, Reason::connect_refused},
                                      .confirm = 2,
                                      .recover = 1}),
                       clock_.boot_now());
  }
  void file(TargetId target, Reason reason) {
    Outcome outcome = judged(reason);
    outcome.started = clock_.now();
    pipeline_.file(target, std::move(outcome));
  }
  void run(TargetId target, Reason reason) {
    file(target, reason);
    pipeline_.run();
  }

  tests::ManualClock clock_;
  Engine engine_;
  std::vector<std::pair<std::string, State>> changes_;
  std::vector<TargetId> looks_;
  Pipeline pipeline_{engine_,
                     clock_,
                     {.recorded =
                          [this](const std::vector<Record>& records) {
                            for (const Record& record : records)
                              if (const auto* const change = std::get_if<StateChange>(&record))
                                changes_.emplace_back(engine_.find(change->node)->name, change->to);
                          },
                      .wants_second_look = [this](TargetId id) { looks_.push_back(id); }}};
};

TEST_F(PipelineTest, ARunIsDatedByHowLongAgoItBeganNotByTheClockThatWasSteppedMeanwhile) {
  const TargetId target = add("portal");
  file(target, Reason::none);

  clock_.advance(3s);
  const WallTime stepped = clock_.wall_now() + 24h;
  clock_.set_wall(stepped);
  pipeline_.run();

  EXPECT_EQ(engine_.status(target).last_run, stepped - 3s);
  EXPECT_EQ(engine_.status(target).since.at, clock_.boot_now() - 3s);
}

TEST_F(PipelineTest, WhatWasFiledIsAppliedOnce) {
  const TargetId target = add("portal");
  file(target, Reason::none);

  EXPECT_FALSE(engine_.status(target).has_run) << "callbacks only file";
  pipeline_.run();
  pipeline_.run();

  EXPECT_EQ(engine_.status(target).runs.front(), 1U);
}

TEST_F(PipelineTest, ForgettingATargetDropsItsOutcomesAndNoOthers) {
  const TargetId gone = add("gone");
  const TargetId stays = add("stays");
  file(gone, Reason::none);
  file(stays, Reason::none);
  file(gone, Reason::connect_refused);

  pipeline_.forget(gone);
  pipeline_.run();

  EXPECT_FALSE(engine_.status(gone).has_run);
  EXPECT_TRUE(engine_.status(stays).has_run);
}

TEST_F(PipelineTest, ATransitionIsToldOnce) {
  const TargetId target = add("portal");

  for (const Reason reason : {Reason::none, Reason::none, Reason::connect_refused,
                              Reason::connect_refused, Reason::connect_refused, Reason::none})
    run(target, reason);

  using Change = std::pair<std::string, State>;
  EXPECT_EQ(changes_, (std::vector{Change{"portal", State::up}, Change{"portal", State::down},
                                   Change{"portal", State::up}}));
}

TEST_F(PipelineTest, ASecondLookIsAskedForOncePerUnconfirmedFailure) {
  const TargetId target = add("portal");
  run(target, Reason::none);

  run(target, Reason::connect_refused);
  EXPECT_EQ(looks_, std::vector{target});
  pipeline_.run();
  run(target, Reason::connect_refused);
  run(target, Reason::connect_refused);

  EXPECT_EQ(looks_, std::vector{target}) << "a confirmed failure needs no other look";
}

}  // namespace
}  // namespace siaga
