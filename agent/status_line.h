// The line that `systemctl status` shows: how many targets there are, what is not well and why.
#pragma once

#include <string>

#include "agent/core/language.h"
#include "agent/engine/snapshot.h"

namespace siaga {

// "12 targets: 9 up, 2 down (portal certificate, mail host), 1 unknown (wan)". The names that are
// down or unknown come first to last as configured, a few of each state.
std::string status_line(const Snapshot& snapshot, bool is_durable, Language language);

}  // namespace siaga
