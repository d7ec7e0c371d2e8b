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
  piece.evidence_latest = own.latest;
  piece.is_degraded = own.is_degraded;
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

// Whether it hides from the agent how a target is whose own evidence is `own`.
bool hides(const Sources::Other& via, const Piece& piece, const Piece& own) {
  const bool is_failing = own.state == State::down;
  if (via.is_resolver) return piece.is_away() && is_failing && is_of_resolver(own.reason);
  return piece.is_away() || (piece.is_degraded && is_failing && is_of_loss(own.reason));
}

const Sources::Other* blocked_via(const Sources& sources, const Piece& own) {
  for (const Sources::Other& other : sources.via)
    if (!other.pieces.empty() && hides(other, piece_at(other.pieces, own.from), own)) return &other;
  return nullptr;
}

// A need that is up and loses much of what its users send.
const Sources::Other* degraded_need(const Sources& sources, const Piece& own) {
  if (own.state != State::down || !is_of_loss(own.reason)) return nullptr;
  for (const Sources::Other& other : sources.needs)
    if (!other.pieces.empty() && piece_at(other.pieces, own.from).is_degraded) return &other;
  return nullptr;
}

void explain(Piece& piece, const Effect& need) {
  piece.state = State::down;
  piece.share = Share::down(need.piece->share.cause);
  piece.reason = need.piece->reason;
  piece.root = need.piece->root != 0 ? need.piece->root : need.by->number;
}

// When something changed, or several things together.
struct Bounds {
  std::optional<Stamp> earliest, latest;

  // Any of them is enough.
  void any(Stamp one_earliest, Stamp one_latest) {
    earliest = std::min(earliest.value_or(one_earliest), one_earliest);
    latest = std::min(latest.value_or(one_latest), one_latest);
  }
  // All of them must have come.
  void all(Stamp one_earliest, Stamp one_latest) {
    earliest = std::max(earliest.value_or(one_earliest), one_earliest);
    latest = std::max(latest.value_or(one_latest), one_latest);
  }
};

// What is up is up once its own evidence and all that it needs are. What hid it only hid it.
Bounds when_up(const Sources& sources, const OwnChange& own, BootTime at) {
  Bounds bounds;
  bounds.all(own.earliest, own.latest);
  for (const Sources::Other& other : sources.needs) {
    if (other.pieces.empty()) continue;
    const Piece& piece = piece_at(other.pieces, at);
    if (piece.state == State::up) bounds.all(piece.earliest, piece.latest);
  }
  return bounds;
}

// What began at `at` because of something else began with it, or before, if word of it came late.
Bounds when_explained(const Sources& sources, const Piece& effective, BootTime at) {
  Bounds bounds;
  const auto& others = effective.is_via_down() ? sources.via : sources.needs;
  for (const Sources::Other& other : others) {
    if (other.pieces.empty()) continue;
    const Piece& piece = piece_at(other.pieces, at);
    const bool is_it = other.number == effective.root || piece.root == effective.root;
    if ((piece.is_away() || piece.is_degraded) && (is_it || piece.from == at))
      bounds.any(piece.earliest, piece.latest);
  }
  return bounds;
}

