// From a target's configuration to what the schedule, the engine and the exporters need of it.
#pragma once

#include <memory>
#include <string_view>

#include "agent/config/config.h"
#include "agent/engine/snapshot.h"
#include "agent/schedule/scheduler.h"
#include "probes/probe.h"

namespace siaga {

// Links and mains are judged, not probed.
NodeRole role_of(std::string_view kind);

struct Target {
  std::shared_ptr<const Probe> probe;
  std::shared_ptr<const TargetInfo> info;
};

// The configuration was checked: its kind exists and its options parse (CHECKed). Without a probe
// for what is judged.
Target make_target(const TargetConfig& config);
ScheduledTarget scheduled(const TargetConfig& config, const Target& target);

}  // namespace siaga
