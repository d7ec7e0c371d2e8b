// One outcome for people and for machines.
#pragma once

#include <string>

#include "agent/cli/commands.h"
#include "agent/core/outcome.h"
#include "agent/engine/snapshot.h"

namespace siaga {

std::string report_as_text(const TargetInfo& info, const Outcome& outcome,
                           const CommonOptions& common, bool explain);
// One line, the same keys always: target kind instance verdict reason cause detail duration_seconds
// address readings{metric{labels}: value} explanation[{topic, text}] excerpt.
std::string report_as_json(const TargetInfo& info, const Outcome& outcome);

}  // namespace siaga
