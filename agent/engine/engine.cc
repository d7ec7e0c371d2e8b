#include "agent/engine/engine.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "agent/core/check.h"
#include "agent/engine/record.h"

namespace siaga {
namespace {

// Counts the verdict. True when it began a new row of equal verdicts.
bool count_in_a_row(TargetStatus& status, Verdict verdict) {
  if (verdict == Verdict::unknown) return false;
  std::uint32_t& same =
      verdict == Verdict::ok ? status.successes_in_a_row : status.failures_in_a_row;
  std::uint32_t& other =
      verdict == Verdict::ok ? status.failures_in_a_row : status.successes_in_a_row;
  other = 0;
  return ++same == 1;
}

// The state that the counts and the last verdict lead to. `judged` is the last one that was up or
// down: what the agent could not see in between neither confirms nor clears anything.
State next_state(const TargetStatus& status, State judged) {
  if (status.verdict == Verdict::unknown) return State::unknown;
  const TargetInfo& info = *status.info;
  const bool is_ok = status.verdict == Verdict::ok;
  if (judged == State::down) {
    if (!is_ok) return State::down;
    return status.successes_in_a_row >= info.recover ? State::up : status.state;
  }
  if (is_ok) return State::up;
  return status.failures_in_a_row >= info.confirm ? State::down : status.state;
}

}  // namespace

TargetId Engine::add(std::shared_ptr<const TargetInfo> info) {
  TargetId id{static_cast<std::uint32_t>(slots_.size())};
  if (free_.empty()) {
    slots_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  slots_[index_of(id)] = {.status = std::make_shared<TargetStatus>(fresh_status(std::move(info)))};
  order_.push_back(id);
  return id;
}

void Engine::remove(TargetId id) {
  CHECK(slots_.at(index_of(id)).status != nullptr);
  slots_[index_of(id)] = {};
  free_.push_back(id);
  std::erase(order_, id);
}

void Engine::set_order(std::vector<TargetId> order) {
  CHECK(order.size() == order_.size());
  order_ = std::move(order);
}

Applied Engine::apply(TargetId id, Outcome outcome, WallTime began) {
  Slot& slot = slots_.at(index_of(id));
  TargetStatus& status = writable(slot);
  const bool was_blind = status.has_run && status.verdict == Verdict::unknown;
  record_run(status, std::move(outcome), began);
  // What the agent could not see does not date a state, although the counts go on.
  if (count_in_a_row(status, status.verdict) || was_blind) slot.streak_began = began;

  const State from = status.state;
  const State to = next_state(status, slot.judged);
  if (to == State::up || to == State::down) slot.judged = to;
  Applied applied{.wants_second_look = status.verdict == Verdict::failed && to != State::down};
  // The state's reason follows the latest evidence: a site may go from timing out to refusing.
  const bool is_explained = to == State::down || to == State::unknown;
  if ((to == State::down && status.verdict == Verdict::failed) ||
      (to == State::unknown && status.verdict == Verdict::unknown)) {
    status.state_reason = status.reason;
    status.state_detail = status.detail;
  } else if (!is_explained) {
    status.state_reason = Reason::none;
    status.state_detail.clear();
  }
  if (to == from) return applied;

  status.state = to;
  status.since = to == State::unknown ? began : slot.streak_began;
  applied.transition = Transition{.target = id,
                                  .from = from,
                                  .to = to,
                                  .at = status.since,
                                  .reason = status.state_reason,
                                  .detail = status.state_detail};
  return applied;
}

const TargetStatus& Engine::status(TargetId id) const { return *slots_.at(index_of(id)).status; }

std::shared_ptr<const Snapshot> Engine::snapshot(WallTime now) const {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->taken = now;
  snapshot->targets.reserve(order_.size());
  for (const TargetId id : order_) snapshot->targets.push_back(slots_[index_of(id)].status);
  return snapshot;
}

// Only this engine hands out the status, on one thread: a count of one means nobody else looks.
TargetStatus& Engine::writable(Slot& slot) {
  CHECK(slot.status != nullptr);
  if (slot.status.use_count() > 1) slot.status = std::make_shared<TargetStatus>(*slot.status);
  return *slot.status;
}

}  // namespace siaga
