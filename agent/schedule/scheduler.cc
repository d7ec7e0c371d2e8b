#include "agent/schedule/scheduler.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/core/check.h"
#include "agent/core/limits.h"

namespace siaga {

FlightCaps within_descriptors(FlightCaps wanted, std::size_t descriptors) {
  const std::size_t room =
      descriptors > limits::descriptors_kept ? descriptors - limits::descriptors_kept : 0;
  const std::size_t in_all =
      std::clamp<std::size_t>(wanted.in_all, 1, std::max<std::size_t>(room, 1));
  return {.in_all = in_all, .per_kind = std::clamp<std::size_t>(wanted.per_kind, 1, in_all)};
}

std::string_view name(SkipReason reason) {
  static constexpr std::array<std::string_view, skip_reason_count> names{"overlap", "capacity",
                                                                         "stall"};
  return names.at(static_cast<std::size_t>(reason));
}

Scheduler::Scheduler(Network& network, FlightCaps caps, Events events)
    : network_(network),
      caps_(caps),
      events_(std::move(events)),
      timetable_(network.clock.now()),
      timer_(network.loop, [this] { wake(); }) {}

Scheduler::~Scheduler() = default;

void Scheduler::add(TargetId id, ScheduledTarget target) {
  const std::uint32_t index = index_of(id);
  if (index >= rows_.size()) rows_.resize(index + 1U);
  Row& row = rows_[index];
  CHECK(!row.is_present);
  timetable_.add(id, target.name, target.interval, network_.clock.now());
  lines_.try_emplace(target.kind);
  row = Row{};
  row.target = std::move(target);
  row.is_present = true;
  arm();
}

void Scheduler::remove(TargetId id) {
  Row& row = rows_.at(index_of(id));
  CHECK(row.is_present);
  if (!row.is_resting) stop(id, row);
  row = Row{};
  arm();
}

void Scheduler::stop(TargetId id, Row& row) {
  timetable_.remove(id);
  Line& line = lines_.find(row.target.kind)->second;
  if (row.is_waiting) waiting_ -= std::erase(line.waiting, id);
  row.is_waiting = false;
  std::erase(settled_, id);
  if (row.flight) land(row);
}

void Scheduler::rest(TargetId id, bool is_resting) {
  Row& row = rows_.at(index_of(id));
  CHECK(row.is_present);
  if (row.is_resting == is_resting) return;
  row.is_resting = is_resting;
  if (is_resting) stop(id, row);
  else timetable_.add(id, row.target.name, row.target.interval, network_.clock.now());
  arm();
}

void Scheduler::look_again(TargetId id) {
  const Row& row = rows_.at(index_of(id));
  if (!row.is_present || row.is_resting) return;
  timetable_.look_again(id, network_.clock.now() + row.target.retry_interval);
  arm();
}

void Scheduler::look_now(TargetId id) {
  const Row& row = rows_.at(index_of(id));
  if (!row.is_present || row.is_resting || row.is_waiting || row.flight) return;
  timetable_.look_again(id, network_.clock.now());
  arm();
}

void Scheduler::cancel_flights() {
  for (Row& row : rows_) {
    if (row.flight) land(row);
  }
  settled_.clear();
}

void Scheduler::wake() {
  const Instant now = network_.clock.now();
  if (events_.lag) events_.lag(std::max(Duration::zero(), now - planned_wake_));
  for (const Due& due : timetable_.take_due(now)) start_or_wait(due);
  report_missed();
  arm();
}

void Scheduler::arm() {
  const auto next = timetable_.next();
  if (!next) return timer_.stop();
  if (timer_.is_armed() && planned_wake_ == *next) return;
  planned_wake_ = *next;
  timer_.start_at(*next);
}

void Scheduler::report_missed() {
  for (const Due& due : timetable_.take_missed()) {
    events_.skipped(rows_[index_of(due.id)].target.kind, SkipReason::stall, due.missed);
  }
}

void Scheduler::start_or_wait(const Due& due) {
  Row& row = rows_[index_of(due.id)];
  Line& line = lines_.find(row.target.kind)->second;
  if (row.is_waiting) return events_.skipped(row.target.kind, SkipReason::capacity, 1);
  if (row.flight && !row.is_settled)
    return events_.skipped(row.target.kind, SkipReason::overlap, 1);
  row.planned = due.planned;
  if (!row.flight && has_room(line)) return start(due.id, row);
  row.is_waiting = true;
  ++waiting_;
  line.waiting.push_back(due.id);
}

bool Scheduler::has_room(const Line& line) const {
  return in_flight_ < caps_.in_all && line.in_flight < caps_.per_kind;
}

void Scheduler::start(TargetId id, Row& row) {
  if (network_.clock.now() - row.planned > limits::late_after) events_.late(row.target.kind);
  ++in_flight_;
  ++lines_.find(row.target.kind)->second.in_flight;
  row.is_settled = false;
  row.flight =
      std::make_unique<Flight>(network_, *row.target.probe, row.target.timeout, false,
                               [this, id](Outcome outcome) { settle(id, std::move(outcome)); });
}

void Scheduler::settle(TargetId id, Outcome outcome) {
  rows_[index_of(id)].is_settled = true;
  settled_.push_back(id);
  events_.settled(id, std::move(outcome));
}

void Scheduler::land(Row& row) {
  row.flight.reset();
  row.is_settled = false;
  --in_flight_;
  --lines_.find(row.target.kind)->second.in_flight;
}

void Scheduler::reap() {
  for (const TargetId id : std::exchange(settled_, {})) land(rows_[index_of(id)]);
  if (waiting_ > 0) start_waiting();
}

// One of each kind in turn, so that no kind starves the others at the common cap.
void Scheduler::start_waiting() {
  bool has_started = true;
  while (has_started) {
    has_started = false;
    for (auto& [kind, line] : lines_) {
      if (line.waiting.empty() || !has_room(line)) continue;
      const TargetId id = line.waiting.front();
      line.waiting.pop_front();
      --waiting_;
      Row& row = rows_[index_of(id)];
      row.is_waiting = false;
      start(id, row);
      has_started = true;
    }
  }
}

}  // namespace siaga
