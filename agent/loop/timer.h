// A timer that can be armed again and again. Coarse: fires up to about 1 ms late, never early.
#pragma once

#include <functional>

#include "agent/core/time.h"
#include "agent/loop/loop.h"

namespace siaga {

class Timer {
 public:
  // Not armed yet. `callback` runs each time the timer fires and may destroy the timer.
  Timer(Loop& loop, std::move_only_function<void()> callback);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Arms it (again) for one shot; an instant in the past fires on the next turn.
  void start_at(Instant when);
  void start_after(Duration delay);
  void stop();
  bool is_armed() const;
  // An unarmed or unreferenced timer does not keep the loop alive.
  void unreference();

 private:
  struct Block;
  Block* block_;
};

}  // namespace siaga
