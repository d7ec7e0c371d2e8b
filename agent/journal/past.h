// What reports read of the journal: plain values for a span of dates. Read-only, from a file that
// an agent may be writing at the same time.
#pragma once

#include <string>
#include <vector>

#include "agent/core/result.h"
#include "agent/core/stamp.h"
#include "agent/core/zone.h"
#include "agent/engine/history.h"

namespace siaga {

// One day of one node, in the office's zone: what remains when the detail is gone.
struct DayTotals {
  NodeNumber node = 0;
  std::int32_t day = 0;  // from 1970-01-01, as Zone counts
  Totals totals;
  std::array<std::uint32_t, cause_count> outages{};  // that began on this day
  Millis longest{};                                  // of them

  bool operator==(const DayTotals&) const = default;
};

struct Past {
  Dating dating;
  std::vector<Node> nodes;          // that were there in the span, removed ones too
  std::vector<Stretch> stretches;   // overlapping the span, by node, ascending; the open ones too,
                                    // up to `known_until`
  std::vector<Outage> outages;      // overlapping the span, by their beginning
  std::vector<Revision> revisions;  // of these outages
  std::vector<Recovery> recoveries;
  std::vector<DarkInterval> darks;
  std::vector<Window> windows;
  std::vector<DayTotals> days;  // only of days whose detail is gone
  std::vector<StateChange> changes;
  std::vector<Note> notes;
  Stamp known_until;  // the last moment that the journal speaks for
};

// Error: no journal there, not readable, damaged, or newer than this program; says what would help.
// `days` are of the zone that the office had when they were rolled up.
Result<Past> read_past(const std::string& journal_path, const std::string& heartbeat_path,
                       WallTime since, WallTime until);

// What `siaga journal check` says: one line per fault found, with the row; empty when all is well.
// Compares the sums of stretches and of states, bounds and order of outages, references, checksums.
Result<std::vector<std::string>> check_journal(const std::string& journal_path);

}  // namespace siaga
