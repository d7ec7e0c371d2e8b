// Booking, and outages in line with pieces.
#include "agent/engine/account.h"

#include <algorithm>
#include <utility>

#include "agent/core/check.h"
#include "agent/core/limits.h"

namespace siaga {
namespace {

// Down time, and what only looks like it, may still be explained otherwise.
bool is_revisable(const Piece& piece) { return piece.is_down() || piece.is_via_down(); }

CausePiece cause_piece(const Piece& piece, const Ledger& ledger) {
  return {.from = ledger.stamp(piece.from),
          .cause = piece.share.cause,
          .reason = piece.reason,
          .root = piece.root};
}

void extend(Outage& outage, const Piece& piece, const Ledger& ledger) {
  if (!outage.pieces.empty() && outage.pieces.back().cause == piece.share.cause &&
      outage.pieces.back().root == piece.root)
    return;
  outage.pieces.push_back(cause_piece(piece, ledger));
}

void finish(Outage& outage, const Piece& piece, const Ledger& ledger) {
  const bool is_declared = piece.share.is(TimeClass::maintenance);
  outage.ended = is_declared ? ledger.stamp(piece.from) : piece.latest;
  // An open outage from an earlier life of the agent knows when it was seen last.
  const Stamp seen = outage.last_bad > outage.began() ? outage.last_bad : outage.last_good;
  outage.last_bad = std::clamp(std::max(piece.earliest, seen), outage.last_good, outage.ended);
  outage.end = is_declared ? OutageEnd::maintenance : OutageEnd::recovered;
}

bool overlap(const Outage& left, const Outage& right) {
  const bool left_ends_before = !left.is_open() && left.ended <= right.began();
  const bool right_ends_before = !right.is_open() && right.ended <= left.began();
  return !left_ends_before && !right_ends_before;
}

std::string evidence_text(const Outage& outage) {
  if (outage.pieces.empty()) return "";
  const Reason reason = outage.pieces.front().reason;
  return reason == Reason::none ? std::string() : std::string(meaning(reason));
}

}  // namespace

Account::Account(NodeNumber node, Stamp since) : node_(node), booked_(since.at) {}

const Outage* Account::outage() const {
  return !outages_.empty() && outages_.back().is_open() ? &outages_.back() : nullptr;
}

void Account::follow(const View& view, Ledger& ledger) {
  adopt(group(view, ledger), view, ledger);
  book(view, ledger, false);
}

void Account::close(const View& view, Ledger& ledger) {
  adopt(group(view, ledger), view, ledger);
  book(view, ledger, true);
  end_stretch(ledger.stamp(booked_), ledger);
  if (outage() == nullptr) return;
  Outage& last = outages_.back();
  last.ended = last.last_bad = ledger.stamp(view.now);
  last.end = OutageEnd::removed;
  last.is_settled = true;
  ledger.records.emplace_back(last);
}

// The outages that the pieces amount to. The one that began in booked time goes on; its booked
// part stays as it is.
std::vector<Outage> Account::group(const View& view, const Ledger& ledger) const {
  std::vector<Outage> fresh;
  if (is_running_) {
    Outage running = outages_.front();
    const Stamp began = running.began();
    std::erase_if(running.pieces, [&](const CausePiece& piece) {
      return piece.from >= ledger.stamp(booked_) && piece.from != began;
    });
    running.end = OutageEnd::open;
    running.ended = {};
    running.last_bad = std::max(running.last_bad, began);
    fresh.push_back(std::move(running));
  }
  for (const Piece& piece : view.pieces) {
    const bool is_open = !fresh.empty() && fresh.back().is_open();
    if (piece.is_down()) {
      if (!is_open) {
        Outage& begun = fresh.emplace_back();
        begun.node = node_;
        begun.last_good = piece.earliest;
        begun.first_bad = piece.latest;
        begun.last_bad = ledger.stamp(piece.from);
      }
      extend(fresh.back(), piece, ledger);
    } else if (is_open && !piece.share.is(TimeClass::unknown)) {
      finish(fresh.back(), piece, ledger);
    }
  }
  return fresh;
}

// Finds each outage again that was known, says what is new about it, and withdraws the rest.
void Account::adopt(std::vector<Outage> fresh, const View& view, Ledger& ledger) {
  std::vector<Outage> known = std::exchange(outages_, {});
  for (Outage& outage : fresh) {
    const auto found = std::ranges::find_if(known, [&](const Outage& candidate) {
      return outage.id != 0 ? candidate.id == outage.id : overlap(candidate, outage);
    });
    if (found == known.end()) {
      outage.id = ++ledger.last_outage;
      outage.detail = view.detail;
      ledger.records.emplace_back(outage);
    } else {
      outage.id = found->id;
      outage.detail = found->detail;
      outage.is_settled = found->is_settled;
      revise(*found, outage, view.now, ledger);
      known.erase(found);
    }
    outages_.push_back(std::move(outage));
  }
  for (const Outage& gone : known) {
    ledger.records.emplace_back(Revision{.outage = gone.id,
                                         .node = node_,
                                         .at = ledger.stamp(view.now),
                                         .from = gone.cause(),
                                         .evidence = "what the agent looks through was down"});
  }
}

void Account::revise(const Outage& known, const Outage& fresh, BootTime now, Ledger& ledger) const {
  if (known == fresh) return;
  if (known.cause() != fresh.cause() || known.explained_by() != fresh.explained_by()) {
    ledger.records.emplace_back(Revision{.outage = fresh.id,
                                         .node = node_,
                                         .at = ledger.stamp(now),
                                         .from = known.cause(),
                                         .to = fresh.cause(),
                                         .root = fresh.explained_by(),
                                         .evidence = evidence_text(fresh)});
  }
  ledger.records.emplace_back(fresh);
}

// Up to where a piece may be booked: evidence that would change it can come no more.
BootTime Account::bookable(const Piece& piece, const View& view, const Ledger& ledger) const {
  if (piece.share.is(TimeClass::maintenance)) return view.now - limits::maintenance_lag;
  const BootTime settled = view.now - ledger.settle;
  if (piece.is_explained()) return settled;
  return is_revisable(piece) ? std::min(view.known_until, settled) : view.known_until;
}

void Account::book(const View& view, Ledger& ledger, bool is_everything) {
  for (std::size_t index = 0; index < view.pieces.size(); ++index) {
    const Piece& piece = view.pieces[index];
    const bool is_last = index + 1 == view.pieces.size();
    const BootTime end = is_last ? view.now : view.pieces[index + 1].from;
    const BootTime until = is_everything ? end : std::min(end, bookable(piece, view, ledger));
    if (until > booked_) book_piece(piece, until, ledger);
    if (booked_ < end) return;
  }
}

void Account::book_piece(const Piece& piece, BootTime until, Ledger& ledger) {
  const bool ends_outage = piece.share.is(TimeClass::up) || piece.share.is(TimeClass::maintenance);
  if (is_running_ && ends_outage) {
    outages_.erase(outages_.begin());
    is_running_ = false;
  }
  if (piece.is_down()) is_running_ = true;
  const OutageId id = is_running_ ? outages_.front().id : 0;
  if (piece.is_down()) settle(outages_.front(), ledger);
  turn_stretch(piece.share, id, ledger.stamp(booked_), ledger);
  totals_.add(piece.share, until - booked_);
  booked_ = until;
  before_ = {.piece = piece, .failed = failed_at(piece, before_.failed)};
}

void Account::settle(Outage& outage, Ledger& ledger) {
  if (outage.is_settled) return;
  outage.is_settled = true;
  ++counts_.at(static_cast<std::size_t>(outage.cause()));
  ledger.records.emplace_back(outage);
}

OutageId Account::outage_at(BootTime at, const Ledger& ledger) const {
  const Stamp stamp = ledger.stamp(at);
  for (const Outage& outage : outages_)
    if (outage.began() <= stamp && (outage.is_open() || stamp < outage.ended)) return outage.id;
  return 0;
}

NodeState Account::state(std::span<const Piece> pieces, std::optional<BootTime> doubt,
                         const Ledger& ledger) const {
  NodeState state{.node = node_,
                  .totals = totals_,
                  .booked_until = ledger.stamp(booked_),
                  .stretch_from = stretch_.node == 0 ? ledger.stamp(booked_) : stretch_.from,
                  .pieces = {},
                  .last_good = {},
                  .outage = outage() == nullptr ? 0 : outage()->id,
                  .outages = counts_};
  state.pieces.reserve(pieces.size() + 1);
  for (const Piece& piece : pieces) {
    const bool counts = piece.is_down() || piece.share.is(TimeClass::unknown);
    state.pieces.push_back({.from = ledger.stamp(std::max(piece.from, booked_)),
                            .share = piece.share,
                            .outage = counts ? outage_at(piece.from, ledger) : 0});
  }
  // A failure that nobody confirmed: after a crash, what came then was not seen.
  const Piece& last = pieces.back();
  if (doubt && !last.is_explained() && !last.share.is(TimeClass::maintenance)) {
    const Stamp from = ledger.stamp(std::max({*doubt, booked_, last.from}));
    std::erase_if(state.pieces, [&](const OpenPiece& piece) { return piece.from >= from; });
    state.pieces.push_back(
        {.from = from, .share = Share::unknown(Blind::agent_dark), .outage = state.outage});
  }
  // The open stretch is over, but what follows it is not booked yet: it ends where that begins.
  const OpenPiece& first = state.pieces.front();
  const bool is_over = first.share != stretch_.share || first.outage != stretch_.outage;
  if (state.stretch_from < state.booked_until && is_over)
    state.pieces.insert(
        state.pieces.begin(),
        {.from = state.stretch_from, .share = stretch_.share, .outage = stretch_.outage});
  return state;
}

// Time after a crash is booked as it stood: nobody comes to revise it any more.
void Account::restore(const NodePast& life, const Restart& restart, Ledger& ledger) {
  const NodeState& state = life.state;
  totals_ = state.totals;
  counts_ = state.outages;
  outages_ = life.outages;
  const OutageId open = state.outage;
  Stamp at = state.booked_until;
  const Stamp end = std::max(restart.alive_until, at);
  stretch_ = {};
  if (!state.pieces.empty()) continue_stretch(state.pieces.front(), state.stretch_from);
  for (std::size_t index = 0; index < state.pieces.size(); ++index) {
    const OpenPiece& piece = state.pieces[index];
    const bool is_last = index + 1 == state.pieces.size();
    const Stamp until = is_last ? end : std::min(end, state.pieces[index + 1].from);
    if (until <= at) continue;
    totals_.add(piece.share, until.at - at.at);
    turn_stretch(piece.share, piece.outage, at, ledger);
    at = until;
  }
  turn_stretch(restart.dark, open, at, ledger);
  end_stretch(restart.now, ledger);
  if (restart.dark_length) totals_.add(restart.dark, *restart.dark_length);
  else undated_dark_ = restart.dark;
  booked_ = restart.now.at;
  before_ = {.piece = Piece{.from = booked_, .earliest = at, .share = restart.dark}, .failed = {}};
  for (Outage& outage : outages_) {
    if (!outage.is_open() || outage.last_bad >= restart.last_bad) continue;
    outage.last_bad = restart.last_bad;
    ledger.records.emplace_back(outage);
  }
  settle_all(ledger);
  std::erase_if(outages_, [](const Outage& outage) { return !outage.is_open(); });
  is_running_ = !outages_.empty();
}

void Account::settle_all(Ledger& ledger) {
  for (Outage& outage : outages_) settle(outage, ledger);
}

void Account::continue_stretch(const OpenPiece& piece, Stamp from) {
  stretch_ = {.node = node_, .from = from, .to = {}, .share = piece.share, .outage = piece.outage};
}

// From `at` on the time is of this share: what was of another is a stretch that is over.
void Account::turn_stretch(Share share, OutageId outage, Stamp at, Ledger& ledger) {
  if (stretch_.node != 0 && stretch_.share == share && stretch_.outage == outage) return;
  end_stretch(at, ledger);
  stretch_ = {.node = node_, .from = at, .to = {}, .share = share, .outage = outage};
}

void Account::end_stretch(Stamp at, Ledger& ledger) {
  if (stretch_.node != 0 && stretch_.from < at) {
    stretch_.to = at;
    ledger.records.emplace_back(stretch_);
  }
  stretch_ = {};
}

void Account::date_dark(Millis length) {
  if (!undated_dark_) return;
  totals_.add(*undated_dark_, length);
  undated_dark_.reset();
}

}  // namespace siaga
