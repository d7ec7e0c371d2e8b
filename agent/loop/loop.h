// The event loop: one thread, one libuv loop. agent/loop is the only folder that sees <uv.h>.
//
// The ownership contract of everything in this folder:
//  * Starting something returns an owner. Destroying the owner cancels; after the destructor has
//    returned no callback of it runs.
//  * A completion is delivered at most once, never from inside the call that started it, and as
//    the last statement of the callback, from a moved-out function: the receiver may destroy the
//    sender inside it.
//  * What libuv holds is a separate block that outlives the owner; the close callback frees it.
//  * Everything here belongs to the loop's thread, except Post::Sender.
#pragma once

#include <functional>
#include <memory>

#include "agent/core/time.h"

struct uv_loop_s;

namespace siaga {

class Loop {
 public:
  Loop();
  // All owners must be gone; lets close callbacks run, then CHECKs that uv_loop_close() is 0 and
  // prints what is still alive when it is not.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs until stop() or until nothing is left that could happen.
  void run();
  // One turn without waiting: what is ready now. True while something is still active.
  bool run_ready();
  // run() returns at the end of this turn. From the loop's thread, inside callbacks.
  void stop();

  // CLOCK_MONOTONIC now, read anew (not the turn's cached time).
  Instant now() const;

  uv_loop_s* raw() { return loop_.get(); }  // for agent/loop only

 private:
  struct Close {
    void operator()(uv_loop_s* loop) const;
  };
  std::unique_ptr<uv_loop_s, Close> loop_;
};

// Calls `callback` once on a coming turn of the loop, before the loop waits again; never from
// inside the constructor. Dropping it cancels. For results that are known at once.
class Soon {
 public:
  Soon(Loop& loop, std::move_only_function<void()> callback);
  ~Soon();
  Soon(const Soon&) = delete;
  Soon& operator=(const Soon&) = delete;

 private:
  struct Block;
  Block* block_;
};

// Calls `callback` at the end of every turn of the loop: after timers and I/O were handled, before
// the loop waits for more. Does not keep the loop alive.
class EachTurn {
 public:
  EachTurn(Loop& loop, std::function<void()> callback);
  ~EachTurn();
  EachTurn(const EachTurn&) = delete;
  EachTurn& operator=(const EachTurn&) = delete;

 private:
  struct Block;
  Block* block_;
};

}  // namespace siaga
