// The way out of this host as the judges want it, from what rtnetlink told.
#pragma once

#include <string_view>

#include "agent/judge/link_judge.h"
#include "agent/sensors/interfaces.h"

namespace siaga {

// Of one family: through the interface of its default route, or of the last one that it had.
WayOut way_out(const Interfaces& interfaces, Family family, std::string_view last);
// Through the interface of this name; empty: through that of the default route (IPv4's, else
// IPv6's). Without a default route, `last` is the interface that had it.
WayOut way_out(const Interfaces& interfaces, std::string_view name, std::string_view last = {});

}  // namespace siaga
