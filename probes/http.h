// The `http` kind: one request, redirects followed by our own rules, and an answer judged by
// status, version, headers, body, size and age.
#pragma once

#include "probes/probe.h"

namespace siaga {

extern const Kind http_kind;

}  // namespace siaga
