// The kind `dns`: asks a DNS server one question, over UDP, TCP or TLS, and judges what it says.
#pragma once

#include <cstdint>

#include "probes/probe.h"

namespace siaga {

extern const Kind dns_kind;
inline constexpr std::uint16_t dns_port = 53;

}  // namespace siaga
