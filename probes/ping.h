// The kind `ping`: ICMP echo. Several packets per run; loss, round trips, duplicates, hop limit,
// and what routers say when nothing comes back.
#pragma once

#include "probes/probe.h"

namespace siaga {

extern const Kind ping_kind;
// Where a run says how many packets it sent; the round trips of the answers are its observations.
extern const ReadingId ping_requests_reading;

}  // namespace siaga
