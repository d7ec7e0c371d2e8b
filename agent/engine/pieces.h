// The effective state of a node over time: its own evidence, seen through maintenance, needs and
// via. Pure functions over pieces of time; the rules are in docs/outages.md.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "agent/core/stamp.h"
#include "agent/engine/node.h"
#include "agent/engine/own.h"
#include "agent/engine/share.h"
#include "agent/engine/snapshot.h"

namespace siaga {

// From `from` to the next piece's beginning, the last one to now. What changed at `from` changed
// between `earliest` and `latest`.
struct Piece {
  BootTime from{};
  Stamp earliest, latest;
  State state = State::pending;
  Share share;
  Reason reason = Reason::none;
  NodeNumber root = 0;          // what explains a down or unknown piece; 0: its own evidence
  bool is_held = false;         // unknown while its outage goes on: nobody has seen it return
  bool is_masked_down = false;  // in maintenance, and down without it
  bool is_covered = false;      // in maintenance because what it needs is
  bool is_degraded = false;     // up by its own word, and losing much of what goes through it
  // The own evidence under it: since when it is the same, and when it came at the latest.
  BootTime evidence{};
  Stamp evidence_latest;

  bool is_down() const { return share.is(TimeClass::down); }
  bool is_via_down() const { return share == Share::unknown(Blind::via_down); }
  // What is seen through it cannot be seen.
  bool is_away() const { return is_down() || is_masked_down || is_via_down(); }
  // Somebody else's doing.
  bool is_explained() const { return (is_down() && root != 0) || is_via_down() || is_covered; }
  // The same in all that is booked and shown.
  bool is_same(const Piece& other) const {
    return state == other.state && share == other.share && root == other.root &&
           reason == other.reason && is_masked_down == other.is_masked_down &&
           is_covered == other.is_covered && is_degraded == other.is_degraded &&
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
    NodeNumber number = 0;
    std::vector<Piece> pieces;
    bool is_resolver = false;  // looked through for names only
  };
  std::vector<Other> needs, via;
};

// Pieces over [from, now], at least one, no two neighbours the same; what begins at `now` is there.
std::vector<Piece> evaluate(const Sources& sources, BootTime from, BootTime now);

struct Before {                 // what was booked last: settled, it explains but is not changed
  std::optional<Piece> piece;   // none: nothing was booked
  std::optional<Share> failed;  // the failure of its own that goes on there, or under it
};
// Late evidence. A failure of its own that is followed, within `settle` of its beginning, by a time
// that something else explains was that one's from the beginning if it can have begun with it: if
// it came, at the latest, after that began at the earliest. So is old evidence of such a failure
// within `settle` of the explanation's end, unless the same had failed before it.
void absorb(std::vector<Piece>& pieces, const Before& before, Millis settle, BootTime now);
// The failure of its own that goes on after the piece, or is hidden by it; `before` is that of the
// piece before.
std::optional<Share> failed_at(const Piece& piece, std::optional<Share> before);

// Marks what is unknown while an outage goes on. `is_running`: one goes on where the pieces begin.
void hold(std::vector<Piece>& pieces, bool is_running);

}  // namespace siaga
