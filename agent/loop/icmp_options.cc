#include "agent/loop/icmp_options.h"

#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/in6.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace siaga {
namespace {

// A burst of replies must fit while the loop is busy: about 1,400 small packets, as the kernel
// counts them. Taken from the kernel only while they wait.
constexpr int receive_buffer_bytes = 1 << 20;

constexpr std::uint32_t echo_reply_4 = 0, echo_reply_6 = 129;

int level(Family family) { return family == Family::ip4 ? IPPROTO_IP : IPPROTO_IPV6; }

bool set(int fd, int at_level, int option, int value) {
  return setsockopt(fd, at_level, option, &value, sizeof value) == 0;
}

// Replies with our cookie only. What the filter sees begins with the IP header on raw IPv4 sockets
// and with the ICMP header on all others. It keeps others' replies and floods out of our buffer;
// it decides nothing, for packets may slip in between socket() and this call.
bool attach_filter(int fd, const IcmpSocketOptions& options, bool is_raw) {
  const bool has_ip_header = is_raw && options.family == Family::ip4;
  const std::uint32_t type = options.family == Family::ip4 ? echo_reply_4 : echo_reply_6;
  const auto high = static_cast<std::uint32_t>(options.cookie >> 32U);
  const auto low = static_cast<std::uint32_t>(options.cookie);
  const sock_filter first = has_ip_header ? sock_filter BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0)
                                          : sock_filter BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 0);
  std::array<sock_filter, 9> program{{
      first,
      BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, type, 0, 5),
      BPF_STMT(BPF_LD | BPF_W | BPF_IND, 8),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, high, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_IND, 12),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, low, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFF),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

// Spares the filter program the work for all the other types that a raw socket gets.
bool filter_types(int fd, Family family) {
  if (family == Family::ip4) {
    const icmp_filter filter{.data = ~(1U << echo_reply_4)};
    return setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter) == 0;
  }
  icmp6_filter filter{};
  ICMP6_FILTER_SETBLOCKALL(&filter);
  ICMP6_FILTER_SETPASS(echo_reply_6, &filter);
  return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter) == 0;
}

// DONT sends IPv4 without the DF bit; DO never fragments and refuses with EMSGSIZE what is known to
// be too big.
bool set_fragmenting(int fd, const IcmpSocketOptions& options) {
  if (options.family == Family::ip4)
    return set(fd, IPPROTO_IP, IP_MTU_DISCOVER,
               options.dont_fragment ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT);
  return !options.dont_fragment || (set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO) &&
                                    set(fd, IPPROTO_IPV6, IPV6_DONTFRAG, 1));
}

bool configure(int fd, const IcmpSocketOptions& options, bool is_raw) {
  const bool is_ip4 = options.family == Family::ip4;
  if (!attach_filter(fd, options, is_raw)) return false;
  if (is_raw && !filter_types(fd, options.family)) return false;
  if (!set(fd, level(options.family), is_ip4 ? IP_RECVERR : IPV6_RECVERR, 1)) return false;
  if (!set(fd, level(options.family), is_ip4 ? IP_RECVTTL : IPV6_RECVHOPLIMIT, 1)) return false;
  if (!set_fragmenting(fd, options)) return false;
  // The force variant goes above rmem_max but needs CAP_NET_ADMIN; neither is vital.
  if (!set(fd, SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer_bytes))
    set(fd, SOL_SOCKET, SO_RCVBUF, receive_buffer_bytes);
  return set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
}

Error open_error(Family family, int code) {
  const bool is_ip4 = family == Family::ip4;
  Error error{
      .tried = "open", .on = is_ip4 ? "ICMP socket" : "ICMPv6 socket", .code = code, .text = {}};
  if (code == EPERM || code == EACCES) {
    error.text = "CAP_NET_RAW is missing, and net.ipv4.ping_group_range does not allow this group";
  } else if (code == EAFNOSUPPORT || code == EPROTONOSUPPORT) {
    error.text = is_ip4 ? "this host has no IPv4" : "this host has no IPv6";
  }
  return error;
}

}  // namespace

Result<IcmpDescriptor> open_icmp_descriptor(const IcmpSocketOptions& options) {
  const bool is_ip4 = options.family == Family::ip4;
  const int domain = is_ip4 ? AF_INET : AF_INET6;
  const int protocol = is_ip4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
  const int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
  IcmpDescriptor descriptor{.fd = -1, .is_raw = options.may_be_raw};
  if (options.may_be_raw) descriptor.fd = socket(domain, SOCK_RAW | flags, protocol);
  if (descriptor.fd < 0 && (!options.may_be_raw || errno == EPERM || errno == EACCES))
    descriptor = {.fd = socket(domain, SOCK_DGRAM | flags, protocol), .is_raw = false};
  if (descriptor.fd < 0) return std::unexpected(open_error(options.family, errno));
  if (configure(descriptor.fd, options, descriptor.is_raw)) return descriptor;
  const Error error = open_error(options.family, errno);
  close(descriptor.fd);
  return std::unexpected(error);
}

}  // namespace siaga
