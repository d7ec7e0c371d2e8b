// The kind `ping`: ICMP echo. Several packets per run; loss, round trips, duplicates, hop limit,
// and what routers say when nothing comes back.
#pragma once

#include "probes/probe.h"

namespace siaga {

extern const Kind ping_kind;

}  // namespace siaga
