#include "agent/loop/icmp_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
// Behind the C library's own: it redefines timespec's friends otherwise.
#include <linux/errqueue.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>

#include "agent/core/icmp.h"
#include "agent/loop/icmp_options.h"

namespace siaga {
namespace {

constexpr std::size_t replies_per_read = 32;
constexpr std::size_t errors_per_read = 16;
constexpr std::size_t ip4_header_bytes_max = 60;
constexpr std::size_t reply_bytes_initial = 512;
constexpr std::size_t quoted_bytes = 64;  // the header and the key are enough
// Time stamp, hop limit, extended error with its offender: 32 + 24 + 64 bytes at most.
constexpr std::size_t control_bytes = 192;
constexpr int send_tries = 4;
constexpr int useless_reads_max = 8;  // in a row; then others on the loop get their turn

// A raw socket with IP_RECVERR hands the errno of *any* ICMP error that came meanwhile, also for
// others' packets, to the next call (sk_err), once. What the call itself finds comes again.
bool may_be_pending(int code) {
  return code != EAGAIN && code != ENOBUFS && code != EPERM && code != EINVAL;
}

Duration to_duration(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

Duration read_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return to_duration(now);
}

// Appends control messages to a request.
class Control {
 public:
  template <typename Value>
  void add(int level, int type, const Value& value) {
    const std::size_t at = used_;
    used_ += CMSG_SPACE(sizeof value);
    const cmsghdr header{
        .cmsg_len = CMSG_LEN(sizeof value), .cmsg_level = level, .cmsg_type = type};
    std::memcpy(bytes_.data() + at, &header, sizeof header);
    std::memcpy(bytes_.data() + at + CMSG_LEN(0), &value, sizeof value);
  }
  void attach(msghdr& message) {
    if (used_ == 0) return;
    message.msg_control = bytes_.data();
    message.msg_controllen = used_;
  }

 private:
  alignas(cmsghdr) std::array<std::byte, 128> bytes_{};
  std::size_t used_ = 0;
};

void add_options_4(const IcmpRequest& request, Control& control) {
  if (request.hop_limit) control.add(IPPROTO_IP, IP_TTL, *request.hop_limit);
  if (request.traffic_class) control.add(IPPROTO_IP, IP_TOS, *request.traffic_class);
  if (!request.source && request.interface_index == 0) return;
  in_pktinfo info{};
  info.ipi_ifindex = static_cast<int>(request.interface_index);
  if (request.source) std::memcpy(&info.ipi_spec_dst, request.source->bytes.data(), 4);
  control.add(IPPROTO_IP, IP_PKTINFO, info);
}

void add_options_6(const IcmpRequest& request, Control& control) {
  if (request.hop_limit) control.add(IPPROTO_IPV6, IPV6_HOPLIMIT, *request.hop_limit);
  if (request.traffic_class) control.add(IPPROTO_IPV6, IPV6_TCLASS, *request.traffic_class);
  if (!request.source && request.interface_index == 0) return;
  in6_pktinfo info{};
  info.ipi6_ifindex = request.interface_index;
  if (request.source) std::memcpy(&info.ipi6_addr, request.source->bytes.data(), 16);
  control.add(IPPROTO_IPV6, IPV6_PKTINFO, info);
}

// Calls `each(header, data)` for every control message.
template <typename Each>
void each_control(msghdr& message, Each each) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    const std::size_t length = header->cmsg_len - CMSG_LEN(0);
    each(*header, std::span(reinterpret_cast<const std::byte*>(CMSG_DATA(header)), length));
  }
}

template <typename Value>
Value value_of(std::span<const std::byte> data) {
  Value value{};
  std::memcpy(&value, data.data(), std::min(data.size(), sizeof value));
  return value;
}

bool is_hop_limit(const cmsghdr& header) {
  return (header.cmsg_level == IPPROTO_IP && header.cmsg_type == IP_TTL) ||
         (header.cmsg_level == IPPROTO_IPV6 && header.cmsg_type == IPV6_HOPLIMIT);
}

