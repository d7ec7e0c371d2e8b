// The shared means by which probes reach the network, in order of dependency.
#pragma once

#include <memory>

#include "agent/net/dns_exchange.h"
#include "agent/net/http_client.h"
#include "agent/net/pinger.h"
#include "agent/net/resolver.h"
#include "agent/net/tls.h"
#include "agent/net/ups_exchange.h"

namespace siaga {

struct Network {
  Loop& loop;
  const Clock& clock;
  std::unique_ptr<Resolver> resolver;
  std::unique_ptr<TlsContexts> tls;
  std::unique_ptr<HttpClient> http;
  std::unique_ptr<DnsExchange> dns;
  std::unique_ptr<UpsExchange> ups;
  std::unique_ptr<Pinger> pinger;

  Network(Loop& loop, const Clock& clock, const ResolverOptions& options = {});
};

}  // namespace siaga
