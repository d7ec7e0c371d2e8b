// Sockets that a service manager opened before us (sd_listen_fds(3)): with them a restart loses no
// connection, since the manager holds the door open meanwhile.
#pragma once

#include <vector>

#include "agent/core/result.h"
#include "agent/loop/descriptor.h"

namespace siaga {

// Those handed over to this process, once: a second call has none, nor has a child. Ours from now
// on. Error: one of them is no listening stream socket; says which and what would be right.
Result<std::vector<Descriptor>> take_listening_sockets();

}  // namespace siaga
