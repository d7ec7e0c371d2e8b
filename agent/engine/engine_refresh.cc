// Bringing nodes in line with the evidence: pieces, status, books, recovery, the journal's rows.
#include <algorithm>
#include <utility>

#include "agent/core/limits.h"
#include "agent/engine/engine.h"

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

}  // namespace

Sources Engine::sources(const Slot& here) const {
  Sources all{.boot = ledger_.boot,
              .own = here.own->changes(),
              .maintenance = here.maintenance,
              .needs = {},
              .via = {}};
  const BootTime from = here.account->booked();
  const auto take = [&](const std::vector<TargetId>& ids, std::vector<Sources::Other>& others) {
    others.reserve(ids.size());
    for (const TargetId id : ids) {
      const Slot& other = slot(id);
      // What was over before is not asked for; the one that holds then is.
      auto first = std::ranges::upper_bound(other.past, from, {}, &Piece::from);
      if (first != other.past.begin()) --first;
      Sources::Other entry{.number = other.node.number,
                           .pieces = {first, other.past.end()},
                           .is_resolver = other.is_resolver};
      entry.pieces.insert(entry.pieces.end(), other.pieces.begin(), other.pieces.end());
      others.push_back(std::move(entry));
    }
  };
  take(here.needs, all.needs);
  take(here.via, all.via);
  return all;
}

// Since when one of those it is looked at through was down then, or not known to be back; nothing
// when none was.
std::optional<BootTime> Engine::blocked_since(const Slot& here, BootTime at) const {
  for (const TargetId id : here.via) {
    if (slot(id).is_resolver) continue;
    const std::vector<Piece>& pieces = slot(id).pieces;
    const auto after = std::ranges::upper_bound(pieces, at, {}, &Piece::from);
    if (after == pieces.begin()) continue;
    const Piece& piece = *(after - 1);
    if (piece.is_away() || piece.state == State::unknown) return piece.from;
  }
  return std::nullopt;
}

BootTime Engine::known_until(const Slot& here, BootTime now) const {
  if (here.node.role != NodeRole::target)
    return std::min(now - rules_.settle, here.vouched.value_or(now));
  return std::min({now, here.own->known_until(now), heard_until(here, now)});
}

// Up to where nothing can still be said about what the node depends on: good news of its own does
// not book over a doubt in what it needs.
BootTime Engine::heard_until(const Slot& here, BootTime now) const {
  BootTime until = now;
  for (const auto* ids : {&here.needs, &here.via}) {
    for (const TargetId id : *ids) {
      const Slot& other = slot(id);
      if (other.node.role != NodeRole::target) continue;
      until = std::min({until, other.own->heard_until(now), heard_until(other, now)});
    }
  }
  return until;
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
  hold(pieces, here.account->is_in_outage());
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
  if (is_own && here.node.role != NodeRole::target) status.state_detail = status.detail;
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
  here.recovery = Recovery{.node = here.node.number,
                           .root = root,
                           .after = after,
                           .returned = returned,
                           .recovered = {}};
  ledger_.records.emplace_back(*here.recovery);
}

void Engine::follow_recovery(Slot& here, BootTime now) {
  note_flap(here, State::pending, State::pending, now, now);
  const auto tell = [&] {
    const Cause open =
        here.recovery && here.recovery->is_overdue ? here.recovery->after : Cause::none;
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
  const Stamp began = outage == nullptr ? Stamp{} : outage->began();
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

}  // namespace siaga
