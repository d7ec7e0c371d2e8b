// The kind `echo`: a UDP echo service (RFC 862) says a text back.
#pragma once

#include "probes/probe.h"

namespace siaga {

extern const Kind echo_kind;

}  // namespace siaga
