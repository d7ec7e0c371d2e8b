// What the parts of the daemon take, from the configuration and from what they say of themselves.
#pragma once

#include <string_view>
#include <vector>

#include "agent/config/config.h"
#include "agent/core/log.h"
#include "agent/core/zone.h"
#include "agent/recorder.h"
#include "agent/schedule/scheduler.h"
#include "exporters/agent_metrics.h"
#include "exporters/families.h"

namespace siaga {

std::vector<std::string_view> kind_names();  // with those that are judged
std::vector<std::string_view> skip_reason_names();
OfficeLabels office_labels(const OfficeConfig& office);
// Within the limit of descriptors that the process has now.
FlightCaps caps_of(const AgentConfig& agent);
log::Level log_level_of(const AgentConfig& agent);
// UTC, and a line in the log, when there is no such zone.
Zone zone_of(const OfficeConfig& office);
EngineRules rules_of(const DefaultsConfig& defaults);
RecorderSettings recorder_settings(const Config& config, HostPaths host);
JournalTotals journal_totals(const JournalState& state);

}  // namespace siaga
