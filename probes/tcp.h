// The `tcp` kind: a connection, with TLS when asked for, and a dialogue of send, expect and
// STARTTLS. Without a dialogue a connection that was made is enough.
#pragma once

#include "probes/probe.h"

namespace siaga {

extern const Kind tcp_kind;

}  // namespace siaga
