// What the engine says for the journal to keep, and what it needs back after a restart: plain
// values, no behaviour. A record is complete in itself: writing it twice changes nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/core/reason.h"
#include "agent/core/stamp.h"
#include "agent/engine/node.h"
#include "agent/engine/share.h"
#include "agent/engine/snapshot.h"

namespace siaga {

using OutageId = std::uint64_t;  // from 1. 0: none

// What is watched, and since when. Removed and added again under its name, it is another node.
struct Node {
  NodeNumber number = 0;
  std::string name, kind;
  NodeRole role = NodeRole::target;
  Stamp added;
  Stamp removed;  // not set while it is configured
  Millis interval{}, timeout{};

  bool operator==(const Node&) const = default;
};

// Who was taken to be at fault, from when on.
struct CausePiece {
  Stamp from;
  Cause cause = Cause::none;
  Reason reason = Reason::none;
  NodeNumber root = 0;  // what explains it; 0: the target itself

  bool operator==(const CausePiece&) const = default;
};

enum class OutageEnd : std::uint8_t { open, recovered, maintenance, removed };
inline constexpr std::size_t outage_end_count = 4;
std::string_view name(OutageEnd end);

// A time in which a target is down. It began after `last_good` and by `first_bad`; it ended after
// `last_bad` and by `ended`. It counts from its first piece on, which lies between the first two.
struct Outage {
  OutageId id = 0;
  NodeNumber node = 0;
  Stamp last_good;  // the beginning of the last good run; not set: it was never seen up before
  Stamp first_bad;  // the end of the first bad run
  Stamp last_bad;   // the beginning of the last bad run
  Stamp ended;      // the end of the first good run; set exactly when `end` is not open
  OutageEnd end = OutageEnd::open;
  std::vector<CausePiece> pieces;  // ascending by `from`, at least one
  std::string detail;              // one sentence of the first failure
  bool is_settled = false;         // the cause of its beginning will not be revised any more

  Stamp began() const { return pieces.front().from; }
  Cause cause() const { return pieces.front().cause; }
  NodeNumber explained_by() const { return pieces.front().root; }
  bool is_open() const { return end == OutageEnd::open; }
  bool operator==(const Outage&) const = default;
};

// The cause of an outage was taken back for another, or the outage altogether.
struct Revision {
  OutageId outage = 0;
  NodeNumber node = 0;
  Stamp at;
  Cause from = Cause::none, to = Cause::none;  // `to` is none when the outage was withdrawn
  NodeNumber root = 0;                         // what explains it now
  std::string evidence;

  bool operator==(const Revision&) const = default;
};

// A booked stretch of time of one class, as long as it lasted.
struct Stretch {
  NodeNumber node = 0;
  Stamp from, to;
  Share share;
  OutageId outage = 0;  // that it belongs to

  bool operator==(const Stretch&) const = default;
};

struct StateChange {
  NodeNumber node = 0;
  Stamp at;  // since when, as the evidence says; not when it was noticed
  State from = State::pending, to = State::pending;
  Cause cause = Cause::none;
  Reason reason = Reason::none;
  NodeNumber root = 0;
  std::string detail;

  bool operator==(const StateChange&) const = default;
};

// Mains or a link returned; will what it had taken down come back?
struct Recovery {
  NodeNumber node = 0;
  NodeNumber root = 0;
  Cause after = Cause::none;  // power or link
  Stamp returned;             // when the root was back
  Stamp recovered;            // not set while it is awaited
  bool is_overdue = false;    // it took, or takes, longer than the grace

  bool operator==(const Recovery&) const = default;
};

// Time that is not settled yet, and how it stands.
struct OpenPiece {
  Stamp from;
  Share share;
  OutageId outage = 0;

  bool operator==(const OpenPiece&) const = default;
};

// All that a restart needs of a node: totals up to `booked_until`, and how the time from there on
// stands. The last piece is open: it reaches to the last moment that the journal speaks for.
struct NodeState {
  NodeNumber node = 0;
  Totals totals;
  Stamp booked_until;
  Stamp stretch_from;  // where the stretch began that the first piece continues
  std::vector<OpenPiece> pieces;
  Stamp last_good;                                   // boot 0: never
  OutageId outage = 0;                               // the open one
  std::array<std::uint32_t, cause_count> outages{};  // settled ones, by cause
  bool is_flapping = false;

  bool operator==(const NodeState&) const = default;
};

// A maintenance window that somebody declared while the agent ran.
struct Window {
  std::uint64_t id = 0;              // from 1
  std::vector<std::string> targets;  // names; empty: all
  WallTime from{}, until{};
  std::string note;
  bool is_cancelled = false;  // at `until`, which was then cut to the moment of cancelling

  bool operator==(const Window&) const = default;
};

// Why the agent did not run.
enum class DarkClass : std::uint8_t { power, power_suspected, panic, reboot, crash, stop };
inline constexpr std::size_t dark_class_count = 6;
std::string_view name(DarkClass dark);

// A time in which the agent itself did not run. It began after `from`, the last durable beat, and
// within `slack` of it.
struct DarkInterval {
  std::uint64_t id = 0;  // from 1
  Stamp from, to;        // to: when the agent ran again
  Millis slack{};
  DarkClass dark_class = DarkClass::crash;
  bool is_mains_off = false;     // the mains was off at `from`
  std::optional<Millis> length;  // unknown while a boot's clock is not trusted
  std::string evidence;

  bool operator==(const DarkInterval&) const = default;
};

// What happened to a mains or a link without changing its state.
enum class NoteKind : std::uint8_t {
  brown_out,      // the mains was too low or too high for a while
  brown_out_end,  // and is good again
  exhaustion,     // on battery, and the battery will not last
  cut_end,        // a cut is over; its length
  switch_over,    // another uplink carries the traffic
  path,           // the path breaks elsewhere than before
};
inline constexpr std::size_t note_kind_count = 6;
std::string_view name(NoteKind kind);

struct Note {
  NodeNumber node = 0;
  Stamp at;
  NoteKind kind = NoteKind::path;
  std::string text;  // one sentence

  bool operator==(const Note&) const = default;
};

using Record = std::variant<BootEra, Node, NodeState, Outage, Revision, Stretch, StateChange,
                            Recovery, Window, DarkInterval, Note>;

}  // namespace siaga
