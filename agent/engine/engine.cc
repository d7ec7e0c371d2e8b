// The graph, and events on it.
#include "agent/engine/engine.h"

#include <algorithm>
#include <utility>

#include "agent/core/check.h"
#include "agent/core/limits.h"
#include "agent/engine/record.h"

namespace siaga {
namespace {

bool has_same_shape(const std::vector<Piece>& left, const std::vector<Piece>& right) {
  return std::ranges::equal(left, right, [](const Piece& one, const Piece& other) {
    return one.is_same(other) && one.from == other.from;
  });
}

// The journal's row still says the same: the first piece goes on from wherever it was booked to.
bool is_kept(const NodeState& kept, const NodeState& now) {
  if (kept.node == 0 || kept.pieces.size() != now.pieces.size() || kept.outage != now.outage ||
      kept.outages != now.outages || kept.is_flapping != now.is_flapping)
    return false;
  for (std::size_t index = 0; index < now.pieces.size(); ++index) {
    const OpenPiece& left = kept.pieces[index];
    const OpenPiece& right = now.pieces[index];
    if (left.share != right.share || left.outage != right.outage) return false;
    if (index > 0 && left.from != right.from) return false;
  }
  if (kept.stretch_from != now.stretch_from || now.booked_until < kept.booked_until) return false;
  Totals expected = kept.totals;
  expected.add(kept.pieces.front().share, now.booked_until.at - kept.booked_until.at);
  return expected == now.totals;
}

Node node_of(const TargetInfo& info, NodeNumber number, Stamp added) {
  Node node;
  node.number = number;
  node.name = info.name;
  node.kind = info.kind;
  node.role = info.role;
  node.added = added;
  node.interval = std::chrono::ceil<Millis>(info.interval);
  node.timeout = std::chrono::ceil<Millis>(info.timeout);
  return node;
}

}  // namespace

Engine::Engine(EngineRules rules, Beginning beginning)
    : rules_(rules), last_node_(beginning.last_node) {
  ledger_.boot = beginning.boot;
  ledger_.last_outage = beginning.last_outage;
  set_rules(rules);
}

void Engine::set_rules(EngineRules rules) {
  rules_ = rules;
  ledger_.settle = rules.settle;
}

// Two intervals without a run, and a run may take twice its timeout (schedule/flight.h).
Own::Rules Engine::own_rules(const TargetInfo& info) const {
  if (info.role != NodeRole::target) return {};
  const auto run_max = std::chrono::ceil<Millis>(2 * info.timeout) + limits::lateness_millis;
  return {.confirm = info.confirm,
          .recover = info.recover,
          .stale_after = 2 * std::chrono::ceil<Millis>(info.interval) + run_max,
          .run_max = run_max};
}

TargetId Engine::place(std::shared_ptr<const TargetInfo> info, Node node) {
  TargetId id{static_cast<std::uint32_t>(slots_.size())};
  if (free_.empty()) {
    slots_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  Slot& fresh = slot(id);
  fresh.status = std::make_shared<TargetStatus>(fresh_status(std::move(info)));
  fresh.node = std::move(node);
  by_number_[fresh.node.number] = id;
  ledger_.records.emplace_back(fresh.node);
  (fresh.node.role == NodeRole::target ? order_ : roots_).push_back(id);
  return id;
}

TargetId Engine::add(std::shared_ptr<const TargetInfo> info, BootTime now) {
  const Stamp added = ledger_.stamp(now);
  const Own::Rules rules = own_rules(*info);
  const NodeNumber number = ++last_node_;
  Node node = node_of(*info, number, added);
  const TargetId id = place(std::move(info), std::move(node));
  slot(id).own.emplace(rules, added);
  slot(id).account.emplace(number, added);
  slot(id).status->since = added;
  slot(id).status->booked_until = added;
  refresh(id, now);
  return id;
}

TargetId Engine::restore(std::shared_ptr<const TargetInfo> info, const Node& node, const NodePast& life,
                         const Restart& restart, BootTime now) {
  const Own::Rules rules = own_rules(*info);
  Node renewed = node_of(*info, node.number, node.added);
  const TargetId id = place(std::move(info), std::move(renewed));
  Slot& fresh = slot(id);
  const Stamp here = ledger_.stamp(now);
  const OpenPiece last = life.state.pieces.empty() ? OpenPiece{} : life.state.pieces.back();
  // What needed a mains that was off when the machine went was down for its users all the while.
  const bool was_powerless = last.share == Share::down(Cause::power) &&
                             restart.dark.is_mains_off && here.boot != restart.alive_until.boot;
  // Runs are at most this far apart: the last one before the end was later than that.
  const Millis apart = node.interval + node.timeout + limits::lateness_millis;
  const Stamp seen{.boot = restart.alive_until.boot,
                   .at = std::max(BootTime{}, restart.alive_until.at - apart)};
  const bool was_up = last.share.is(TimeClass::up);
  const bool was_down = last.share.is(TimeClass::down);
  const auto open = std::ranges::find(life.outages, life.state.outage, &Outage::id);
  const Stamp last_bad = open == life.outages.end() ? Stamp{} : open->last_bad;
  fresh.own.emplace(rules, here, was_up ? std::max(life.state.last_good, seen) : life.state.last_good,
                    was_down ? std::max(last_bad, seen) : last_bad);
  fresh.account.emplace(node.number, here);
  fresh.account->restore(life,
                         {.alive_until = restart.alive_until,
                          .now = here,
                          .dark = was_powerless ? Share::down(Cause::power)
                                                : Share::unknown(Blind::agent_dark),
                          .dark_length = restart.dark.length},
                         ledger_);
  fresh.status->since = here;
  fresh.status->is_flapping = life.state.is_flapping;
  fresh.status->totals = fresh.account->totals();
  fresh.status->booked_until = here;
  fresh.status->outages = fresh.account->counts();
  fresh.recovery = life.recovery;
  const bool is_power_cut = restart.dark.dark_class == DarkClass::power ||
                            restart.dark.dark_class == DarkClass::power_suspected;
  if (is_power_cut && was_up && node.role == NodeRole::target)
    begin_recovery(fresh, 0, Cause::power, here);
  refresh(id, now);
  return id;
}

void Engine::replace(TargetId id, std::shared_ptr<const TargetInfo> info, BootTime now) {
  Slot& changed = slot(id);
  changed.own->restart(own_rules(*info), ledger_.stamp(now));
  Node node = node_of(*info, changed.node.number, changed.node.added);
  TargetStatus fresh = fresh_status(std::move(info));
  const TargetStatus& old = *changed.status;
  fresh.state = old.state;
  fresh.since = old.since;
  fresh.is_flapping = old.is_flapping;
  fresh.totals = old.totals;
  fresh.booked_until = old.booked_until;
  fresh.outages = old.outages;
  fresh.outage_began = old.outage_began;
  fresh.outage_cause = old.outage_cause;
  fresh.not_recovered_after = old.not_recovered_after;
  changed.status = std::make_shared<TargetStatus>(std::move(fresh));
  changed.node = std::move(node);
  ledger_.records.emplace_back(changed.node);
  refresh(id, now);
}

void Engine::remove(TargetId id, BootTime now) {
  refresh(id, now);
  Slot& gone = slot(id);
  CHECK(gone.status != nullptr);
  gone.account->close(view(gone, now), ledger_);
  gone.node.removed = ledger_.stamp(now);
  ledger_.records.emplace_back(gone.node);
  for (Slot& other : slots_) {
    std::erase(other.needs, id);
    std::erase(other.via, id);
    std::erase(other.dependents, id);
  }
  by_number_.erase(gone.node.number);
  gone = {};
  free_.push_back(id);
  std::erase(order_, id);
  std::erase(roots_, id);
}

void Engine::relate(TargetId id, std::vector<TargetId> needs, std::vector<TargetId> via,
                    BootTime now) {
  Slot& here = slot(id);
  if (here.needs == needs && here.via == via) return;
  for (const auto* list : {&here.needs, &here.via})
    for (const TargetId other : *list) std::erase(slot(other).dependents, id);
  here.needs = std::move(needs);
  here.via = std::move(via);
  for (const auto* list : {&here.needs, &here.via})
    for (const TargetId other : *list) slot(other).dependents.push_back(id);
  refresh(id, now);
}

void Engine::set_order(std::vector<TargetId> order) {
  CHECK(order.size() == order_.size());
  order_ = std::move(order);
  for (const TargetId id : order_) {
    const std::uint16_t causes = possible_causes(slot(id));
    const bool has_via = !slot(id).via.empty();
    const TargetStatus& known = *slot(id).status;
    if (known.causes == causes && known.has_via == has_via) continue;
    TargetStatus& status = writable(slot(id));
    status.causes = causes;
    status.has_via = has_via;
  }
}

// Its own reasons' causes, and those of all that it needs.
std::uint16_t Engine::possible_causes(const Slot& here) const {
  std::uint16_t causes = 0;
  const auto add = [&causes](Cause cause) {
    causes = static_cast<std::uint16_t>(causes | (1U << static_cast<unsigned>(cause)));
  };
  for (const Reason reason : here.status->info->reasons)
    if (cause(reason) != Cause::none) add(cause(reason));
  if (here.node.role == NodeRole::mains) add(Cause::power);
  if (here.node.role == NodeRole::link) add(Cause::link);
  for (const TargetId id : here.needs)
    causes = static_cast<std::uint16_t>(causes | possible_causes(slot(id)));
  return causes;
}

// What was seen through something that was down is evidence of nothing but that; what was seen to
// be good all the same is good.
bool Engine::apply(TargetId id, Outcome outcome, RunTime began, BootTime now) {
  Slot& here = slot(id);
  Evidence evidence{.verdict = outcome.verdict,
                    .reason = outcome.reason,
                    .began = ledger_.stamp(std::min(began.boot, now))};
  if (outcome.verdict == Verdict::failed && is_blocked(here, evidence.began.at)) {
    evidence.verdict = Verdict::unknown;
    evidence.blind = Blind::via_down;
  }
  TargetStatus& status = writable(here);
  record_run(status, std::move(outcome), began.wall);
  here.own->take(evidence);
  status.failures_in_a_row = here.own->failures_in_a_row();
  status.successes_in_a_row = here.own->successes_in_a_row();
  refresh(id, now);
  return evidence.verdict == Verdict::failed && slot(id).own->state() != State::down;
}

void Engine::judge(TargetId id, const Judgement& judgement, BootTime now) {
  Slot& here = slot(id);
  CHECK(here.node.role != NodeRole::target);
  const BootTime since = std::clamp(judgement.since, here.account->booked(),
                                    std::max(now, here.account->booked()));
  here.own->judge({.from = since,
                   .earliest = ledger_.stamp(std::min(since, judgement.after.value_or(since))),
                   .state = judgement.state,
                   .reason = judgement.reason,
                   .blind = Blind::agent_trouble});
  refresh(id, now);
}

void Engine::set_maintenance(TargetId id, bool is_on, BootTime at, BootTime now) {
  Slot& here = slot(id);
  const bool was_on = !here.maintenance.empty() && here.maintenance.back().is_on;
  if (was_on == is_on) return;
  at = std::clamp(at, here.account->booked(), std::max(now, here.account->booked()));
  if (!here.maintenance.empty()) at = std::max(at, here.maintenance.back().at);
  here.maintenance.push_back({.at = at, .is_on = is_on});
  refresh(id, now);
}

// Targets that are simply up are booked by their runs; time matters to all others.
bool Engine::is_restless(const Slot& slot) const {
  return slot.pieces.size() != 1 || slot.pieces.front().state != State::up ||
         slot.own->doubt().has_value() || slot.recovery.has_value() || !slot.flaps.empty() ||
         slot.node.role != NodeRole::target;
}

void Engine::tick(BootTime now) {
  for (const auto* ids : {&roots_, &order_}) {
    for (const TargetId id : std::vector<TargetId>(*ids)) {
      Slot& here = slot(id);
      const std::size_t before = here.own->changes().size();
      here.own->pass(now);
      if (here.own->changes().size() != before || is_restless(here)) refresh(id, now);
    }
  }
}

void Engine::date_dark(Millis length) {
  for (const auto* ids : {&roots_, &order_}) {
    for (const TargetId id : *ids) {
      Slot& here = slot(id);
      here.account->date_dark(length);
      retire(here);
      here.kept = {};
      keep(here);
    }
  }
}

bool Engine::owes_dark(TargetId id) const { return slot(id).account->owes_dark(); }

Sources Engine::sources(const Slot& here) const {
  Sources all{.boot = ledger_.boot,
              .own = here.own->changes(),
              .maintenance = here.maintenance,
              .needs = {},
              .via = {}};
  const auto take = [&](const std::vector<TargetId>& ids, std::vector<Sources::Other>& others) {
    others.reserve(ids.size());
    for (const TargetId id : ids) {
      const Slot& other = slot(id);
      Sources::Other entry{.number = other.node.number, .pieces = other.past};
      entry.pieces.insert(entry.pieces.end(), other.pieces.begin(), other.pieces.end());
      others.push_back(std::move(entry));
    }
  };
  take(here.needs, all.needs);
  take(here.via, all.via);
  return all;
}

// Whether one of those it is looked at through was down then.
bool Engine::is_blocked(const Slot& here, BootTime at) const {
  return std::ranges::any_of(here.via, [&](TargetId id) {
    const std::vector<Piece>& pieces = slot(id).pieces;
    const auto after = std::ranges::upper_bound(pieces, at, {}, &Piece::from);
    if (after == pieces.begin()) return false;
    const Piece& piece = *(after - 1);
    return piece.is_down() || piece.is_masked_down || piece.is_via_down();
  });
}

BootTime Engine::known_until(const Slot& here, BootTime now) const {
  if (here.node.role == NodeRole::target) return std::min(now, here.own->known_until(now));
  return now - rules_.settle;
}

Account::View Engine::view(const Slot& here, BootTime now) const {
  return {.pieces = here.pieces,
          .known_until = known_until(here, now),
          .now = std::max(now, here.account->booked()),
          .detail = here.status->detail};
}

void Engine::refresh(TargetId id, BootTime now) {
  Slot& here = slot(id);
  now = std::max(now, here.account->booked());
  std::vector<Piece> pieces = evaluate(sources(here), here.account->booked(), now);
  absorb(pieces, here.account->before(), rules_.settle, now);
  const bool is_changed = !has_same_shape(pieces, here.pieces);
  here.pieces = std::move(pieces);
  publish(here, now);
  const BootTime booked = here.account->booked();
  here.account->follow(view(here, now), ledger_);
  if (here.account->booked() != booked) retire(here);
  follow_recovery(here, now);
  keep(here);
  if (!is_changed) return;
  for (const TargetId dependent : std::vector<TargetId>(here.dependents)) refresh(dependent, now);
}

// What was booked leaves the present: sources are cut, pieces go to those that may still ask.
void Engine::retire(Slot& here) {
  const BootTime booked = here.account->booked();
  while (here.pieces.size() > 1 && here.pieces[1].from <= booked) {
    if (!here.dependents.empty()) here.past.push_back(here.pieces.front());
    here.pieces.erase(here.pieces.begin());
  }
  if (here.pieces.front().from < booked) {
    if (!here.dependents.empty() &&
        (here.past.empty() || !here.past.back().is_same(here.pieces.front())))
      here.past.push_back(here.pieces.front());
    here.pieces.front().from = booked;
  }
  if (here.past.size() > limits::history_pieces) here.past.erase(here.past.begin());
  here.own->forget(booked);
  while (here.maintenance.size() > 1 && here.maintenance[1].at <= booked)
    here.maintenance.erase(here.maintenance.begin());
}

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

// The status as people see it, and a record when it changed.
void Engine::publish(Slot& here, BootTime now) {
  const Piece& piece = here.pieces.back();
  TargetStatus& status = writable(here);
  const bool is_same_fault = status.cause == piece.share.cause && status.state == piece.state;
  const Node* const root = find(piece.root);
  const std::string root_name = root == nullptr ? std::string() : root->name;
  const bool is_own = piece.root == 0;
  const bool is_explained = piece.state == State::down || piece.state == State::unknown;
  status.state_reason = is_explained ? piece.reason : Reason::none;
  if (is_explained && is_own && status.reason == piece.reason) status.state_detail = status.detail;
  else if (!is_own || !is_explained) status.state_detail.clear();
  if (is_same_fault && status.explained_by == root_name) return;
  const State from = std::exchange(status.state, piece.state);
  status.cause = piece.share.cause;
  status.explained_by = root_name;
  if (from != piece.state) status.since = ledger_.stamp(piece.from);
  ledger_.records.emplace_back(StateChange{.node = here.node.number,
                                           .at = ledger_.stamp(piece.from),
                                           .from = from,
                                           .to = piece.state,
                                           .cause = piece.share.cause,
                                           .reason = status.state_reason,
                                           .root = piece.root,
                                           .detail = status.state_detail});
  note_flap(here, from, piece.state, piece.from, now);
  if (here.node.role != NodeRole::target && piece.state == State::up &&
      here.account->outage() != nullptr)
    await_recovery(here, piece);
}

void Engine::note_flap(Slot& here, State from, State to, BootTime at, BootTime now) {
  const bool is_turn =
      (from == State::up && to == State::down) || (from == State::down && to == State::up);
  if (is_turn) here.flaps.push_back(at);
  std::erase_if(here.flaps, [&](BootTime turn) { return now - turn > rules_.flap_window; });
  const bool is_flapping = std::cmp_greater(here.flaps.size(), rules_.flap_limit);
  if (here.status->is_flapping != is_flapping) writable(here).is_flapping = is_flapping;
}

// Mains or a link is back: everything that it explains has the grace to return.
void Engine::await_recovery(const Slot& root, const Piece& returned) {
  const Cause after = root.node.role == NodeRole::mains ? Cause::power : Cause::link;
  for (Slot& other : slots_) {
    if (other.status == nullptr || other.node.number == root.node.number) continue;
    const Outage* const outage = other.account->outage();
    if (outage == nullptr || outage->pieces.back().root != root.node.number) continue;
    begin_recovery(other, root.node.number, after, ledger_.stamp(returned.from));
  }
}

void Engine::begin_recovery(Slot& here, NodeNumber root, Cause after, Stamp returned) {
  if (here.recovery && !here.recovery->recovered.is_set()) {
    here.recovery->recovered = returned;  // awaited anew
    ledger_.records.emplace_back(*here.recovery);
  }
  here.recovery =
      Recovery{.node = here.node.number,
               .root = root,
               .after = after,
               .returned = returned,
               .recovered = {}};
  ledger_.records.emplace_back(*here.recovery);
}

void Engine::follow_recovery(Slot& here, BootTime now) {
  note_flap(here, State::pending, State::pending, now, now);
  const auto tell = [&] {
    const Cause open = here.recovery && here.recovery->is_overdue ? here.recovery->after
                                                                  : Cause::none;
    if (here.status->not_recovered_after != open) writable(here).not_recovered_after = open;
  };
  if (!here.recovery) return tell();
  Recovery& recovery = *here.recovery;
  const bool is_here = recovery.returned.boot == ledger_.boot;
  if (here.status->state == State::up) {
    recovery.recovered = std::max(recovery.returned, here.status->since);
    if (is_here && recovery.recovered.at - recovery.returned.at > rules_.recovery_grace)
      recovery.is_overdue = true;
    ledger_.records.emplace_back(recovery);
    here.recovery.reset();
  } else if (is_here && !recovery.is_overdue &&
             now - recovery.returned.at >= rules_.recovery_grace) {
    recovery.is_overdue = true;
    ledger_.records.emplace_back(recovery);
  }
  tell();
}

// The account's present goes to the status and, when a restart would need to know, to the journal.
void Engine::keep(Slot& here) {
  const Outage* const outage = here.account->outage();
  const Stamp began = outage == nullptr ? Stamp{} : outage->first_bad;
  const Cause cause = outage == nullptr ? Cause::none : outage->pieces.back().cause;
  if (here.status->outage_began != began || here.status->outage_cause != cause) {
    TargetStatus& status = writable(here);
    status.outage_began = began;
    status.outage_cause = cause;
  }
  NodeState state = state_of(here);
  if (is_kept(here.kept, state)) return;
  ledger_.records.emplace_back(state);
  here.kept = std::move(state);
}

NodeState Engine::state_of(const Slot& here) const {
  NodeState state = here.account->state(here.pieces, here.own->doubt(), ledger_);
  state.last_good = here.own->last_good();
  state.is_flapping = here.status->is_flapping;
  return state;
}

std::vector<Record> Engine::take_records() { return std::exchange(ledger_.records, {}); }

std::vector<Record> Engine::all_states() const {
  std::vector<Record> records;
  records.reserve(2 * slots_.size());
  for (const Slot& here : slots_) {
    if (here.status == nullptr) continue;
    records.emplace_back(here.node);
    if (const Outage* const outage = here.account->outage()) records.emplace_back(*outage);
    if (here.recovery) records.emplace_back(*here.recovery);
    records.emplace_back(state_of(here));
  }
  return records;
}

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
  return snapshot;
}

// Only this engine hands out the status, on one thread: a count of one means nobody else looks.
TargetStatus& Engine::writable(Slot& here) {
  CHECK(here.status != nullptr);
  if (here.status.use_count() > 1) here.status = std::make_shared<TargetStatus>(*here.status);
  return *here.status;
}

}  // namespace siaga