bool is_error(const cmsghdr& header) {
  return (header.cmsg_level == IPPROTO_IP && header.cmsg_type == IP_RECVERR) ||
         (header.cmsg_level == IPPROTO_IPV6 && header.cmsg_type == IPV6_RECVERR);
}

// Nothing for errors of this host's own making: sendmsg has reported those.
std::optional<IcmpError> parse_error(std::span<const std::byte> data) {
  const auto extended = value_of<sock_extended_err>(data);
  if (extended.ee_origin != SO_EE_ORIGIN_ICMP && extended.ee_origin != SO_EE_ORIGIN_ICMP6)
    return {};
  IcmpError error{
      .to = {}, .offender = {}, .type = extended.ee_type, .code = extended.ee_code, .quoted = {}};
  if (data.size() <= sizeof extended) return {};
  // The offender's address follows the structure (ip(7), SO_EE_OFFENDER).
  const auto storage = value_of<sockaddr_storage>(data.subspan(sizeof extended));
  const auto offender = from_sockaddr(reinterpret_cast<const sockaddr*>(&storage));
  if (offender) error.offender = offender->address;
  return error;
}

}  // namespace

// The buffers of one recvmmsg.
struct IcmpSocket::Batch {
  struct Slot {
    sockaddr_storage from;
    alignas(cmsghdr) std::array<std::byte, control_bytes> control;
  };

  Batch(std::size_t count, std::size_t bytes) : headers(count), parts(count), slots(count) {
    resize(bytes);
  }

  void resize(std::size_t bytes) {
    slot_bytes = bytes;
    data = std::make_unique_for_overwrite<std::byte[]>(bytes * headers.size());
    for (std::size_t index = 0; index < headers.size(); ++index) {
      parts[index] = {.iov_base = data.get() + index * bytes, .iov_len = bytes};
      prepare(index);
    }
  }

  void prepare(std::size_t index) {
    msghdr& header = headers[index].msg_hdr;
    header = {};
    header.msg_name = &slots[index].from;
    header.msg_namelen = sizeof slots[index].from;
    header.msg_iov = &parts[index];
    header.msg_iovlen = 1;
    header.msg_control = slots[index].control.data();
    header.msg_controllen = control_bytes;
  }

  // How many messages came. An error is either that there are none or a pending one that this very
  // call has taken away: the next one meets the messages.
  std::size_t read(int fd, int flags) {
    while (used > 0) prepare(--used);
    for (int tries = 0; tries < 2; ++tries) {
      const int count =
          recvmmsg(fd, headers.data(), static_cast<unsigned>(headers.size()), flags, nullptr);
      if (count >= 0) return used = static_cast<std::size_t>(count);
      if (errno == EAGAIN) return 0;
    }
    return 0;
  }

  bool is_cut(std::size_t index) const {
    return (static_cast<unsigned>(headers[index].msg_hdr.msg_flags) & MSG_TRUNC) != 0;
  }
  std::span<const std::byte> bytes(std::size_t index) const {
    return {data.get() + index * slot_bytes, headers[index].msg_len};
  }
  std::optional<Address> from(std::size_t index) const {
    const auto from =
        from_sockaddr(reinterpret_cast<const sockaddr*>(headers[index].msg_hdr.msg_name));
    if (!from) return {};
    return from->address;
  }

  std::size_t slot_bytes = 0;
  std::size_t used = 0;
  std::vector<mmsghdr> headers;
  std::vector<iovec> parts;
  std::vector<Slot> slots;
  std::unique_ptr<std::byte[]> data;
};

Result<std::unique_ptr<IcmpSocket>> IcmpSocket::open(Loop& loop, const IcmpSocketOptions& options,
                                                     Readable readable) {
  const auto descriptor = open_icmp_descriptor(options);
  if (!descriptor) return std::unexpected(descriptor.error());
  std::unique_ptr<IcmpSocket> icmp(
      new IcmpSocket(descriptor->fd, options.family, descriptor->is_raw));
  auto poller =
      Poller::open(loop, descriptor->fd, [readable = std::move(readable)](PollEvents events) {
        // Nobody asked for writability: that is how Poller shows an error.
        readable(events.writable);
      });
  if (!poller) return std::unexpected(poller.error());
  icmp->poller_ = std::move(*poller);
  icmp->poller_->watch({.readable = true, .writable = false});
  // Somebody who waits for an answer has a timer of his own.
  icmp->poller_->unreference();
  return icmp;
}

