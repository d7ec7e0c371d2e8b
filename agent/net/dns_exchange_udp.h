// DNS over UDP: one socket per server, source and interface, shared by all queries. A socket serves
// for limits::dns_socket_age and is then replaced: a fresh port is hard to guess, and a socket that
// was connected before this host's address or a NAT changed would stay deaf for ever.
#pragma once

#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/result.h"
#include "agent/loop/loop.h"
#include "agent/loop/timer.h"
#include "agent/net/dns_exchange.h"
#include "agent/net/dns_exchange_match.h"
#include "agent/net/dns_exchange_socket.h"

namespace siaga {

class DnsUdp {
 public:
  explicit DnsUdp(Loop& loop);
  DnsUdp(const DnsUdp&) = delete;
  DnsUdp& operator=(const DnsUdp&) = delete;

  std::unique_ptr<DnsQuery> start(DnsRequest request, DnsExchange::Done done);

 private:
  struct Peer {
    Endpoint server;
    std::optional<Address> source;
    std::string interface;
    auto operator<=>(const Peer&) const = default;
  };
  Result<DnsSocket*> socket_for(const DnsRequest& request);
  Result<DnsSocket*> open(const Peer& peer);
  // Closes what nobody uses and nobody will use.
  void sweep();
  void close_idle();

  Loop& loop_;
  DnsIds ids_;
  std::map<Peer, std::unique_ptr<DnsSocket>> current_;
  std::vector<std::unique_ptr<DnsSocket>> retired_;  // take no more queries
  Timer sweeper_;
};

}  // namespace siaga
