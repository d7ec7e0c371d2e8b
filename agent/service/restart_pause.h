// How long a start waits when the lives before it were short, so that an agent that cannot live
// does not burn the machine. systemd 252 has no growing pause of its own (RestartSteps= is 254's).
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "agent/core/time.h"

namespace siaga {

// What one start leaves for the next, in the runtime directory: gone with the boot.
struct StartRecord {
  int short_lives = 0;  // in a row, before this start
  BootTime began{};     // after the pause
};

struct StartPlan {
  int short_lives = 0;
  Duration pause{};  // before anything else is done
};

// A life is short when it ended within limits::short_life. The first short one costs nothing but
// the manager's own RestartSec, so that a single crash is no gap; then 2, 4, 8 s and so on, up to
// limits::restart_pause. `earlier`: of the life before, nothing when it ended in order.
StartPlan plan_start(const std::optional<StartRecord>& earlier, BootTime now);

// The record's file. A file that cannot be read or written is none: the agent starts all the same.
class StartFile {
 public:
  explicit StartFile(std::string path) : path_(std::move(path)) {}
  std::optional<StartRecord> read() const;
  void write(const StartRecord& record) const;
  // The life ended in order.
  void remove() const;

 private:
  const std::string path_;
};

}  // namespace siaga
