// Blocking loopback sockets for the scripted peers.
#pragma once

#include "agent/core/address.h"

namespace siaga::tests {

// 127.0.0.1 or ::1.
Address loopback(Family family = Family::ip4);
// A socket bound to loopback, port 0. `type` is SOCK_STREAM or SOCK_DGRAM.
int bound_socket(Family family, int type);
Endpoint local_endpoint(int fd);

}  // namespace siaga::tests
