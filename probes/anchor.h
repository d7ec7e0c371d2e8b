// An anchor: one address whose answer is evidence for a link, as it is typed in [[link]] anchors.
// An anchor is probed by the same code as a target of its kind.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/address.h"
#include "probes/probe.h"

namespace siaga {

struct AnchorText {
  enum class Sort : std::uint8_t { ping, tcp, dns, gateway, resolver };
  Sort sort = Sort::ping;
  std::string host;        // ping, tcp, dns: a name or address
  std::uint16_t port = 0;  // tcp, dns
};
constexpr bool is_ping(AnchorText::Sort sort) {
  return sort == AnchorText::Sort::ping || sort == AnchorText::Sort::gateway;
}
// "gateway", "resolver", "1.1.1.1" and "ping:host", "tcp:host:port", "dns:server" with an optional
// port. Nothing for anything else.
std::optional<AnchorText> parse_anchor(std::string_view text);

// How an anchor is asked.
struct AnchorProbing {
  std::string interface;         // empty: wherever the route leads
  std::optional<int> hop_limit;  // pings only
  std::optional<int> size;       // of a ping's payload, with fragmentation forbidden
  int packets = 1;
  Duration timeout = std::chrono::seconds(5);  // of a run: each reply is waited for within it
};
std::unique_ptr<const Probe> ping_anchor(std::string_view host, const AnchorProbing& probing);
std::unique_ptr<const Probe> tcp_anchor(std::string_view host, std::uint16_t port,
                                        const AnchorProbing& probing);
// Asks the server, or the system's when it is empty, for the name servers of the root.
std::unique_ptr<const Probe> dns_anchor(std::string_view server, std::uint16_t port,
                                        const AnchorProbing& probing);

}  // namespace siaga
