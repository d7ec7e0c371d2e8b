// Effective states, and what late evidence changes about them.
#include "agent/engine/pieces.h"

#include <algorithm>

#include "agent/core/check.h"

namespace siaga {
namespace {

// The entry that holds at `at`: the last one that began by then; the first when none did.
template <typename Entry, typename Begin>
const Entry& holding(std::span<const Entry> entries, BootTime at, Begin begin) {
  CHECK(!entries.empty());
  const auto after = std::ranges::upper_bound(entries, at, {}, begin);
  return after == entries.begin() ? entries.front() : *(after - 1);
}

const Piece& piece_at(const std::vector<Piece>& pieces, BootTime at) {
  return holding(std::span<const Piece>(pieces), at, &Piece::from);
}

std::vector<BootTime> boundaries(const Sources& sources, BootTime from, BootTime now) {
  std::vector<BootTime> all{from};
  const auto add = [&](BootTime at) {
    if (at > from && at <= now) all.push_back(at);
  };
  for (const OwnChange& change : sources.own) add(change.from);
  for (const MaintenanceChange& change : sources.maintenance) add(change.at);
  for (const auto* others : {&sources.needs, &sources.via})
    for (const Sources::Other& other : *others)
      for (const Piece& piece : other.pieces) add(piece.from);
  std::ranges::sort(all);
  all.erase(std::ranges::unique(all).begin(), all.end());
  return all;
}

Piece own_piece(const Sources& sources, BootTime at) {
  const OwnChange& own = holding(sources.own, at, &OwnChange::from);
  Piece piece;
  piece.from = at;
  piece.state = own.state;
  piece.reason = own.reason;
  piece.evidence = own.from;
  if (own.state == State::up) piece.share = Share::up();
  else if (own.state == State::down) piece.share = Share::down(cause(own.reason));
  else piece.share = Share::unknown(own.blind);
  return piece;
}

// What a node that is needed does to those that need it.
struct Effect {
  const Sources::Other* by = nullptr;
  const Piece* piece = nullptr;
  bool is_masked = false;
};

// Of several needs that are down, the one nearest to the root of all evil: power before link before
// the rest; then the first that was named. Maintenance of one is weaker than a plain fault.
Effect worst_need(const Sources& sources, BootTime at) {
  Effect worst;
  for (const Sources::Other& other : sources.needs) {
    if (other.pieces.empty()) continue;
    const Piece& piece = piece_at(other.pieces, at);
    if (!piece.is_down() && !piece.is_masked_down) continue;
    const Effect found{.by = &other, .piece = &piece, .is_masked = !piece.is_down()};
    const bool is_worse = worst.piece == nullptr || (worst.is_masked && !found.is_masked) ||
                          (worst.is_masked == found.is_masked && !found.is_masked &&
                           piece.share.cause < worst.piece->share.cause);
    if (is_worse) worst = found;
  }
  return worst;
}

const Sources::Other* blocked_via(const Sources& sources, BootTime at) {
  for (const Sources::Other& other : sources.via) {
    if (other.pieces.empty()) continue;
    const Piece& piece = piece_at(other.pieces, at);
    if (piece.is_down() || piece.is_masked_down || piece.is_via_down()) return &other;
  }
  return nullptr;
}

void explain(Piece& piece, const Effect& need) {
  piece.state = State::down;
  piece.share = Share::down(need.piece->share.cause);
  piece.reason = need.piece->reason;
  piece.root = need.piece->root != 0 ? need.piece->root : need.by->number;
}

// What explains the piece, with what it said when the piece begins.
const Piece* explanation(const Sources& sources, const Piece& piece) {
  // Its own evidence may be blind by a via that is back already.
  const Sources::Other* const via =
      piece.is_via_down() ? blocked_via(sources, piece.from) : nullptr;
  if (piece.is_via_down()) return via == nullptr ? nullptr : &piece_at(via->pieces, piece.from);
  return piece.is_explained() ? worst_need(sources, piece.from).piece : nullptr;
}

// The change that began at `at` came after this: the earliest of the sources' that changed there.
Stamp earliest_at(const Sources& sources, BootTime at) {
  const OwnChange& own = holding(sources.own, at, &OwnChange::from);
  std::optional<Stamp> earliest;
  const auto take = [&](BootTime from, Stamp bound) {
    if (from == at && (!earliest || bound < *earliest)) earliest = bound;
  };
  take(own.from, own.earliest);
  for (const auto* others : {&sources.needs, &sources.via})
    for (const Sources::Other& other : *others)
      if (!other.pieces.empty()) {
        const Piece& piece = piece_at(other.pieces, at);
        take(piece.from, piece.earliest);
      }
  return earliest.value_or(Stamp{.boot = sources.boot, .at = at});
}

// A need that nobody has seen return yet.
const Sources::Other* held_need(const Sources& sources, BootTime at) {
  for (const Sources::Other& other : sources.needs)
    if (!other.pieces.empty() && piece_at(other.pieces, at).is_held) return &other;
  return nullptr;
}

void hold_back(Piece& piece, const Sources::Other& need) {
  const Piece& held = piece_at(need.pieces, piece.from);
  piece.state = State::unknown;
  piece.share = held.share;
  piece.reason = held.reason;
  piece.root = held.root != 0 ? held.root : need.number;
}

Piece effective_at(const Sources& sources, BootTime at) {
  Piece piece = own_piece(sources, at);
  const Effect need = worst_need(sources, at);
  if (need.piece != nullptr && !need.is_masked) {
    explain(piece, need);
  } else if (const Sources::Other* via = blocked_via(sources, at)) {
    const Piece& cause = piece_at(via->pieces, at);
    piece.state = State::unknown;
    piece.share = Share::unknown(Blind::via_down);
    piece.reason = cause.reason;
    piece.root = cause.root != 0 ? cause.root : via->number;
  } else if (piece.state == State::up) {
    if (const Sources::Other* held = held_need(sources, at)) hold_back(piece, *held);
  }
  const bool is_on = !sources.maintenance.empty() && sources.maintenance.front().at <= at &&
                     holding(sources.maintenance, at, &MaintenanceChange::at).is_on;
  if (!is_on && !(need.is_masked && need.piece != nullptr)) return piece;
  piece.is_masked_down = piece.is_down() || need.is_masked;
  piece.state = State::maintenance;
  piece.share = Share::maintenance();
  piece.reason = Reason::none;
  piece.root = 0;
  return piece;
}

void join_equal(std::vector<Piece>& pieces) {
  const auto last = std::ranges::unique(
      pieces, [](const Piece& left, const Piece& right) { return left.is_same(right); });
  pieces.erase(last.begin(), last.end());
}

void take_over(Piece& piece, const Piece& from) {
  piece.state = from.state;
  piece.share = from.share;
  piece.reason = from.reason;
  piece.root = from.root;
}

bool is_own_failure(const Piece& piece) { return piece.is_down() && piece.root == 0; }

}  // namespace

std::vector<Piece> evaluate(const Sources& sources, BootTime from, BootTime now) {
  std::vector<Piece> pieces;
  const std::vector<BootTime> begins = boundaries(sources, from, now);
  pieces.reserve(begins.size());
  for (const BootTime at : begins) {
    Piece piece = effective_at(sources, at);
    piece.earliest = earliest_at(sources, at);
    // An explanation that came too late for what was booked meanwhile: its bound is the true one.
    if (const Piece* const late = explanation(sources, piece); late != nullptr && late->from < at)
      piece.earliest = std::min(piece.earliest, late->earliest);
    pieces.push_back(piece);
  }
  join_equal(pieces);
  return pieces;
}

void absorb(std::vector<Piece>& pieces, const Piece* before, Millis settle, BootTime now) {
  for (std::size_t index = 0; index < pieces.size(); ++index) {
    Piece& piece = pieces[index];
    if (!is_own_failure(piece)) continue;
    const Piece* const previous = index > 0 ? &pieces[index - 1] : before;
    const Piece* const following = index + 1 < pieces.size() ? &pieces[index + 1] : nullptr;
    const BootTime end = following != nullptr ? following->from : now;
    const bool is_short = end - piece.from <= settle;
    const bool is_beginning = previous == nullptr || !previous->is_down();
    if (is_short && is_beginning && following != nullptr && following->is_explained()) {
      take_over(piece, *following);
    } else if (is_short && previous != nullptr && previous->is_explained() &&
               piece.evidence < piece.from) {
      take_over(piece, *previous);
    }
  }
  join_equal(pieces);
}

void hold(std::vector<Piece>& pieces, bool is_running) {
  for (Piece& piece : pieces) {
    const bool is_unknown = piece.share.is(TimeClass::unknown);
    if (!is_unknown) is_running = piece.is_down();
    piece.is_held = is_running && is_unknown;
  }
}

}  // namespace siaga
