// The `tls` kind: connects, makes the handshake and judges the certificates. Says nothing inside.
#pragma once

#include "probes/probe.h"

namespace siaga {

extern const Kind tls_kind;

}  // namespace siaga
