// [agent] resolvers -> the resolver's options.
#pragma once

#include "agent/config/config.h"
#include "agent/net/resolver.h"

namespace siaga {

inline ResolverOptions resolver_options(const AgentConfig& agent) {
  ResolverOptions options;
  for (const std::string& server : agent.resolvers) {
    const auto split = parse_host_port(server, 53);
    const auto address = split ? parse_address(split->host) : std::nullopt;
    if (address) options.servers.push_back({.address = *address, .port = split->port});
  }
  return options;
}

}  // namespace siaga
