// The effective state of a node over time: its own evidence, seen through maintenance, needs and
// via. Pure functions over pieces of time; the rules are in docs/outages.md.
#pragma once

#include <span>
#include <vector>

#include "agent/core/stamp.h"
#include "agent/engine/node.h"
#include "agent/engine/own.h"
#include "agent/engine/share.h"
#include "agent/engine/snapshot.h"

namespace siaga {

// From `from` to the next piece's beginning, the last one to now. What changed at `from` changed
// after `earliest`.
struct Piece {
  BootTime from{};
  Stamp earliest;
  State state = State::pending;
  Share share;
  Reason reason = Reason::none;
  NodeNumber root = 0;          // what explains a down or unknown piece; 0: its own evidence
  bool is_held = false;         // unknown while its outage goes on: nobody has seen it return
  bool is_masked_down = false;  // in maintenance, and down without it
  BootTime evidence{};          // since when the own evidence under it is the same

  bool is_down() const { return share.is(TimeClass::down); }
  bool is_via_down() const { return share == Share::unknown(Blind::via_down); }
  // Somebody else's fault.
  bool is_explained() const { return (is_down() && root != 0) || is_via_down(); }
  // The same in all that is booked and shown.
  bool is_same(const Piece& other) const {
    return state == other.state && share == other.share && root == other.root &&
           reason == other.reason && is_masked_down == other.is_masked_down &&
           is_held == other.is_held;
  }
};

struct MaintenanceChange {
  BootTime at{};
  bool is_on = false;
};

// What a node's pieces are made of. Every list is ascending and its first entry holds at `from`.
struct Sources {
  BootNumber boot = 0;
  std::span<const OwnChange> own;
  std::span<const MaintenanceChange> maintenance;  // may be empty: never
  // Pieces of the other nodes, with their numbers: empty lists are as good as up.
  struct Other {
    NodeNumber number;
    std::vector<Piece> pieces;
  };
  std::vector<Other> needs, via;
};

// Pieces over [from, now], at least one, no two neighbours the same; what begins at `now` is there.
std::vector<Piece> evaluate(const Sources& sources, BootTime from, BootTime now);

// Late evidence. Within `settle` of its beginning, a failure of its own that is followed by one
// that something else explains was that one's from the beginning; and within `settle` of the end of
// what explained it, old evidence of being down is still that one's. `before` is what was booked
// last, if anything: settled, it explains but is not changed.
void absorb(std::vector<Piece>& pieces, const Piece* before, Millis settle, BootTime now);

// Marks what is unknown while an outage goes on. `is_running`: one goes on where the pieces begin.
void hold(std::vector<Piece>& pieces, bool is_running);

}  // namespace siaga
