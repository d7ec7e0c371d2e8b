// What sockets of all kinds have in common before they connect: where they leave from, and how
// their failures are told.
#pragma once

#include <optional>
#include <string>

#include "agent/core/address.h"
#include "agent/core/reason.h"
#include "agent/core/result.h"

namespace siaga {

struct Departure {
  std::optional<Address> source;  // local address to bind, any port
  std::string interface;          // empty: any
};

// Binds an unconnected socket of any type.
Result<void> bind_departure(int fd, const Departure& departure);

// Whether an errno that connect() or a send gave at once is this host's own routing speaking: no
// route (ENETUNREACH), a route of type unreachable (EHOSTUNREACH), prohibit (EACCES) or blackhole
// (EINVAL, which an address without its scope gives too), or an interface that is down (ENETDOWN).
// The same codes are a router's words when they come later. EPERM is not among them: that is a
// packet filter of this host, agent_permission. EACCES of a broadcast address or a security module
// cannot be told from a prohibit route; no packet leaves then either.
bool is_own_routing(int code);

// The error of a connect() to `to`. Error::tried is "route" for what is_own_routing() says of a
// failure at once, else "connect".
Error connect_error(const Endpoint& to, int code, bool at_once);
// What an Error of connecting or sending means: agent_no_route where Error::tried is "route", else
// reason_of_connect_errno().
Reason reason_of_connect_error(const Error& error);

// connect(2).
Result<void> connect_socket(int fd, const Endpoint& to);

}  // namespace siaga
