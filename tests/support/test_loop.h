// A Loop for tests, with a watchdog instead of patience: a test that hangs says so and aborts.
//
//   TestLoop test;
//   auto stream = TcpStream::connect(test.loop(), {...}, ...);
//   test.run_until([&] { return is_connected; });
#pragma once

#include <functional>
#include <memory>

#include "agent/loop/loop.h"

namespace siaga::tests {

class TestLoop {
 public:
  // Every single run_...() below must end within `patience`.
  explicit TestLoop(Duration patience = std::chrono::seconds(10));
  ~TestLoop();  // the loop must close clean: destroy owners first
  TestLoop(const TestLoop&) = delete;
  TestLoop& operator=(const TestLoop&) = delete;

  Loop& loop() { return *loop_; }

  // Runs until the predicate holds; looks at the end of each turn, and every few milliseconds, so
  // that it may ask about things of other threads (a peer's connections()).
  void run_until(std::function<bool()> predicate);
  // Runs until nothing is left that could happen.
  void run_until_idle();
  // Some turns without waiting: what is ready now, and what follows from it at once.
  void run_ready(int turns = 5);
  // Lets real time pass: only for "nothing happens".
  void run_for(Duration duration);

 private:
  class Watchdog;
  std::unique_ptr<Watchdog> watchdog_;
  std::unique_ptr<Loop> loop_;
};

}  // namespace siaga::tests
