// Datagram on uv_udp_t, which reads in batches. Connecting and sending are plain system calls; ICMP
// messages about the peer are taken from the socket's error queue (IP_RECVERR), the only place
// where Linux tells of the milder ones, like EHOSTUNREACH.
#include "agent/loop/datagram.h"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "agent/core/check.h"
#include "agent/loop/socket.h"
#include "agent/loop/turns.h"

namespace siaga {
namespace {

constexpr int icmp_errors_per_turn = 16;

struct Udp final : HandleBlock {
  void receive(ssize_t count, const uv_buf_t* buffer, bool is_datagram);
  void report_errors(int pending);
  void report(int code);

  uv_udp_t udp{};
  uv_os_fd_t fd = -1;
  Endpoint to;
  bool has_received = false;  // something, since libuv last found the socket empty
  Datagram::Received received;
};

// The errno of the oldest ICMP message about what this socket sent; 0 when there is none.
int next_icmp_error(int fd) {
  alignas(cmsghdr) std::array<std::byte, 256> control{};
  msghdr message{};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return 0;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    const bool is_error = (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) ||
                          (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR);
    if (!is_error) continue;
    sock_extended_err error{};
    std::copy_n(CMSG_DATA(part), sizeof error, reinterpret_cast<unsigned char*>(&error));
    return static_cast<int>(error.ee_errno);
  }
  return 0;
}

void Udp::report(int code) {
  call(*this, received,
       std::unexpected(Error{.tried = "receive", .on = to_string(to), .code = code, .text = {}}));
}

// `pending` is what the socket reported itself; the error queue tells the same and more.
void Udp::report_errors(int pending) {
  for (int count = 0; is_attached && count < icmp_errors_per_turn; ++count) {
    int code = next_icmp_error(fd);
    if (code == 0) code = std::exchange(pending, 0);
    if (code == 0) return;
    pending = 0;
    report(code);
  }
}

void Udp::receive(ssize_t count, const uv_buf_t* buffer, bool is_datagram) {
  if (!is_attached) return;
  if (is_datagram) {
    has_received = true;
    const std::span datagram(buffer->base, static_cast<std::size_t>(count));
    return call(*this, received, std::as_bytes(datagram));
  }
  if (count < 0) return report_errors(static_cast<int>(-count));
  // Woken, but nothing to read: a message waits in the error queue only.
  if (!std::exchange(has_received, false)) report_errors(0);
}

void allocate_datagram(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) noexcept {
  *buffer = uv_buf_init(turns_of(handle->loop).incoming(), Turns::incoming_bytes);
}

void udp_received(uv_udp_t* udp, ssize_t count, const uv_buf_t* buffer, const sockaddr* from,
                  unsigned flags) noexcept {
  // The end of a batch; the buffer is the loop's and stays.
  if ((flags & UV_UDP_MMSG_FREE) != 0) return;
  block_of<Udp>(udp).receive(count, buffer, count >= 0 && from != nullptr);
}

class LibuvDatagram final : public Datagram {
 public:
  explicit LibuvDatagram(Udp* udp) : udp_(udp) {}
  ~LibuvDatagram() override {
    udp_->is_attached = false;
    udp_->received = nullptr;
    close_handle(base_of(udp_->udp));
  }
  LibuvDatagram(const LibuvDatagram&) = delete;
  LibuvDatagram& operator=(const LibuvDatagram&) = delete;

  Result<void> start(const DatagramOptions& options);
  Result<void> send(std::span<const std::byte> data) override;

 private:
  Udp* udp_;
};

Result<void> LibuvDatagram::start(const DatagramOptions& options) {
  CHECK(uv_fileno(base_of(udp_->udp), &udp_->fd) == 0);
  auto bound = bind_departure(udp_->fd, {.source = options.source, .interface = options.interface});
  if (!bound) return bound;
  const bool is_ip4 = options.to.address.family == Family::ip4;
  const int yes = 1;
  setsockopt(udp_->fd, is_ip4 ? IPPROTO_IP : IPPROTO_IPV6, is_ip4 ? IP_RECVERR : IPV6_RECVERR, &yes,
             sizeof yes);
  if (auto connected = connect_socket(udp_->fd, options.to); !connected) return connected;
  const int status = uv_udp_recv_start(&udp_->udp, allocate_datagram, udp_received);
  if (status == 0) return {};
  return std::unexpected(connect_error(options.to, -status, false));
}

Result<void> LibuvDatagram::send(std::span<const std::byte> data) {
  // The first error may be an ICMP message about an earlier datagram; it is then reported through
  // the error queue, and this datagram has not been tried yet. So an error of the second attempt is
  // this host's own: the route may have gone since connect().
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (::send(udp_->fd, data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return {};
    if (errno == EAGAIN || errno == EMSGSIZE) break;
  }
  const int code = errno;
  return std::unexpected(Error{.tried = is_own_routing(code) ? "route" : "send",
                               .on = to_string(udp_->to),
                               .code = code,
                               .text = {}});
}

}  // namespace

Result<std::unique_ptr<Datagram>> Datagram::open(Loop& loop, const DatagramOptions& options,
                                                 Received received) {
  auto udp = std::make_unique<Udp>();
  const unsigned family = options.to.address.family == Family::ip4 ? AF_INET : AF_INET6;
  const int status = uv_udp_init_ex(loop.raw(), &udp->udp, family | UV_UDP_RECVMMSG);
  if (status != 0)
    return std::unexpected(
        Error{.tried = "socket", .on = to_string(options.to), .code = -status, .text = {}});
  lend(*udp, udp->udp);
  udp->to = options.to;
  udp->received = std::move(received);
  auto datagram = std::make_unique<LibuvDatagram>(udp.release());
  if (auto started = datagram->start(options); !started)
    return std::unexpected(std::move(started.error()));
  return datagram;
}

}  // namespace siaga
