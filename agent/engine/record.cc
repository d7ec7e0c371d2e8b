#include "agent/engine/record.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "agent/core/check.h"

namespace siaga {
namespace {

void count_failure(TargetStatus& status, Reason reason) {
  const auto& reasons = status.info->reasons;
  auto place = std::ranges::find(reasons, reason);
  // A reason outside the target's groups is a mistake in a probe; the run must still be counted.
  if (place == reasons.end()) place = std::ranges::find(reasons, Reason::agent_error);
  CHECK(place != reasons.end());
  ++status.failures[static_cast<std::size_t>(place - reasons.begin())];
}

// Gauges are the last run's or absent; counters grow.
void record_values(TargetStatus& status, const Readings& readings) {
  const auto& rows = status.info->readings;
  for (std::size_t id = 0; id < rows.size(); ++id) {
    const double value = readings.get(static_cast<ReadingId>(id));
    if (rows[id].type == ReadingType::counter) {
      if (!std::isnan(value)) status.values[id] += value;
    } else {
      status.values[id] = value;
    }
  }
}

void record_observations(TargetStatus& status, const Readings& readings) {
  for (const auto& [id, duration] : readings.observations()) {
    const auto row =
        std::ranges::find(status.histograms, id, &std::pair<ReadingId, Histogram>::first);
    CHECK(row != status.histograms.end());
    row->second.observe(duration);
  }
}

}  // namespace

TargetStatus fresh_status(std::shared_ptr<const TargetInfo> info) {
  TargetStatus status;
  status.info = std::move(info);
  status.failures.resize(status.info->reasons.size());
  const auto& rows = status.info->readings;
  status.values.assign(rows.size(), std::nan(""));
  for (std::size_t id = 0; id < rows.size(); ++id) {
    if (rows[id].type == ReadingType::counter) status.values[id] = 0;
    if (rows[id].type == ReadingType::histogram) {
      status.histograms.emplace_back(static_cast<ReadingId>(id), Histogram(round_trip_bounds));
    }
  }
  return status;
}

void record_run(TargetStatus& status, Outcome outcome, WallTime began) {
  status.has_run = true;
  status.verdict = outcome.verdict;
  status.reason = outcome.reason;
  status.detail = std::move(outcome.detail);
  // The last address used stays: smokeping's ip label must not come and go with the resolver.
  if (!outcome.address.empty()) status.address = std::move(outcome.address);
  status.last_run = began;
  status.duration = outcome.duration;
  ++status.runs[static_cast<std::size_t>(outcome.verdict)];
  if (outcome.reason != Reason::none) count_failure(status, outcome.reason);
  status.durations.observe(outcome.duration);
  record_values(status, outcome.readings);
  status.infos = outcome.readings.infos();
  record_observations(status, outcome.readings);
}

}  // namespace siaga
