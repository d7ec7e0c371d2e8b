// One DNS query over its own connection: TCP (RFC 1035, 4.2.2; RFC 7766) or TLS (RFC 7858).
#pragma once

#include <memory>

#include "agent/loop/loop.h"
#include "agent/net/dns_exchange.h"
#include "agent/net/tls.h"

namespace siaga {

// `id` replaces the message's.
std::unique_ptr<DnsQuery> start_dns_stream(Loop& loop, TlsContexts& tls, DnsRequest request,
                                           std::uint16_t id, DnsExchange::Done done);

}  // namespace siaga
