// What exporters see: all targets at one instant, immutable. A snapshot shares the targets that
// have not changed with the engine's present; it can be held as long as a reader needs it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/outcome.h"
#include "agent/core/reading.h"
#include "agent/core/reason.h"
#include "agent/core/stamp.h"
#include "agent/core/time.h"
#include "agent/engine/histogram.h"
#include "agent/engine/node.h"
#include "agent/engine/share.h"

namespace siaga {

enum class State : std::uint8_t { pending, up, down, unknown, maintenance };
inline constexpr std::size_t state_count = 5;
std::string_view name(State state);

// What does not change while a target is configured the same.
struct TargetInfo {
  std::string name, kind;
  NodeRole role = NodeRole::target;
  std::string instance;  // what is probed; blackbox dialect
  std::string host;      // smokeping dialect
  std::string source;    // configured source address; empty: none
  std::vector<std::pair<std::string, std::string>>
      labels;                                   // the configured ones, for siaga_target_info
  std::span<const ReadingDefinition> readings;  // the kind's table
  std::vector<Reason> reasons;  // that can happen to it, in the order of the closed list
  std::int64_t confirm = 2, recover = 1;
  Duration interval{}, timeout{};
};

struct TargetStatus {
  std::shared_ptr<const TargetInfo> info;

  State state = State::pending;
  Stamp since;                         // of the state, as far as confirmed
  Reason state_reason = Reason::none;  // why down or unknown
  std::string state_detail;
  Cause cause = Cause::none;  // while down: whose fault
  std::string explained_by;   // the node at the root of it; empty: the target itself

  // Time that is settled, and up to when.
  Totals totals;
  Stamp booked_until;
  std::array<std::uint32_t, cause_count> outages{};  // settled ones
  Stamp outage_began;                                // of the open one; not set: none
  Cause outage_cause = Cause::none;                  // its present one
  std::uint16_t causes = 0;  // bit per Cause: those that an outage of it can have
  bool has_via = false;
  Cause not_recovered_after = Cause::none;  // power or link returned, and this did not in time
  bool is_flapping = false;

  // The last run. `has_run` is false until the first outcome; then nothing below is meant.
  bool has_run = false;
  Verdict verdict = Verdict::unknown;
  Reason reason = Reason::none;
  std::string detail;
  std::string address;  // the last one used, by this run or an earlier one
  WallTime last_run{};  // when it began
  Duration duration{};

  std::uint32_t failures_in_a_row = 0, successes_in_a_row = 0;
  std::array<std::uint64_t, verdict_count> runs{};
  std::vector<std::uint32_t> failures;  // by position in info->reasons
  Histogram durations{probe_duration_bounds};
  std::vector<double> values;         // by ReadingId: gauge: last run's, counter: sum; NaN: absent
  std::vector<Readings::Info> infos;  // of the last run
  std::vector<std::pair<ReadingId, Histogram>> histograms;  // one per histogram row, from the start
};

struct Snapshot {
  WallTime taken{};
  Dating dating;                                             // what the stamps mean today
  std::vector<std::shared_ptr<const TargetStatus>> targets;  // in the configuration's order
  std::vector<std::shared_ptr<const TargetStatus>> roots;    // links and mains
};

}  // namespace siaga
