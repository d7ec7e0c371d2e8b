// A connected UDP socket.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "agent/core/address.h"
#include "agent/core/result.h"
#include "agent/loop/loop.h"

namespace siaga {

struct DatagramOptions {
  Endpoint to;
  std::optional<Address> source;
  std::string interface;
};

class Datagram {
 public:
  // A datagram from the peer, or an error: what an ICMP message said of the peer (ECONNREFUSED,
  // EHOSTUNREACH, ...). The socket stays usable after an error. May destroy the Datagram.
  using Received = std::function<void(Result<std::span<const std::byte>>)>;

  // Binds a random port and connects; reads in batches (recvmmsg). Error as TcpStream::connect.
  static Result<std::unique_ptr<Datagram>> open(Loop& loop, const DatagramOptions& options,
                                                Received received);
  virtual ~Datagram() = default;

  // Sends now or not at all; an error is the errno of the send (EAGAIN: buffer full), with
  // Error::tried == "route" when this host's own routing refused (socket.h).
  virtual Result<void> send(std::span<const std::byte> data) = 0;
};

}  // namespace siaga
