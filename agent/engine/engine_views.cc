// What others see of the engine: books, records, states, snapshots.
#include <algorithm>
#include <utility>

#include "agent/engine/engine.h"

namespace siaga {

Engine::Books Engine::books() const {
  Books books;
  books.entries.reserve(by_number_.size());
  for (const auto& [number, id] : by_number_) {
    const Account& account = *slot(id).account;
    books.entries.push_back({.id = id,
                             .number = number,
                             .totals = account.totals(),
                             .booked_until = ledger_.stamp(account.booked()),
                             .outages = account.counts()});
  }
  return books;
}

void Engine::show(const Books& books) {
  for (const Books::Entry& entry : books.entries) {
    const auto found = by_number_.find(entry.number);
    if (found == by_number_.end()) continue;
    const TargetStatus& known = *slot(found->second).status;
    if (known.booked_until == entry.booked_until && known.totals == entry.totals) continue;
    TargetStatus& status = writable(slot(found->second));
    status.totals = entry.totals;
    status.booked_until = entry.booked_until;
    status.outages = entry.outages;
  }
}

std::vector<Record> Engine::take_records() { return std::exchange(ledger_.records, {}); }

const TargetStatus& Engine::status(TargetId id) const { return *slot(id).status; }
const Node& Engine::node(TargetId id) const { return slot(id).node; }
const Outage* Engine::outage(TargetId id) const { return slot(id).account->outage(); }
NodeState Engine::state(TargetId id) const { return state_of(slot(id)); }

const Node* Engine::find(NodeNumber number) const {
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : &slot(found->second).node;
}

bool Engine::is_any_mains_off() const {
  return std::ranges::any_of(roots_, [this](TargetId id) {
    return slot(id).node.role == NodeRole::mains && slot(id).status->state == State::down;
  });
}

std::shared_ptr<const Snapshot> Engine::snapshot(WallTime now, const Dating& dating) const {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->taken = now;
  snapshot->dating = dating;
  snapshot->targets.reserve(order_.size());
  for (const TargetId id : order_) snapshot->targets.push_back(slot(id).status);
  for (const TargetId id : roots_) snapshot->roots.push_back(slot(id).status);
  return snapshot;
}

}  // namespace siaga
