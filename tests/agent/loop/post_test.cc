#include "agent/loop/post.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <optional>
#include <thread>

#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using tests::TestLoop;

TEST(PostTest, RunsTasksOfManyThreadsOnTheLoopsThreadInTheOrderOfEach) {
  constexpr std::size_t threads = 4;
  constexpr int tasks = 500;
  TestLoop test;
  const Post post(test.loop());
  const auto loop_thread = std::this_thread::get_id();
  std::array<int, threads> last{};
  std::size_t count = 0;
  bool is_in_order = true;
  std::vector<std::jthread> senders;
  for (std::size_t thread = 0; thread < threads; ++thread) {
    senders.emplace_back([&, thread, sender = post.sender()] {
      for (int task = 1; task <= tasks; ++task) {
        EXPECT_TRUE(sender.send([&, thread, task] {
          is_in_order =
              is_in_order && std::this_thread::get_id() == loop_thread && last[thread] == task - 1;
          last[thread] = task;
          ++count;
        }));
      }
    });
  }

  test.run_until([&] { return count == threads * tasks; });

  EXPECT_TRUE(is_in_order);
}

TEST(PostTest, ASendBetweenTurnsKeepsRunGoingUntilItsTaskRan) {
  TestLoop test;
  const Post post(test.loop());
  bool is_run = false;
  post.sender().send([&] { is_run = true; });

  test.run_until_idle();

  EXPECT_TRUE(is_run);
}

TEST(PostTest, KeepsTheLoopAliveWhenAskedTo) {
  TestLoop test;
  std::optional<Post> post(std::in_place, test.loop(), true);
  std::jthread thread([sender = post->sender(), &post] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    sender.send([&post] { post.reset(); });
  });

  test.run_until_idle();

  EXPECT_FALSE(post.has_value());
}

TEST(PostTest, SendingAfterThePostIsGoneDoesNothing) {
  TestLoop test;
  std::optional<Post> post(std::in_place, test.loop());
  const Post::Sender sender = post->sender();
  bool is_run = false;
  sender.send([&] { is_run = true; });

  post.reset();
  EXPECT_FALSE(sender.send([&] { is_run = true; }));
  test.run_until_idle();

  EXPECT_FALSE(is_run);
}

TEST(PostTest, ASenderMayOutliveTheLoop) {
  std::optional<Post::Sender> sender;
  {
    TestLoop test;
    const Post post(test.loop());
    sender = post.sender();
  }

  EXPECT_FALSE(sender->send([] {}));
}

TEST(PostTest, ThreadsMaySendWhileThePostIsDestroyed) {
  for (int round = 0; round < 20; ++round) {
    TestLoop test;
    std::optional<Post> post(std::in_place, test.loop());
    std::atomic<int> sent = 0;
    std::vector<std::jthread> senders;
    for (int thread = 0; thread < 3; ++thread)
      senders.emplace_back([sender = post->sender(), &sent] {
        while (sender.send([] {})) ++sent;
      });
    test.run_until([&] { return sent > 10; });

    post.reset();
    test.run_until_idle();
  }
}

TEST(PostTest, MayBeDroppedInsideATaskAndDropsTheRest) {
  TestLoop test;
  std::optional<Post> post(std::in_place, test.loop());
  int calls = 0;
  for (int task = 0; task < 3; ++task)
    post->sender().send([&] {
      ++calls;
      post.reset();
    });

  test.run_until_idle();

  EXPECT_EQ(calls, 1);
}

TEST(PostTest, ATaskMaySendAnother) {
  TestLoop test;
  const Post post(test.loop());
  int calls = 0;
  post.sender().send([&] {
    ++calls;
    post.sender().send([&] { ++calls; });
  });

  test.run_until_idle();

  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace siaga
