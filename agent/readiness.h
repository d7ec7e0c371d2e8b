// What the agent cannot do at the moment, for /-/ready: one line per kind of trouble of its own.
#pragma once

#include <string>
#include <vector>

#include "agent/engine/snapshot.h"

namespace siaga {

// "agent_permission: 12 targets, for example printer (ping): ...". Empty when it can do everything.
std::vector<std::string> own_troubles(const Snapshot& snapshot);

}  // namespace siaga
