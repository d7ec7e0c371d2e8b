#include "agent/schedule/flight.h"

#include <algorithm>
#include <utility>

#include "agent/core/limits.h"

namespace siaga {

Flight::Flight(Network& network, const Probe& probe, Duration timeout, bool explain,
               Settled settled)
    : network_(network),
      started_(network.clock.now()),
      deadline_at_(started_ + timeout),
      settled_(std::move(settled)),
      deadline_(network.loop, [this] { expire(); }) {
  deadline_.start_at(deadline_at_);
  attempt_ = probe.start({.network = network, .deadline = deadline_at_, .explain = explain},
                         [this](Outcome outcome) { settle(std::move(outcome)); });
}

Flight::~Flight() = default;

Duration Flight::waited() const {
  return attempt_ ? std::min(attempt_->waited(), limits::turn_wait_max) : Duration{};
}

bool Flight::has_waited_more() {
  const Duration more = waited() - waited_;
  if (more <= Duration{}) return false;
  waited_ += more;
  deadline_at_ += more;
  deadline_.start_at(deadline_at_);
  return true;
}

void Flight::expire() {
  if (has_waited_more()) return;
  const Instant now = network_.clock.now();
  const Duration stalled = now - deadline_at_;
  if (stalled > limits::late_after && !is_extended_) {
    is_extended_ = true;
    return deadline_.start_at(now + std::min(stalled, deadline_at_ - started_));
  }
  settle(attempt_->give_up());
}

void Flight::settle(Outcome outcome) {
  outcome.started = std::min(started_ + waited(), network_.clock.now());
  outcome.duration = network_.clock.now() - outcome.started;
  deadline_.stop();
  // The run is over: a peer that goes on talking is not listened to until somebody reaps this.
  attempt_.reset();
  auto deliver = std::exchange(settled_, {});
  deliver(std::move(outcome));
}

}  // namespace siaga
