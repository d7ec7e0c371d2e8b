// What sockets of all kinds have in common before they connect: where they leave from, and how
// their failures are told.
#pragma once

#include <optional>
#include <string>

#include "agent/core/address.h"
#include "agent/core/result.h"

namespace siaga {

struct Departure {
  std::optional<Address> source;  // local address to bind, any port
  std::string interface;          // empty: any
};

// Binds an unconnected socket of any type.
Result<void> bind_departure(int fd, const Departure& departure);

// The error of a connect() to `to`. ENETUNREACH at once comes from our own routing table: later it
// would have been a router's ICMP message.
Error connect_error(const Endpoint& to, int code, bool at_once);

// connect(2).
Result<void> connect_socket(int fd, const Endpoint& to);

}  // namespace siaga
