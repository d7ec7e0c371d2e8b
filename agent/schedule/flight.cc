#include "agent/schedule/flight.h"

#include <utility>

namespace siaga {

Flight::Flight(Network& network, const Probe& probe, Duration timeout, bool explain,
               Settled settled)
    : network_(network),
      started_(network.clock.now()),
      settled_(std::move(settled)),
      deadline_(network.loop, [this] { expire(); }) {
  deadline_.start_at(started_ + timeout);
  attempt_ = probe.start({.network = network, .deadline = started_ + timeout, .explain = explain},
                         [this](Outcome outcome) { settle(std::move(outcome)); });
}

Flight::~Flight() = default;

void Flight::expire() { settle(attempt_->give_up()); }

void Flight::settle(Outcome outcome) {
  outcome.started = started_;
  outcome.duration = network_.clock.now() - started_;
  deadline_.stop();
  auto deliver = std::exchange(settled_, {});
  deliver(std::move(outcome));
}

}  // namespace siaga
