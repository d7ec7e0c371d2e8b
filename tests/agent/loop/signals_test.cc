#include "agent/loop/signals.h"

#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <string>

#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using tests::TestLoop;

TEST(SignalTest, ComesEachTimeTheSignalArrives) {
  TestLoop test;
  int calls = 0;
  const Signal signal(test.loop(), SIGUSR1, [&] { ++calls; });

  std::raise(SIGUSR1);
  test.run_until([&] { return calls == 1; });
  std::raise(SIGUSR1);
  test.run_until([&] { return calls == 2; });
}

TEST(SignalTest, DoesNotKeepTheLoopAlive) {
  TestLoop test;
  const Signal signal(test.loop(), SIGUSR1, [] {});

  test.run_until_idle();
}

TEST(SignalTest, DroppedMidwaySaysNothing) {
  TestLoop test;
  int calls = 0;
  const Signal kept(test.loop(), SIGUSR1, [&] { calls += 10; });
  auto dropped = std::make_unique<Signal>(test.loop(), SIGUSR1, [&] { ++calls; });

  dropped.reset();
  std::raise(SIGUSR1);
  test.run_until([&] { return calls != 0; });
  test.run_ready();

  EXPECT_EQ(calls, 10);
}

TEST(SignalTest, MayBeDroppedInsideItsOwnCallback) {
  TestLoop test;
  std::unique_ptr<Signal> signal;
  bool is_called = false;
  signal = std::make_unique<Signal>(test.loop(), SIGUSR1, [&, kept = std::string(100, 'x')] {
    signal.reset();
    is_called = kept.size() == 100;
  });

  std::raise(SIGUSR1);
  test.run_until([&] { return is_called; });
}

}  // namespace
}  // namespace siaga
