// The kind `ups`: asks a UPS's server, upsd (NUT) or apcupsd, for everything it knows of one UPS.
// Only reads; what the readings say of the mains is judged elsewhere (agent/judge).
#pragma once

#include "probes/probe.h"

namespace siaga {

extern const Kind ups_kind;

}  // namespace siaga
