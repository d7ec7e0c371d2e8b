// Turns of the loop: Soon, EachTurn, stopping, closing.
#include "agent/loop/loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "agent/loop/timer.h"
#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using tests::TestLoop;

TEST(LoopTest, AnEmptyLoopReturnsAtOnceAndClosesClean) {
  TestLoop test;

  test.run_until_idle();

  EXPECT_FALSE(test.loop().run_ready());
}

TEST(LoopTest, NowMovesWithinATurn) {
  TestLoop test;
  bool has_moved = false;
  Soon soon(test.loop(), [&] {
    const Instant before = test.loop().now();
    while (test.loop().now() == before) {
    }
    has_moved = true;
  });

  test.run_until_idle();

  EXPECT_TRUE(has_moved);
}

TEST(LoopTest, StopEndsTheRunAndTheNextRunGoesOn) {
  TestLoop test;
  int calls = 0;
  std::optional<Soon> second;
  Soon first(test.loop(), [&] {
    ++calls;
    test.loop().stop();
    second.emplace(test.loop(), [&] { ++calls; });
  });

  test.loop().run();
  EXPECT_EQ(calls, 1);
  test.loop().run();

  EXPECT_EQ(calls, 2);
}

TEST(LoopTest, StopAtTheEndOfATurnDoesNotStopTheNextRun) {
  TestLoop test;
  std::optional<EachTurn> each_turn(std::in_place, test.loop(), [&] { test.loop().stop(); });
  test.loop().run();
  each_turn.reset();
  bool is_fired = false;
  Timer timer(test.loop(), [&] { is_fired = true; });
  timer.start_after(std::chrono::milliseconds(5));

  test.run_until_idle();

  EXPECT_TRUE(is_fired);
}

TEST(SoonTest, IsCalledOnceAndNotInsideItsConstructor) {
  TestLoop test;
  int calls = 0;

  Soon soon(test.loop(), [&] { ++calls; });
  EXPECT_EQ(calls, 0);
  test.run_until_idle();
  test.run_ready();

  EXPECT_EQ(calls, 1);
}

TEST(SoonTest, IsNeverCalledWhenDroppedBefore) {
  TestLoop test;
  bool is_called = false;

  {
    const Soon soon(test.loop(), [&] { is_called = true; });
  }
  test.run_until_idle();

  EXPECT_FALSE(is_called);
}

TEST(SoonTest, MayBeDroppedInsideItsOwnCallback) {
  TestLoop test;
  std::unique_ptr<Soon> soon;
  bool is_called = false;
  soon = std::make_unique<Soon>(test.loop(), [&, kept = std::string(100, 'x')] {
    soon.reset();
    is_called = kept.size() == 100;
  });

  test.run_until_idle();

  EXPECT_TRUE(is_called);
}

TEST(SoonTest, MayDropAnotherThatWaitsInTheSameTurn) {
  TestLoop test;
  std::unique_ptr<Soon> second;
  bool is_second_called = false;
  const Soon first(test.loop(), [&] { second.reset(); });
  second = std::make_unique<Soon>(test.loop(), [&] { is_second_called = true; });

  test.run_until_idle();

  EXPECT_FALSE(is_second_called);
}

TEST(SoonTest, AThousandAreCalledInOrder) {
  TestLoop test;
  std::vector<std::unique_ptr<Soon>> soons;
  std::vector<int> order;
  for (int index = 0; index < 1000; ++index)
    soons.push_back(
        std::make_unique<Soon>(test.loop(), [&order, index] { order.push_back(index); }));

  test.run_until_idle();

  ASSERT_EQ(order.size(), 1000U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(SoonTest, OneMadeInsideAnotherRunsOnALaterTurn) {
  TestLoop test;
  std::unique_ptr<Soon> second;
  int turn = 0;
  int second_turn = -1;
  EachTurn each_turn(test.loop(), [&] { ++turn; });
  int first_turn = -1;
  Soon first(test.loop(), [&] {
    first_turn = turn;
    second = std::make_unique<Soon>(test.loop(), [&] { second_turn = turn; });
  });

  test.run_until_idle();

  EXPECT_GT(second_turn, first_turn);
}

TEST(SoonTest, RunsAlthoughALongTimerWaits) {
  TestLoop test(std::chrono::seconds(5));
  Timer timer(test.loop(), [] {});
  timer.start_after(std::chrono::hours(1));
  Soon soon(test.loop(), [&] { test.loop().stop(); });

  test.loop().run();

  timer.stop();
}

TEST(EachTurnTest, RunsAfterTheWorkOfTheLastTurnToo) {
  TestLoop test;
  int calls = 0;
  int calls_at_end_of_turn = -1;
  EachTurn each_turn(test.loop(), [&] { calls_at_end_of_turn = calls; });
  Timer timer(test.loop(), [&] { ++calls; });
  timer.start_after(std::chrono::milliseconds(1));

  test.run_until_idle();

  EXPECT_EQ(calls_at_end_of_turn, 1);
}

TEST(EachTurnTest, RunsOncePerReadyTurn) {
  TestLoop test;
  int calls = 0;
  EachTurn each_turn(test.loop(), [&] { ++calls; });

  test.run_ready(3);

  EXPECT_EQ(calls, 3);
}

TEST(EachTurnTest, ASoonPostedInsideItRunsPromptly) {
  TestLoop test(std::chrono::seconds(5));
  std::optional<Soon> soon;
  bool is_called = false;
  EachTurn each_turn(test.loop(), [&] {
    if (soon) return;
    soon.emplace(test.loop(), [&] {
      is_called = true;
      test.loop().stop();
    });
  });
  Timer timer(test.loop(), [] {});
  timer.start_after(std::chrono::hours(1));

  test.loop().run();

  EXPECT_TRUE(is_called);
}

TEST(EachTurnTest, MayBeDroppedInsideItsOwnCallback) {
  TestLoop test;
  std::unique_ptr<EachTurn> each_turn;
  int calls = 0;
  each_turn = std::make_unique<EachTurn>(test.loop(), [&, kept = std::string(100, 'x')] {
    each_turn.reset();
    calls += kept.size() == 100 ? 1 : 0;
  });

  test.run_ready(3);

  EXPECT_EQ(calls, 1);
}

TEST(EachTurnTest, MayDropAnother) {
  TestLoop test;
  std::unique_ptr<EachTurn> second;
  int second_calls = 0;
  EachTurn first(test.loop(), [&] { second.reset(); });
  second = std::make_unique<EachTurn>(test.loop(), [&] { ++second_calls; });

  test.run_ready(3);

  EXPECT_EQ(second_calls, 0);
}

TEST(LoopDeathTest, SaysWhatIsAliveWhenAnOwnerOutlivesIt) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto loop = std::make_unique<Loop>();
        Timer timer(*loop, [] {});
        timer.start_after(std::chrono::hours(1));
        loop.reset();
      },
      "timer");
}

}  // namespace
}  // namespace siaga
