// The way to a service: name to address, connection, and TLS when asked for, with the time each
// phase took. Shared by the kinds tcp and tls. Judges nothing but the way itself; has no timers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/core/outcome.h"
#include "agent/loop/tcp_stream.h"
#include "probes/probe.h"
#include "probes/reach.h"

namespace siaga {

struct Failure {
  Reason reason = Reason::none;  // none: it went well
  std::string detail;
};

struct Route {
  HostPort to;
  Reach reach;
};

// Destroying it cancels and drops the connection. Must not move.
class TcpConnection {
 public:
  using Done = std::move_only_function<void(Failure)>;
  enum class Phase : std::uint8_t { resolve, connect, tls, open };

  TcpConnection(Network& network, const Route& route) : network_(network), route_(route) {}
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  // Resolves and connects. `done` comes on a later turn and may destroy the connection.
  void open(Done done);
  // On an open connection, at most once, not from inside a reader's call.
  void start_tls(const TlsOptions& options, Done done);

  // Through TLS once it was started.
  void read(TcpStream::Received received);
  // Reads nothing until read() or start_tls(); without TLS only.
  void pause() { stream_->pause(); }
  void write(std::string_view text);
  // Says that nothing more will be written (TLS only).
  void end_writing();
  // The run is over: closes, and calls nobody any more. What report() needs is gone with it.
  void drop();

  Phase phase() const { return phase_; }
  // The reason when time runs out in the phase under way, or what has failed already and was not
  // yet told; none when it is open.
  Failure time_out() const;
  Duration resolve_duration() const { return address_.duration(); }
  // Nothing before the phase has begun; until now while it runs.
  std::optional<Duration> connect_duration() const;
  std::optional<Duration> tls_duration() const;
  const TlsFacts* tls_facts() const { return tls_ ? &tls_->facts() : nullptr; }

  // Address and TLS block, Outcome::address, and explanation lines when `outcome` has them.
  void report(Outcome& outcome) const;

 private:
  struct Span {
    std::optional<Instant> begin, end;
  };

  void connect();
  void finish(Phase reached, Span& span, Failure failure);
  void fail_soon(Failure failure);
  std::optional<Duration> length(const Span& span) const;
  std::string destination() const;
  const Address* chosen() const;

  Network& network_;
  const Route& route_;
  Phase phase_ = Phase::resolve;
  AddressStep address_;
  Span connect_, tls_span_;
  std::optional<Soon> soon_;
  Failure told_soon_;
  std::unique_ptr<TcpStream> stream_;
  std::unique_ptr<TlsStream> tls_;  // destroyed before the stream that carries it
  Done done_;
};

}  // namespace siaga
