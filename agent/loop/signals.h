// Unix signals on the loop.
#pragma once

#include <functional>

#include "agent/loop/loop.h"

namespace siaga {

class Signal {
 public:
  // Calls `callback` each time `number` arrives. Does not keep the loop alive.
  Signal(Loop& loop, int number, std::function<void()> callback);
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

 private:
  struct Block;
  Block* block_;
};

}  // namespace siaga
