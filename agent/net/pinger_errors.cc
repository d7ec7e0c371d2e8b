#include "agent/net/pinger_errors.h"

#include <array>
#include <cerrno>
#include <string_view>

namespace siaga {
namespace {

struct IcmpErrorRow {
  int code;
  Reason reason;
  std::string_view words;
};

// sendmsg reports this host's own routing table at once (routes of type unreachable, prohibit,
// blackhole give EHOSTUNREACH, EACCES, EINVAL: is_own_routing() in agent/loop/socket.h); what
// routers say comes by the error queue.
constexpr std::array send_rows{
    IcmpErrorRow{EPERM, Reason::agent_permission, "a packet filter on this host forbids it"},
    IcmpErrorRow{EACCES, Reason::agent_no_route,
                 "a route of this host prohibits it, or it is a broadcast"},
    IcmpErrorRow{ENETUNREACH, Reason::agent_no_route, "this host has no route"},
    IcmpErrorRow{EHOSTUNREACH, Reason::agent_no_route, "a route of this host says unreachable"},
    IcmpErrorRow{EINVAL, Reason::agent_no_route, "a route of this host is a black hole"},
    IcmpErrorRow{ENETDOWN, Reason::agent_no_route, "the network interface is down"},
    IcmpErrorRow{EADDRNOTAVAIL, Reason::agent_address,
                 "the address to send from is not on this host"},
    IcmpErrorRow{ENODEV, Reason::agent_address, "there is no such network interface"},
    IcmpErrorRow{ENXIO, Reason::agent_address, "there is no such network interface"},
    IcmpErrorRow{EMSGSIZE, Reason::packet_too_big,
                 "larger than the MTU of the path known to this host"},
    IcmpErrorRow{ENOMEM, Reason::agent_memory, "the kernel has no memory"},
};

}  // namespace

PingTrouble trouble_of_open(const Error& error) {
  const std::string detail = describe(error);
  switch (error.code) {
    case EPERM:
    case EACCES: return {Reason::agent_permission, detail};
    case EAFNOSUPPORT:
    case EPROTONOSUPPORT: return {Reason::agent_no_route, detail};
    default: break;
  }
  const Reason reason = reason_of_connect_errno(error.code);
  return {is_agent_trouble(reason) ? reason : Reason::agent_error, detail};
}

PingTrouble trouble_of_send(int code, const PingRequest& request) {
  const std::string what =
      describe({.tried = "ping", .on = to_string(request.to), .code = code, .text = {}});
  // A source address that is not ours gives EINVAL or, on newer kernels, ENETUNREACH.
  if (request.source && (code == EINVAL || code == ENETUNREACH))
    return {Reason::agent_address,
            what + ": the source address is not on this host, or no route leads from it"};
  for (const IcmpErrorRow& row : send_rows) {
    if (row.code == code) return {row.reason, what + ": " + std::string(row.words)};
  }
  return {Reason::agent_error, what};
}

}  // namespace siaga
