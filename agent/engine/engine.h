// Outcomes to states. Pure: no clock, no loop, no file, no log; the same events give the same
// history.
//
// The first state machine: a target is pending until its first verdict is confirmed; `confirm`
// failures in a row make it down, `recover` successes in a row make it up; the agent's own trouble
// makes it unknown at once, and moves no count: it is evidence of nothing.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "agent/core/outcome.h"
#include "agent/core/target.h"
#include "agent/engine/snapshot.h"

namespace siaga {

struct Transition {
  TargetId target{};
  State from = State::pending, to = State::pending;
  WallTime at{};  // when the first run began that led to it
  Reason reason = Reason::none;
  std::string detail;
};

struct Applied {
  std::optional<Transition> transition;
  bool wants_second_look = false;  // the verdict awaits confirmation: probe again soon
};

class Engine {
 public:
  // A new target, pending, behind all others in the snapshot's order.
  TargetId add(std::shared_ptr<const TargetInfo> info);
  void remove(TargetId id);
  // The order of targets in snapshots; must name exactly the present ones.
  void set_order(std::vector<TargetId> order);

  // `began` is the wall time at which the run began.
  Applied apply(TargetId id, Outcome outcome, WallTime began);

  const TargetStatus& status(TargetId id) const;
  std::size_t size() const { return order_.size(); }

  // All targets as they are now. Costs one pointer per target; a target that changes while a
  // snapshot still shows it is copied first.
  std::shared_ptr<const Snapshot> snapshot(WallTime now) const;

 private:
  struct Slot {
    std::shared_ptr<TargetStatus> status;
    State judged = State::pending;  // the last state that was up or down
    WallTime streak_began{};        // the first run of the failures or successes in a row
  };
  TargetStatus& writable(Slot& slot);

  std::vector<Slot> slots_;
  std::vector<TargetId> free_;
  std::vector<TargetId> order_;
};

}  // namespace siaga
