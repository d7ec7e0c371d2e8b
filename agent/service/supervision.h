// What a service manager hears from the agent: sd_notify(3), the protocol of Type=notify. Silent
// where nobody listens. It judges nothing: words come from the daemon.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/time.h"
#include "agent/loop/timer.h"

namespace siaga {

// "READY=1" and the like, newline between assignments. For what happens outside of a loop.
void notify_service_manager(const std::string& assignments);

class Supervision {
 public:
  // `loop` must outlive it. The watchdog is fed from ready() on by a timer of the loop, three times
  // in each WatchdogSec: a loop that stands still is not fed.
  explicit Supervision(Loop& loop);
  ~Supervision();
  Supervision(const Supervision&) = delete;
  Supervision& operator=(const Supervision&) = delete;

  // Whether anybody listens: lines that are costly to make need not be made.
  bool is_heard() const { return is_heard_; }
  // After the start, and after each reloading().
  void ready();
  // One line for people, shown by `systemctl status`; the same line again is not sent.
  void say(const std::string& line);
  void reloading();
  void stopping();

 private:
  void feed();

  Timer feeding_;
  const bool is_heard_;
  const Duration interval_;  // between two meals; zero: no watchdog
  std::string said_;
};

}  // namespace siaga
