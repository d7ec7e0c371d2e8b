// Sockets to the kernel (netlink(7)): one kind listens to groups of events and never waits, the
// other asks and waits for the answer, for limits::netlink_wait at most. Knows nothing of what the
// bytes mean, but for where an answer of rtnetlink ends.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>

#include "agent/core/result.h"
#include "agent/core/rtnetlink.h"
#include "agent/loop/descriptor.h"

namespace siaga {

class NetlinkSocket {
 public:
  // `groups` is a mask of the protocol's first 32 groups; none: a socket to ask with, whose reads
  // wait. Error: EPERM, EAFNOSUPPORT (a seccomp filter), EMFILE, ...
  static Result<std::unique_ptr<NetlinkSocket>> open(int protocol, std::uint32_t groups);
  NetlinkSocket(const NetlinkSocket&) = delete;
  NetlinkSocket& operator=(const NetlinkSocket&) = delete;

  int descriptor() const { return fd_.get(); }
  // The next datagram, good until the next read; or an errno: EAGAIN when there is none (in time),
  // ENOBUFS when some were lost.
  std::expected<std::span<const std::byte>, int> read();
  bool send(std::span<const std::byte> request);
  // False: another process sent what was read last.
  bool is_from_kernel() const { return is_from_kernel_; }

 private:
  explicit NetlinkSocket(Descriptor fd);

  Descriptor fd_;
  std::unique_ptr<std::byte[]> datagram_;
  bool is_from_kernel_ = false;
};

using TakeMessage = std::function<void(const rtnetlink::Message&)>;

// Asks rtnetlink and gives every message of the answer to `take`. Error: the kernel's refusal;
// EAGAIN when it did not answer in time, after which the socket is of no use any more; EINTR when
// a list changed while it was read.
Result<void> ask(NetlinkSocket& socket, std::span<const std::byte> request, std::uint32_t sequence,
                 const TakeMessage& take);

}  // namespace siaga
