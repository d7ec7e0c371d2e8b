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
  void settle(Outcome outcome);

  Network& network_;
  Instant started_;
  Instant deadline_at_;
  bool is_extended_ = false;
  Settled settled_;
  Timer deadline_;
  std::unique_ptr<Attempt> attempt_;
};

}  // namespace siaga
