// An outgoing TCP connection.
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

struct TcpOptions {
  Endpoint to;
  std::optional<Address> source;  // local address to bind
  std::string interface;          // SO_BINDTODEVICE (SO_BINDTOIFINDEX); empty: any
};

// Destroying it aborts the connection: pending data is thrown away and the peer sees a reset
// (uv_tcp_close_reset), so that no TIME_WAIT piles up; a connection whose peer has already closed
// is just closed.
class TcpStream {
 public:
  using Connected = std::move_only_function<void(Result<void>)>;
  using Received = std::function<void(Result<std::span<const std::byte>>)>;
  using Written = std::move_only_function<void(Result<void>)>;

  // Starts to connect. `connected` gets the errno of the failure in Error::code; failures known at
  // once (EMFILE, EADDRNOTAVAIL, ENETUNREACH from our own routing table, ...) come through it too,
  // on a later turn. What our own routing table gave is reported with Error::tried == "route"
  // (is_own_routing() in socket.h).
  static std::unique_ptr<TcpStream> connect(Loop& loop, const TcpOptions& options,
                                            Connected connected);
  virtual ~TcpStream() = default;

  // Delivers chunks as they come, an empty span once at the peer's end of stream, or an error once;
  // nothing after those two. `received` may destroy the stream. The span is valid during the call.
  virtual void read(Received received) = 0;
  // Pauses reading; read() resumes.
  virtual void pause() = 0;
  // Copies `data` and sends it in order. `written` may be null.
  virtual void write(std::span<const std::byte> data, Written written = {}) = 0;
  // The local endpoint once connected.
  virtual std::optional<Endpoint> local() const = 0;
};

}  // namespace siaga
