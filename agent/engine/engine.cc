// The graph, and events on it.
#include "agent/engine/engine.h"

#include <algorithm>
#include <utility>

#include "agent/core/check.h"
#include "agent/core/limits.h"
#include "agent/engine/record.h"

namespace siaga {
namespace {

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

TargetId Engine::restore(std::shared_ptr<const TargetInfo> info, const Node& node,
                         const NodePast& life, const Restart& restart, BootTime now) {
  const Own::Rules rules = own_rules(*info);
  Node renewed = node_of(*info, node.number, node.added);
  const TargetId id = place(std::move(info), std::move(renewed));
  Slot& fresh = slot(id);
  const Stamp here = ledger_.stamp(now);
  latest_dark_ = restart.dark.id;
  const OpenPiece last = life.state.pieces.empty() ? OpenPiece{} : life.state.pieces.back();
  // Runs are at most this far apart: the last one before the end was later than that, and what
  // held then had been seen when it began.
  const Millis apart =
      node.interval + node.interval / limits::look_share + node.timeout + limits::lateness_millis;
  const Stamp last_run{.boot = restart.alive_until.boot,
                       .at = std::max(BootTime{}, restart.alive_until.at - apart)};
  const bool was_up = last.share.is(TimeClass::up);
  const bool was_down = last.share.is(TimeClass::down);
  const auto open = std::ranges::find(life.outages, life.state.outage, &Outage::id);
  Stamp last_good = life.state.last_good;
  // A success counts from the end of its run, and says nothing of that moment.
  if (was_up && last_run > last.from) last_good = std::max(last_good, last_run);
  Stamp last_bad = open == life.outages.end() ? Stamp{} : open->last_bad;
  if (was_down) last_bad = std::max({last_bad, last_run, last.from});
  fresh.own.emplace(rules, here, last_good, last_bad);
  fresh.account.emplace(node.number, here);
  fresh.account->restore(life,
                         {.alive_until = restart.alive_until,
                          .now = here,
                          .dark = Share::unknown(Blind::agent_dark),
                          .last_bad = last_bad,
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
  if (here.status->has_via == here.via.empty()) writable(here).has_via = !here.via.empty();
  refresh(id, now);
}

void Engine::set_order(std::vector<TargetId> order) {
  CHECK(order.size() == order_.size());
  order_ = std::move(order);
  for (const TargetId id : order_) {
    const std::uint16_t causes = possible_causes(slot(id));
    if (slot(id).status->causes != causes) writable(slot(id)).causes = causes;
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
                    .began = ledger_.stamp(std::min(began.boot, now)),
                    .ended = ledger_.stamp(std::min(std::max(began.boot, began.ended), now)),
                    .named = ledger_.stamp(std::min(began.boot, now) - began.name_age)};
  const std::optional<BootTime> blocked =
      outcome.verdict == Verdict::failed ? hidden_since(here, began) : std::nullopt;
  if (blocked) {
    evidence.verdict = Verdict::unknown;
    evidence.blind = Blind::via_down;
    evidence.hidden = ledger_.stamp(*blocked);
  }
  TargetStatus& status = writable(here);
  record_run(status, std::move(outcome), began.wall);
  here.own->take(evidence);
  status.failures_in_a_row = here.own->failures_in_a_row();
  status.successes_in_a_row = here.own->successes_in_a_row();
  refresh(id, now);
  return evidence.verdict == Verdict::failed && slot(id).own->state() != State::down;
}

std::optional<BootTime> Engine::hidden_since(const Slot& here, const RunTime& run) const {
  const auto at_first = blocked_since(here, run.boot);
  return at_first ? at_first : blocked_since(here, std::max(run.boot, run.ended));
}

bool Engine::is_hidden(TargetId id, const RunTime& run) const {
  return hidden_since(slot(id), run).has_value();
}

void Engine::judge(TargetId id, const Judgement& judgement, BootTime now) {
  Slot& here = slot(id);
  CHECK(here.node.role != NodeRole::target);
  const BootTime since =
      std::clamp(judgement.since, here.account->booked(), std::max(now, here.account->booked()));
  TargetStatus& status = writable(here);
  status.reason = judgement.reason;
  status.detail = judgement.evidence;
  const BootTime by = std::min(now, judgement.by.value_or(since));
  here.own->judge(
      {.from = since,
       .earliest = judgement.after ? ledger_.stamp(std::min(since, *judgement.after)) : Stamp{},
       .latest = ledger_.stamp(std::max(since, by)),
       .state = judgement.state,
       .reason = judgement.reason,
       .blind = Blind::agent_trouble,
       .is_degraded = judgement.is_degraded});
  refresh(id, now);
}

void Engine::vouch(TargetId id, BootTime until) {
  std::optional<BootTime>& vouched = slot(id).vouched;
  vouched = std::max(vouched.value_or(until), until);
}

void Engine::set_resolver(TargetId id) { slot(id).is_resolver = true; }

void Engine::note(TargetId id, NoteKind kind, std::string text, BootTime at) {
  ledger_.records.emplace_back(Note{.node = slot(id).node.number,
                                    .at = ledger_.stamp(at),
                                    .kind = kind,
                                    .text = std::move(text)});
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
      if (here.own->pass(now) || is_restless(here)) refresh(id, now);
    }
  }
}

void Engine::date_dark(const DarkInterval& dark) {
  CHECK(dark.length.has_value());
  const bool is_latest = dark.id == latest_dark_;
  for (const auto* ids : {&roots_, &order_}) {
    for (const TargetId id : *ids) {
      Slot& here = slot(id);
      if (is_latest) here.account->date_dark(*dark.length);
      else if (here.node.added < dark.from) here.account->book_dark(*dark.length);
      retire(here);
      here.kept = {};
      keep(here);
    }
  }
  ledger_.records.emplace_back(dark);
}

bool Engine::owes_dark(TargetId id) const { return slot(id).account->owes_dark(); }

// Only this engine hands out the status, on one thread: a count of one means nobody else looks.
TargetStatus& Engine::writable(Slot& here) {
  CHECK(here.status != nullptr);
  if (here.status.use_count() > 1) here.status = std::make_shared<TargetStatus>(*here.status);
  return *here.status;
}

}  // namespace siaga
