// Asks systemd whether the machine is going down: the one question whose answer no file has in
// time. Without systemd the answer is no.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/core/time.h"
#include "agent/loop/loop.h"
#include "agent/loop/process.h"
#include "agent/loop/timer.h"

namespace siaga {

class ShutdownInquiry {
 public:
  using Answered = std::move_only_function<void(bool is_shutting_down)>;

  // Runs `systemctl is-system-running`, which says "stopping" as soon as shutdown.target has a job:
  // before the first service gets SIGTERM. Answers once, on a later turn, after
  // limits::shutdown_inquiry at the latest. Destroying it ends the child; no answer comes then.
  ShutdownInquiry(Loop& loop, Answered answered, std::string systemctl = "/usr/bin/systemctl");
  ShutdownInquiry(const ShutdownInquiry&) = delete;
  ShutdownInquiry& operator=(const ShutdownInquiry&) = delete;

 private:
  void answer(bool is_shutting_down);

  Answered answered_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<Timer> deadline_;
};

}  // namespace siaga
