// What a target remembers of its runs: counts, histograms, the last readings. Pure.
#pragma once

#include <memory>

#include "agent/core/outcome.h"
#include "agent/engine/snapshot.h"

namespace siaga {

// A target that was never probed: counters and histograms there, at 0; gauges absent.
TargetStatus fresh_status(std::shared_ptr<const TargetInfo> info);

// Takes one outcome into everything but the state: last run, runs, failures, readings.
void record_run(TargetStatus& status, Outcome outcome, WallTime began);

}  // namespace siaga
