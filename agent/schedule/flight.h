// One probe under way: the owner of its Attempt and of the one deadline that covers all of it.
#pragma once

#include <functional>
#include <memory>

#include "agent/core/outcome.h"
#include "agent/loop/timer.h"
#include "probes/probe.h"

namespace siaga {

// A deadline that the loop notices late was not the target's alone: while the loop stood still
// nothing was read or sent. Once, the flight gets that time back, so that answers that were waiting
// are seen.
//
// Nor does the deadline count what the attempt waited for its turn behind others of this agent
// (Attempt::waited), up to limits::turn_wait_max: the run counts as started behind that.
//
// Settles once: settling consumes its callback. Destroying it cancels without settling.
class Flight {
 public:
  using Settled = std::move_only_function<void(Outcome)>;

  // Starts the run now. `settled` gets the outcome with started and duration filled, on a later
  // turn; it may destroy the Flight.
  Flight(Network& network, const Probe& probe, Duration timeout, bool explain, Settled settled);
  ~Flight();
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

 private:
  void expire();
  bool has_waited_more();
  Duration waited() const;
  void settle(Outcome outcome);

  Network& network_;
  Instant started_;
  Instant deadline_at_;
  Duration waited_{};  // that deadline_at_ knows of
  bool is_extended_ = false;
  Settled settled_;
  Timer deadline_;
  std::unique_ptr<Attempt> attempt_;
};

}  // namespace siaga