// `is_first`: where the books end, what holds has begun before.
Bounds when(const Sources& sources, const Piece& effective, BootTime at, bool is_first) {
  const OwnChange& own = holding(sources.own, at, &OwnChange::from);
  const bool is_edge = std::ranges::find(sources.maintenance, at, &MaintenanceChange::at) !=
                       sources.maintenance.end();
  if (is_edge) return {};  // declared, to the moment
  if (effective.state == State::up) return when_up(sources, own, at);
  Bounds bounds;
  if (effective.is_explained()) bounds = when_explained(sources, effective, at);
  if (!bounds.earliest && (own.from == at || is_first)) bounds.any(own.earliest, own.latest);
  return bounds;
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

void hide(Piece& piece, const Sources::Other& via) {
  const Piece& cause = piece_at(via.pieces, piece.from);
  piece.state = State::unknown;
  piece.share = Share::unknown(Blind::via_down);
  piece.reason = cause.is_degraded ? Reason::link_degraded : cause.reason;
  piece.root = cause.root != 0 ? cause.root : via.number;
}

Piece effective_at(const Sources& sources, BootTime at) {
  Piece piece = own_piece(sources, at);
  const Effect need = worst_need(sources, at);
  if (need.piece != nullptr && !need.is_masked) {
    explain(piece, need);
  } else if (const Sources::Other* via = blocked_via(sources, piece)) {
    hide(piece, *via);
  } else if (const Sources::Other* degraded = degraded_need(sources, piece)) {
    piece.share = Share::down(Cause::link);
    piece.reason = Reason::link_degraded;
    piece.root = degraded->number;
  } else if (piece.state == State::up) {
    if (const Sources::Other* held = held_need(sources, at)) hold_back(piece, *held);
  }
  const bool is_on = !sources.maintenance.empty() && sources.maintenance.front().at <= at &&
                     holding(sources.maintenance, at, &MaintenanceChange::at).is_on;
  const bool is_covered = need.piece != nullptr && need.is_masked;
  if (!is_on && !is_covered) return piece;
  piece.is_masked_down = piece.is_down() || need.is_masked;
  piece.is_covered = is_covered && !is_on;
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
  piece.is_masked_down = from.is_masked_down;
  piece.is_covered = from.is_covered;
}

bool is_own_failure(const Piece& piece) { return piece.is_down() && piece.root == 0; }

// Whether the own failure under it can be the same event as one that began after `earliest`.
bool can_have_begun_with(const Piece& failure, Stamp earliest) {
  return failure.evidence_latest >= earliest;
}

// Nobody looked, or could: what stands on both sides of it reaches over it.
bool is_unseen(const Piece& piece) {
  return piece.share.is(TimeClass::unknown) && !piece.is_explained() && !piece.is_held;
}

// Failures before an explanation, the last one first: each can be the same event as that.
void absorb_beginnings(std::vector<Piece>& pieces, Millis settle) {
  std::size_t next = pieces.size();  // the explanation that the pieces behind `index` lead to
  BootTime explained{};              // since when it holds, before it took anything over
  for (std::size_t index = pieces.size(); index-- > 0;) {
    Piece& piece = pieces[index];
    if (piece.is_explained()) {
      next = index;
      explained = piece.from;
      continue;
    }
    if (is_unseen(piece)) continue;
    const bool is_one = is_own_failure(piece) && next < pieces.size() &&
                        explained - piece.from <= settle &&
                        can_have_begun_with(piece, pieces[next].earliest);
    if (!is_one) {
      next = pieces.size();
      continue;
    }
    const Piece explanation = pieces[next];
    // It may have been one event, or two that nobody can tell apart: the first of them began it.
    piece.earliest = std::min(piece.earliest, explanation.earliest);
    piece.latest = std::min(piece.latest, explanation.latest);
    // Nothing of what explains it can have been before.
    if (index > 0 && explanation.earliest.boot == explanation.latest.boot)
      piece.from = std::max(piece.from, std::min(explained, explanation.earliest.at));
    for (std::size_t place = index; place < next; ++place) take_over(pieces[place], explanation);
    next = index;
  }
}

// Old evidence of a failure that can have begun with what explained the time before, unless it
// goes on with one that was there before that.
void absorb_ends(std::vector<Piece>& pieces, const Before& before, Millis settle, BootTime now) {
  const Piece* previous = before.piece ? &*before.piece : nullptr;
  std::optional<Share> failed = before.failed;
  std::optional<Stamp> began;  // of the explained time that reaches up to here, at the earliest
  if (previous != nullptr && previous->is_explained()) began = previous->earliest;
  for (std::size_t index = 0; index < pieces.size(); ++index) {
    Piece& piece = pieces[index];
    const BootTime end = index + 1 < pieces.size() ? pieces[index + 1].from : now;
    if (began && is_own_failure(piece) && piece.evidence < piece.from &&
        end - piece.from <= settle && can_have_begun_with(piece, *began) && failed != piece.share)
      take_over(piece, *previous);
    if (!piece.is_explained()) began.reset();
    else if (!began) began = piece.earliest;
    failed = failed_at(piece, failed);
    previous = &piece;
  }
}

}  // namespace

std::vector<Piece> evaluate(const Sources& sources, BootTime from, BootTime now) {
  std::vector<Piece> pieces;
  const std::vector<BootTime> begins = boundaries(sources, from, now);
  pieces.reserve(begins.size());
  for (const BootTime at : begins) {
    Piece piece = effective_at(sources, at);
    const Bounds bounds = when(sources, piece, at, at == from);
    const Stamp here{.boot = sources.boot, .at = at};
    piece.earliest = std::min(bounds.earliest.value_or(here), here);
    piece.latest = std::max(bounds.latest.value_or(here), here);
    pieces.push_back(piece);
  }
  join_equal(pieces);
  return pieces;
}

std::optional<Share> failed_at(const Piece& piece, std::optional<Share> before) {
  if (is_own_failure(piece)) return piece.share;
  const bool is_over = !piece.is_explained() && !piece.share.is(TimeClass::unknown);
  return is_over ? std::nullopt : before;
}

void absorb(std::vector<Piece>& pieces, const Before& before, Millis settle, BootTime now) {
  absorb_beginnings(pieces, settle);
  absorb_ends(pieces, before, settle, now);
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
