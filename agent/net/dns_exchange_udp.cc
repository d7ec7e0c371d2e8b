#include "agent/net/dns_exchange_udp.h"

#include <cerrno>
#include <utility>

#include "agent/core/limits.h"
#include "agent/loop/socket.h"

namespace siaga {

DnsUdp::DnsUdp(Loop& loop) : loop_(loop), sweeper_(loop, [this] { sweep(); }) {
  sweeper_.unreference();
}

std::unique_ptr<DnsQuery> DnsUdp::start(DnsRequest request, DnsExchange::Done done) {
  auto query = std::make_unique<DnsUdpQuery>(loop_, std::move(request.message), std::move(done));
  auto socket = socket_for(request);
  if (socket) (*socket)->add(*query);
  else query->fail_soon(reason_of_connect_error(socket.error()), describe(socket.error()));
  return query;
}

Result<DnsSocket*> DnsUdp::socket_for(const DnsRequest& request) {
  Peer peer{.server = request.server, .source = request.source, .interface = request.interface};
  const auto found = current_.find(peer);
  if (found == current_.end()) return open(peer);
  if (!found->second->is_worn()) return found->second.get();
  retired_.push_back(std::move(found->second));
  current_.erase(found);
  return open(peer);
}

Result<DnsSocket*> DnsUdp::open(const Peer& peer) {
  if (current_.size() >= limits::dns_sockets) close_idle();
  auto socket = std::make_unique<DnsSocket>(loop_, ids_, peer.server);
  const DatagramOptions options{
      .to = peer.server, .source = peer.source, .interface = peer.interface};
  auto opened = socket->open(options);
  if (!opened && (opened.error().code == EMFILE || opened.error().code == ENFILE)) {
    close_idle();
    opened = socket->open(options);
  }
  if (!opened) return std::unexpected(std::move(opened.error()));
  if (!sweeper_.is_armed()) sweeper_.start_after(limits::dns_socket_retry);
  return current_.insert_or_assign(peer, std::move(socket)).first->second.get();
}

void DnsUdp::sweep() {
  std::erase_if(retired_, [](const auto& socket) { return socket->is_idle(); });
  std::erase_if(current_, [](const auto& entry) {
    return entry.second->is_idle() && entry.second->is_worn();
  });
  if (!current_.empty() || !retired_.empty()) sweeper_.start_after(limits::dns_socket_retry);
}

void DnsUdp::close_idle() {
  std::erase_if(retired_, [](const auto& socket) { return socket->is_idle(); });
  std::erase_if(current_, [](const auto& entry) { return entry.second->is_idle(); });
}

}  // namespace siaga
