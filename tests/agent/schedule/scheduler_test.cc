// The scheduler with real time and probes that are told when to answer; what is due when is
// timetable_test.cc's.
#include "agent/schedule/scheduler.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;
using tests::TestLoop;

// Answers on the next turn, or never; counts what is under way.
struct Script {
  bool answers = true;
  int started = 0, given_up = 0, under_way = 0, most_under_way = 0;
};

class ScriptedAttempt final : public Attempt {
 public:
  ScriptedAttempt(Script& script, Loop& loop, Probe::Done done)
      : script_(script), done_(std::move(done)) {
    script_.most_under_way = std::max(script_.most_under_way, ++script_.under_way);
    ++script_.started;
    if (!script_.answers) return;
    answer_ = std::make_unique<Soon>(loop, [this] {
      auto deliver = std::move(done_);
      deliver(judged(Reason::none));
    });
  }
  ~ScriptedAttempt() override { --script_.under_way; }
  Outcome give_up() override {
    ++script_.given_up;
    return judged(Reason::reply_timeout, "said nothing");
  }

 private:
  Script& script_;
  Probe::Done done_;
  std::unique_ptr<Soon> answer_;
};

class ScriptedProbe final : public Probe {
 public:
  explicit ScriptedProbe(Script& script) : script_(script) {}
  std::unique_ptr<Attempt> start(const Start& start, Done done) const override {
    return std::make_unique<ScriptedAttempt>(script_, start.network.loop, std::move(done));
  }
  std::string instance() const override { return "scripted"; }
  std::string host() const override { return "scripted"; }
  ReasonGroups reason_groups() const override { return {}; }

 private:
  Script& script_;
};

class SchedulerTest : public testing::Test {
 protected:
  Scheduler& make(FlightCaps caps = {.in_all = 100, .per_kind = 100}) {
    scheduler_ = std::make_unique<Scheduler>(
        network_, caps,
        Scheduler::Events{.settled =
                              [this](TargetId id, Outcome outcome) {
                                settled_[index_of(id)].push_back(std::move(outcome));
                              },
                          .late = [this](std::string_view) { ++late_; },
                          .skipped = [this](std::string_view, SkipReason reason,
                                            std::uint64_t count) { skipped_[reason] += count; },
                          .lag = {}});
    return *scheduler_;
  }
  ScheduledTarget target(Script& script, std::string kind = "http", Duration timeout = 5s) {
    return {.probe = std::make_shared<ScriptedProbe>(script),
            .name = "target-" + std::to_string(++names_),
            .kind = std::move(kind),
            .interval = 100ms,
            .timeout = timeout,
            .retry_interval = 10ms};
  }
  // Scripts outlive the scheduler, whose attempts write to them to the end.
  Script& quick_script() { return scripts_.emplace_back(); }
  Script& silent_script() { return scripts_.emplace_back(Script{.answers = false}); }
  template <typename Predicate>
  void run_until(Predicate predicate) {
    loop_.run_until([&] {
      if (scheduler_) scheduler_->reap();
      return predicate();
    });
  }

  std::deque<Script> scripts_;
  TestLoop loop_;
  SystemClock clock_;
  Network network_{loop_.loop(), clock_};
  std::map<std::uint32_t, std::vector<Outcome>> settled_;
  std::map<SkipReason, std::uint64_t> skipped_;
  int late_ = 0;
  int names_ = 0;
  std::unique_ptr<Scheduler> scheduler_;
};

TEST_F(SchedulerTest, RunsATargetAgainAndAgain) {
  Script& script = quick_script();
  make().add(TargetId{0}, target(script));

  run_until([&] { return settled_[0].size() >= 3; });

  EXPECT_EQ(settled_[0][0].verdict, Verdict::ok);
  EXPECT_GT(settled_[0][1].started, settled_[0][0].started + 40ms);
  EXPECT_EQ(script.most_under_way, 1);
}

TEST_F(SchedulerTest, TheDeadlineEndsARunThatSaysNothing) {
  Script& script = silent_script();
  make().add(TargetId{0}, target(script, "http", 30ms));

  run_until([&] { return settled_[0].size() >= 1; });

  EXPECT_EQ(settled_[0][0].reason, Reason::reply_timeout);
  EXPECT_GE(settled_[0][0].duration, 30ms);
  EXPECT_EQ(script.given_up, 1);
}

TEST_F(SchedulerTest, ATargetNeverOverlapsItself) {
  Script& script = silent_script();
  make().add(TargetId{0}, target(script, "http", 450ms));

  run_until([&] { return settled_[0].size() >= 2; });

  EXPECT_EQ(script.most_under_way, 1);
  EXPECT_GE(skipped_[SkipReason::overlap], 2U);
}