IcmpSocket::IcmpSocket(int fd, Family family, bool is_raw)
    : fd_(fd),
      family_(family),
      is_raw_(is_raw),
      reply_batch_(std::make_unique<Batch>(replies_per_read, reply_bytes_initial)),
      error_batch_(std::make_unique<Batch>(errors_per_read, quoted_bytes)) {
  replies_.reserve(replies_per_read);
  errors_.reserve(errors_per_read);
}

IcmpSocket::~IcmpSocket() {
  poller_.reset();
  close(fd_);
}

int IcmpSocket::send(const IcmpRequest& request) {
  sockaddr_storage to{};
  const unsigned to_bytes = to_sockaddr({.address = request.to, .port = 0}, to);
  iovec part{.iov_base = const_cast<std::byte*>(request.message.data()),
             .iov_len = request.message.size()};
  Control control;
  family_ == Family::ip4 ? add_options_4(request, control) : add_options_6(request, control);
  msghdr message{};
  message.msg_name = &to;
  message.msg_namelen = to_bytes;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  control.attach(message);
  for (int tries = 1;; ++tries) {
    if (sendmsg(fd_, &message, 0) >= 0) return 0;
    if (tries == send_tries || !may_be_pending(errno)) return errno;
  }
}

std::span<const IcmpReply> IcmpSocket::read_replies() {
  replies_.clear();
  // A batch of cut messages is no sign that the socket is empty.
  for (int reads = 0; replies_.empty() && reads < useless_reads_max; ++reads) {
    const std::size_t count = reply_batch_->read(fd_, 0);
    if (count == 0) break;
    // Together, so that an age by one clock can be taken from the other.
    const Duration wall = read_clock(CLOCK_REALTIME);
    const Instant read_at(read_clock(CLOCK_MONOTONIC));
    for (std::size_t index = 0; index < count; ++index) {
      const auto from = reply_batch_->from(index);
      if (reply_batch_->is_cut(index) || !from) continue;
      IcmpReply reply{.from = *from, .message = reply_batch_->bytes(index), .read_at = read_at};
      each_control(reply_batch_->headers[index].msg_hdr, [&](const cmsghdr& header, auto data) {
        if (header.cmsg_level == SOL_SOCKET && header.cmsg_type == SCM_TIMESTAMPNS)
          reply.age = wall - to_duration(value_of<timespec>(data));
        else if (is_hop_limit(header)) reply.hop_limit = value_of<int>(data);
      });
      if (is_raw_ && family_ == Family::ip4) {
        const auto content = icmp::strip_ip4_header(reply.message);
        if (!content) continue;
        reply.message = content->message;
        reply.hop_limit = content->hop_limit;
      }
      replies_.push_back(reply);
    }
  }
  return replies_;
}

std::span<const IcmpError> IcmpSocket::read_errors() {
  errors_.clear();
  for (int reads = 0; errors_.empty() && reads < useless_reads_max; ++reads) {
    const std::size_t count = error_batch_->read(fd_, MSG_ERRQUEUE);
    if (count == 0) break;
    for (std::size_t index = 0; index < count; ++index) {
      std::optional<IcmpError> error;
      each_control(error_batch_->headers[index].msg_hdr, [&](const cmsghdr& header, auto data) {
        if (is_error(header)) error = parse_error(data);
      });
      const auto to = error_batch_->from(index);
      if (!error || !to) continue;
      error->to = *to;
      error->quoted = error_batch_->bytes(index);
      errors_.push_back(*error);
    }
  }
  return errors_;
}

bool IcmpSocket::is_drained() const { return reply_batch_->used < replies_per_read; }

void IcmpSocket::expect_message_bytes(std::size_t bytes) {
  if (bytes + ip4_header_bytes_max > reply_batch_->slot_bytes)
    reply_batch_->resize(bytes + ip4_header_bytes_max);
}

}  // namespace siaga
