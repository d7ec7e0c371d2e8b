#include "agent/net/network.h"

namespace siaga {

Network::Network(Loop& loop_in, const Clock& clock_in, const ResolverOptions& options)
    : loop(loop_in),
      clock(clock_in),
      resolver(Resolver::create(loop, clock, options)),
      tls(TlsContexts::create(loop, clock)),
      http(HttpClient::create(loop, *tls)),
      dns(DnsExchange::create(loop, *tls)),
      ups(UpsExchange::create(loop, *tls, clock)),
      pinger(Pinger::create(loop)) {}

}  // namespace siaga