TEST_F(SchedulerTest, TheCapInAllHoldsAndWaitingTargetsComeLater) {
  Script& silent = silent_script();
  Scheduler& scheduler = make({.in_all = 2, .per_kind = 2});
  for (std::uint32_t id = 0; id < 4; ++id)
    scheduler.add(TargetId{id}, target(silent, "http", 80ms));

  run_until([&] { return settled_.size() == 4; });

  EXPECT_EQ(silent.most_under_way, 2);
}

TEST_F(SchedulerTest, AFullKindDoesNotHoldUpAnother) {
  Script& silent = silent_script();
  Script& quick = quick_script();
  Scheduler& scheduler = make({.in_all = 10, .per_kind = 2});
  for (std::uint32_t id = 0; id < 5; ++id) scheduler.add(TargetId{id}, target(silent, "http", 10s));
  scheduler.add(TargetId{9}, target(quick, "tcp"));

  run_until([&] { return settled_[9].size() >= 3 && skipped_[SkipReason::capacity] > 0; });

  EXPECT_EQ(silent.most_under_way, 2);
  EXPECT_GT(skipped_[SkipReason::capacity], 0U);
}

TEST_F(SchedulerTest, ARemovedTargetsRunIsCancelledWithoutAnOutcome) {
  Script& script = silent_script();
  Scheduler& scheduler = make();
  scheduler.add(TargetId{0}, target(script));
  run_until([&] { return script.under_way == 1; });

  scheduler.remove(TargetId{0});

  EXPECT_EQ(script.under_way, 0);
  EXPECT_EQ(scheduler.in_flight(), 0U);
  EXPECT_TRUE(settled_.empty());
}

TEST_F(SchedulerTest, ARemovedWaitingTargetLeavesTheLine) {
  Script& script = silent_script();
  Scheduler& scheduler = make({.in_all = 1, .per_kind = 1});
  scheduler.add(TargetId{0}, target(script, "http", 10s));
  scheduler.add(TargetId{1}, target(script, "http", 10s));
  run_until([&] { return skipped_[SkipReason::capacity] > 0; });

  scheduler.remove(TargetId{0});
  scheduler.remove(TargetId{1});
  scheduler.reap();

  EXPECT_EQ(script.under_way, 0);
}

TEST_F(SchedulerTest, ASecondLookComesSoon) {
  Script& script = quick_script();
  ScheduledTarget slow = target(script);
  slow.interval = 60s;
  Scheduler& scheduler = make();
  scheduler.add(TargetId{0}, slow);
  run_until([&] { return settled_[0].size() == 1; });

  scheduler.look_again(TargetId{0});
  run_until([&] { return settled_[0].size() == 2; });

  EXPECT_LT(settled_[0][1].started - settled_[0][0].started, 5s);
}

TEST_F(SchedulerTest, ARestingTargetIsNotProbedUntilItGoesOn) {
  Script& script = quick_script();
  Script& other = quick_script();
  Scheduler& scheduler = make();
  scheduler.add(TargetId{0}, target(script));
  scheduler.add(TargetId{1}, target(other));
  run_until([&] { return !settled_[0].empty(); });

  scheduler.rest(TargetId{0}, true);
  const int before = script.started;
  const int others = other.started;
  scheduler.look_again(TargetId{0});
  scheduler.look_now(TargetId{0});
  run_until([&] { return other.started >= others + 5; });
  EXPECT_EQ(script.started, before);

  scheduler.rest(TargetId{0}, false);
  run_until([&] { return script.started > before; });
  scheduler.rest(TargetId{0}, true);
  scheduler.remove(TargetId{0});
  scheduler.add(TargetId{0}, target(script));
  run_until([&] { return script.started > before + 1; });
}

TEST_F(SchedulerTest, ALookNowDoesNotWaitForTheInterval) {
  Script& script = quick_script();
  ScheduledTarget rare = target(script);
  rare.interval = rare.retry_interval = 1h;
  Scheduler& scheduler = make();
  scheduler.add(TargetId{0}, rare);
  run_until([&] { return settled_[0].size() == 1; });

  scheduler.look_now(TargetId{0});
  run_until([&] { return settled_[0].size() == 2; });

  EXPECT_EQ(script.most_under_way, 1);
}

TEST_F(SchedulerTest, DestroyingItCancelsEverything) {
  Script& script = silent_script();
  Scheduler& scheduler = make();
  for (std::uint32_t id = 0; id < 20; ++id) scheduler.add(TargetId{id}, target(script));
  run_until([&] { return script.under_way > 0; });

  scheduler_.reset();

  EXPECT_EQ(script.under_way, 0);
}

TEST(FlightCaps, LeaveDescriptorsForEverythingElse) {
  EXPECT_EQ(within_descriptors({.in_all = 5000, .per_kind = 4000}, 1024), (FlightCaps{960, 960}));
  EXPECT_EQ(within_descriptors({.in_all = 500, .per_kind = 400}, 20'000), (FlightCaps{500, 400}));
  EXPECT_EQ(within_descriptors({.in_all = 500, .per_kind = 400}, 10), (FlightCaps{1, 1}));
}

}  // namespace
}  // namespace siaga
