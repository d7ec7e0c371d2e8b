// What the agent says in its log of outcomes and of what the engine recorded.
#pragma once

#include "agent/core/outcome.h"
#include "agent/engine/engine.h"

namespace siaga {

// At level debug, when the run was not ok.
void log_failure(const Outcome& outcome, const TargetInfo& info);
// Changes of state and notes; nothing for other records.
void log_record(const Record& record, const Engine& engine);

}  // namespace siaga
