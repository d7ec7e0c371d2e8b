#include "tests/support/udp_peer.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "tests/support/sockets.h"

namespace siaga::tests {

UdpPeer::UdpPeer(Reply reply, Family family)
    : reply_(std::move(reply)),
      fd_(bound_socket(family, SOCK_DGRAM)),
      stop_fd_(eventfd(0, EFD_CLOEXEC)),
      endpoint_(local_endpoint(fd_)),
      thread_([this] { serve(); }) {}

UdpPeer::~UdpPeer() {
  eventfd_write(stop_fd_, 1);
  thread_.join();
  close(fd_);
  close(stop_fd_);
}

std::vector<std::string> UdpPeer::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

void UdpPeer::serve() {
  while (true) {
    std::array wanted{pollfd{.fd = fd_, .events = POLLIN, .revents = 0},
                      pollfd{.fd = stop_fd_, .events = POLLIN, .revents = 0}};
    if (poll(wanted.data(), wanted.size(), -1) < 0) continue;
    if (wanted[1].revents != 0) return;
    answer();
  }
}

void UdpPeer::answer() {
  std::array<char, 65536> buffer{};
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* from = reinterpret_cast<sockaddr*>(&storage);
  const ssize_t count = recvfrom(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT, from, &length);
  if (count < 0) return;
  const std::string_view datagram(buffer.data(), static_cast<std::size_t>(count));
  {
    const std::lock_guard lock(mutex_);
    received_.emplace_back(datagram);
  }
  for (const auto& reply : reply_(datagram))
    sendto(fd_, reply.data(), reply.size(), 0, from, length);
}

}  // namespace siaga::tests
