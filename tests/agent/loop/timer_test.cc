#include "agent/loop/timer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using tests::TestLoop;

TEST(TimerTest, FiresOnceAfterItsDelay) {
  TestLoop test;
  int calls = 0;
  Timer timer(test.loop(), [&] { ++calls; });

  timer.start_after(milliseconds(3));
  EXPECT_TRUE(timer.is_armed());
  test.run_until_idle();

  EXPECT_EQ(calls, 1);
  EXPECT_FALSE(timer.is_armed());
}

TEST(TimerTest, NeverFiresEarlyAlthoughTheLoopsCachedTimeIsOld) {
  TestLoop test;
  std::vector<std::unique_ptr<Timer>> timers;
  std::vector<Duration> lateness;
  // Odd microseconds, armed while the loop's own time is stale.
  for (int index = 0; index < 200; ++index) {
    const Instant due = test.loop().now() + microseconds(100 + index * 137);
    timers.push_back(std::make_unique<Timer>(
        test.loop(), [&, due] { lateness.push_back(test.loop().now() - due); }));
    timers.back()->start_at(due);
  }

  test.run_until_idle();

  ASSERT_EQ(lateness.size(), 200U);
  EXPECT_GE(*std::ranges::min_element(lateness), Duration::zero());
}

TEST(TimerTest, DoesNotWaitLongerBecauseACallbackTookLong) {
  TestLoop test;
  Instant due;
  Duration lateness = hours(1);
  Timer second(test.loop(), [&] { lateness = test.loop().now() - due; });
  Timer first(test.loop(), [&] {
    due = test.loop().now() + milliseconds(60);
    second.start_at(due);
    const Instant busy_until = test.loop().now() + milliseconds(50);
    while (test.loop().now() < busy_until) {
    }
  });
  first.start_after(milliseconds(1));

  test.run_until_idle();

  EXPECT_LT(lateness, milliseconds(40));
}

TEST(TimerTest, AnInstantInThePastFiresOnTheNextTurn) {
  TestLoop test;
  int calls = 0;
  Timer timer(test.loop(), [&] { ++calls; });

  timer.start_at(Instant{});
  EXPECT_EQ(calls, 0);
  EXPECT_TRUE(timer.is_armed());
  test.loop().run_ready();

  EXPECT_EQ(calls, 1);
}

TEST(TimerTest, ArmingItselfForThePastDoesNotHoldTheLoop) {
  TestLoop test;
  int calls = 0;
  Timer eager(test.loop(), [&] {
    ++calls;
    eager.start_at(Instant{});
  });
  eager.start_at(Instant{});

  for (int turn = 0; turn < 10; ++turn) test.loop().run_ready();

  EXPECT_EQ(calls, 10);
  eager.stop();
}

TEST(TimerTest, DoesNotFireOnceStopped) {
  TestLoop test;
  bool is_fired = false;
  Timer timer(test.loop(), [&] { is_fired = true; });
  Timer past(test.loop(), [&] { is_fired = true; });
  timer.start_after(milliseconds(1));
  past.start_at(Instant{});

  timer.stop();
  past.stop();
  test.run_until_idle();

  EXPECT_FALSE(is_fired);
  EXPECT_FALSE(past.is_armed());
}

TEST(TimerTest, ArmingAgainMovesIt) {
  TestLoop test;
  int calls = 0;
  Timer timer(test.loop(), [&] { ++calls; });
  timer.start_at(Instant{});
  timer.start_after(hours(1));
  test.run_ready();
  EXPECT_EQ(calls, 0);

  timer.start_after(milliseconds(1));
  test.run_until_idle();

  EXPECT_EQ(calls, 1);
}

TEST(TimerTest, MayBeArmedAgainInsideItsCallback) {
  TestLoop test;
  int calls = 0;
  Timer timer(test.loop(), [&] {
    if (++calls < 3) timer.start_after(milliseconds(1));
  });
  timer.start_after(milliseconds(1));

  test.run_until_idle();

  EXPECT_EQ(calls, 3);
}

TEST(TimerTest, DroppedMidwayNeverFires) {
  TestLoop test;
  bool is_fired = false;
  auto timer = std::make_unique<Timer>(test.loop(), [&] { is_fired = true; });
  auto past = std::make_unique<Timer>(test.loop(), [&] { is_fired = true; });
  timer->start_after(milliseconds(1));
  past->start_at(Instant{});

  timer.reset();
  past.reset();
  test.run_for(milliseconds(3));

  EXPECT_FALSE(is_fired);
}

TEST(TimerTest, MayBeDroppedInsideItsOwnCallback) {
  for (const Duration delay : {Duration(0), Duration(milliseconds(2))}) {
    TestLoop test;
    std::unique_ptr<Timer> timer;
    bool is_fired = false;
    timer = std::make_unique<Timer>(test.loop(), [&, kept = std::string(100, 'x')] {
      timer.reset();
      is_fired = kept.size() == 100;
    });
    timer->start_after(delay);

    test.run_until_idle();

    EXPECT_TRUE(is_fired);
  }
}

TEST(TimerTest, FarAwayInstantsDoNotOverflow) {
  TestLoop test;
  bool is_fired = false;
  Timer latest(test.loop(), [&] { is_fired = true; });
  Timer longest(test.loop(), [&] { is_fired = true; });

  latest.start_at(Instant::max());
  longest.start_after(Duration::max());
  test.run_for(milliseconds(3));

  EXPECT_FALSE(is_fired);
  EXPECT_TRUE(latest.is_armed());
  latest.stop();
  longest.stop();
}

TEST(TimerTest, AnUnreferencedTimerDoesNotKeepTheLoopAlive) {
  TestLoop test;
  Timer timer(test.loop(), [] {});
  timer.start_after(hours(1));

  timer.unreference();
  test.run_until_idle();

  EXPECT_TRUE(timer.is_armed());
}

}  // namespace
}  // namespace siaga
