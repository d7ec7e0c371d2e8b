#include "agent/loop/poller.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "agent/core/check.h"
#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using tests::TestLoop;

struct SocketPair {
  SocketPair() { CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0); }
  ~SocketPair() {
    for (const int fd : ends) close(fd);
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;

  std::array<int, 2> ends{};
};

TEST(PollerTest, TellsReadableAndWritable) {
  const SocketPair pair;
  TestLoop test;
  PollEvents seen;
  auto poller = *Poller::open(test.loop(), pair.ends[0], [&](PollEvents events) {
    seen.readable = seen.readable || events.readable;
    seen.writable = seen.writable || events.writable;
  });
  poller->watch({.readable = true});
  test.run_ready();
  EXPECT_EQ(seen, PollEvents{});

  EXPECT_EQ(write(pair.ends[1], "x", 1), 1);
  test.run_ready();
  EXPECT_EQ(seen, PollEvents{.readable = true});
  poller->watch({.writable = true});
  test.run_ready();

  EXPECT_TRUE(seen.writable);
}

TEST(PollerTest, SaysNothingWhenNothingIsWatched) {
  const SocketPair pair;
  TestLoop test;
  int calls = 0;
  auto poller = *Poller::open(test.loop(), pair.ends[0], [&](PollEvents) { ++calls; });
  EXPECT_EQ(write(pair.ends[1], "x", 1), 1);
  test.run_ready();
  EXPECT_EQ(calls, 0);
  poller->watch({.readable = true});
  test.run_ready(1);
  EXPECT_EQ(calls, 1);

  poller->watch({});
  test.run_ready();

  EXPECT_EQ(calls, 1);
}

TEST(PollerTest, AnErrorComesAsBothAndTheWatchingGoesOn) {
  TestLoop test;
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
  std::vector<PollEvents> seen;
  auto poller =
      *Poller::open(test.loop(), ends[1], [&](PollEvents events) { seen.push_back(events); });
  poller->watch({.writable = true});
  close(ends[0]);  // a pipe nobody reads has an error condition: EPOLLERR

  test.run_ready(2);

  ASSERT_GE(seen.size(), 2U);
  EXPECT_EQ(seen[0], (PollEvents{.readable = true, .writable = true}));
  EXPECT_EQ(seen[1], seen[0]);
  poller.reset();
  close(ends[1]);
}

TEST(PollerTest, RefusesARegularFile) {
  TestLoop test;
  const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

  const auto poller = Poller::open(test.loop(), fd, [](PollEvents) {});

  ASSERT_FALSE(poller.has_value());
  EXPECT_EQ(poller.error().code, EPERM);
  close(fd);
}

TEST(PollerTest, TheDescriptorMayBeClosedRightAfterAndReused) {
  TestLoop test;
  for (int round = 0; round < 3; ++round) {
    const SocketPair pair;
    int calls = 0;
    auto poller = *Poller::open(test.loop(), pair.ends[0], [&](PollEvents) { ++calls; });
    poller->watch({.writable = true});
    test.run_ready(1);
    EXPECT_EQ(calls, 1);
    poller.reset();
  }
}

TEST(PollerTest, DroppedMidwaySaysNothing) {
  const SocketPair pair;
  TestLoop test;
  int calls = 0;
  auto poller = *Poller::open(test.loop(), pair.ends[0], [&](PollEvents) { ++calls; });
  poller->watch({.writable = true});

  poller.reset();
  test.run_until_idle();

  EXPECT_EQ(calls, 0);
}

TEST(PollerTest, MayBeDroppedInsideItsOwnCallback) {
  const SocketPair pair;
  TestLoop test;
  std::unique_ptr<Poller> poller;
  bool is_called = false;
  poller = *Poller::open(test.loop(), pair.ends[0], [&, kept = std::string(100, 'x')](PollEvents) {
    poller.reset();
    is_called = kept.size() == 100;
  });
  poller->watch({.writable = true});

  test.run_until_idle();

  EXPECT_TRUE(is_called);
}

TEST(PollerTest, AnUnreferencedOneDoesNotKeepTheLoopAlive) {
  const SocketPair pair;
  TestLoop test;
  auto poller = *Poller::open(test.loop(), pair.ends[0], [](PollEvents) {});
  poller->watch({.readable = true});

  poller->unreference();

  test.run_until_idle();
}

}  // namespace
}  // namespace siaga
