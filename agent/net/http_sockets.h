// libcurl's sockets behind one epoll descriptor of their own, which is all that the loop watches.
// A uv_poll handle per connection costs three more system calls and a block per probe; here it is
// one epoll_ctl per change.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "agent/core/address.h"
#include "agent/core/result.h"
#include "agent/loop/descriptor.h"
#include "agent/loop/poller.h"
#include "agent/loop/socket.h"

namespace siaga {

class HttpSockets {
 public:
  using Ready = std::function<void(int fd, PollEvents events)>;

  // `ready` may watch and forget descriptors, those of events not yet delivered too: it can be told
  // of a descriptor that was closed, or opened anew, meanwhile.
  HttpSockets(Loop& loop, Ready ready);
  HttpSockets(const HttpSockets&) = delete;
  HttpSockets& operator=(const HttpSockets&) = delete;

  void watch(int fd, PollEvents events, bool is_new);
  void forget(int fd);

 private:
  void dispatch();

  Ready ready_;
  Descriptor epoll_;
  std::unique_ptr<Poller> poller_;
};

// A non-blocking TCP socket, bound as asked, that closes with a reset: a probe leaves no TIME_WAIT.
// Error::tried is "socket", "bind" or "bind to interface".
Result<Descriptor> open_http_socket(Family family, const Departure& departure);
// Whether our own routing table knows a way to the address (no packet is sent).
bool has_route(const Address& address, const Departure& departure);

}  // namespace siaga
