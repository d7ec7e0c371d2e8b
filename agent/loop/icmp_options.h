// Opens ICMP sockets and sets what must be set once: kernel filters, error queue, time stamps,
// buffers. Reads and sends nothing.
#pragma once

#include "agent/core/result.h"
#include "agent/loop/icmp_socket.h"

namespace siaga {

struct IcmpDescriptor {
  int fd = -1;
  bool is_raw = false;
};

// The descriptor is the caller's to close.
Result<IcmpDescriptor> open_icmp_descriptor(const IcmpSocketOptions& options);

}  // namespace siaga
