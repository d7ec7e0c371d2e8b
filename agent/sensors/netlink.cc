#include "agent/sensors/netlink.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <chrono>

#include "agent/core/limits.h"

namespace siaga {
namespace {

Error error_of(const char* tried, int code) {
  return {.tried = tried, .on = "netlink", .code = code, .text = {}};
}

void limit_waiting(int fd) {
  const auto wait = std::chrono::duration_cast<std::chrono::microseconds>(limits::netlink_wait);
  const timeval limit{.tv_sec = wait.count() / 1'000'000, .tv_usec = wait.count() % 1'000'000};
  static_cast<void>(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
}

}  // namespace

Result<std::unique_ptr<NetlinkSocket>> NetlinkSocket::open(int protocol, std::uint32_t groups) {
  const bool asks = groups == 0;
  Descriptor fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | (asks ? 0 : SOCK_NONBLOCK), protocol));
  if (fd.get() < 0) return std::unexpected(error_of("open", errno));
  sockaddr_nl self{};
  self.nl_family = AF_NETLINK;
  self.nl_groups = groups;
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&self), sizeof self) != 0)
    return std::unexpected(error_of("bind", errno));
  if (asks) limit_waiting(fd.get());
  return std::unique_ptr<NetlinkSocket>(new NetlinkSocket(std::move(fd)));
}

NetlinkSocket::NetlinkSocket(Descriptor fd)
    : fd_(std::move(fd)),
      datagram_(std::make_unique_for_overwrite<std::byte[]>(limits::netlink_bytes)) {}

std::expected<std::span<const std::byte>, int> NetlinkSocket::read() {
  sockaddr_nl from{};
  iovec part{.iov_base = datagram_.get(), .iov_len = limits::netlink_bytes};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ssize_t count = -1;
  do {
    count = recvmsg(fd_.get(), &message, 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return std::unexpected(errno);
  if ((static_cast<unsigned>(message.msg_flags) & MSG_TRUNC) != 0) return std::unexpected(ENOBUFS);
  is_from_kernel_ = from.nl_pid == 0;
  return std::span(datagram_.get(), static_cast<std::size_t>(count));
}

bool NetlinkSocket::send(std::span<const std::byte> request) {
  // Not connected, and no address: to the kernel.
  return ::send(fd_.get(), request.data(), request.size(), 0) ==
         static_cast<ssize_t>(request.size());
}

Result<void> ask(NetlinkSocket& socket, std::span<const std::byte> request, std::uint32_t sequence,
                 const TakeMessage& take) {
  if (!socket.send(request)) return std::unexpected(error_of("ask", errno));
  bool is_interrupted = false;
  const auto deadline = std::chrono::steady_clock::now() + limits::netlink_wait;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto datagram = socket.read();
    if (!datagram) return std::unexpected(error_of("ask", datagram.error()));
    if (!socket.is_from_kernel()) continue;
    rtnetlink::Reader reader(*datagram);
    while (const auto message = reader.next()) {
      if (message->sequence != sequence) continue;  // of a question that was given up
      is_interrupted = is_interrupted || message->is_interrupted;
      const auto* end = std::get_if<rtnetlink::End>(&message->content);
      if (end == nullptr) take(*message);
      if (end == nullptr && message->is_part) continue;
      const int refusal = end != nullptr ? end->error : 0;
      if (refusal == 0 && !is_interrupted) return {};
      return std::unexpected(error_of("ask", refusal != 0 ? refusal : EINTR));
    }
  }
  return std::unexpected(error_of("ask", EAGAIN));
}

}  // namespace siaga
