#include "probes/tcp_connection.h"

#include <cerrno>
#include <span>
#include <utility>

#include "agent/core/check.h"
#include "agent/loop/socket.h"

namespace siaga {
namespace {

Failure failure_of_connect(const Error& error) {
  return {reason_of_connect_error(error), describe(error)};
}

// A context that cannot be made is the agent's own trouble: a file is missing or broken.
Failure failure_of_context(const Error& error) {
  return {error.code == EACCES ? Reason::agent_permission : Reason::agent_error, describe(error)};
}

}  // namespace

void TcpConnection::open(Done done) {
  done_ = std::move(done);
  const bool is_known =
      address_.start(network_, route_.to.host, route_.reach, [this](const Resolution& found) {
        if (found.reason == Reason::none) return connect();
        auto deliver = std::exchange(done_, {});
        deliver({found.reason, found.detail});
      });
  if (!is_known) return;
  const Resolution& known = address_.result();
  if (known.reason == Reason::none) return connect();
  fail_soon({known.reason, known.detail});
}

void TcpConnection::connect() {
  phase_ = Phase::connect;
  connect_.begin = network_.clock.now();
  stream_ =
      TcpStream::connect(network_.loop,
                         {.to = {address_.result().addresses.front(), route_.to.port},
                          .source = route_.reach.source,
                          .interface = route_.reach.interface},
                         [this](Result<void> connected) {
                           finish(Phase::open, connect_,
                                  connected ? Failure{} : failure_of_connect(connected.error()));
                         });
}

void TcpConnection::start_tls(const TlsOptions& options, Done done) {
  CHECK(phase_ == Phase::open && tls_ == nullptr);
  done_ = std::move(done);
  auto context = network_.tls->context(options);
  if (!context) return fail_soon(failure_of_context(context.error()));
  phase_ = Phase::tls;
  tls_span_.begin = network_.clock.now();
  tls_ = network_.tls->start(
      *std::move(context), *stream_, route_.to.host, [this](Result<void> ready) {
        const TlsFacts& facts = tls_->facts();
        finish(Phase::open, tls_span_, ready ? Failure{} : Failure{facts.reason, facts.detail});
      });
}

void TcpConnection::finish(Phase reached, Span& span, Failure failure) {
  span.end = network_.clock.now();
  if (failure.reason == Reason::none) phase_ = reached;
  auto deliver = std::exchange(done_, {});
  deliver(std::move(failure));
}

void TcpConnection::fail_soon(Failure failure) {
  told_soon_ = std::move(failure);
  soon_.emplace(network_.loop, [this] {
    auto deliver = std::exchange(done_, {});
    deliver(told_soon_);
  });
}

void TcpConnection::read(TcpStream::Received received) {
  if (tls_) tls_->read(std::move(received));
  else stream_->read(std::move(received));
}

void TcpConnection::write(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  if (tls_) tls_->write(bytes);
  else stream_->write(bytes);
}

void TcpConnection::end_writing() {
  if (tls_) tls_->end_writing();
}

void TcpConnection::drop() {
  tls_.reset();
  stream_.reset();
}

Failure TcpConnection::time_out() const {
  if (told_soon_.reason != Reason::none) return told_soon_;
  switch (phase_) {
    case Phase::resolve:
      return {Reason::dns_timeout, "no address of " + route_.to.host + " in time"};
    case Phase::connect:
      return {Reason::connect_timeout, "no answer from " + destination() + " in time"};
    case Phase::tls:
      return {Reason::tls_timeout, "the TLS handshake with " + destination() + " took too long"};
    case Phase::open: break;
  }
  return {};
}

std::optional<Duration> TcpConnection::length(const Span& span) const {
  if (!span.begin) return std::nullopt;
  return span.end.value_or(network_.clock.now()) - *span.begin;
}

std::optional<Duration> TcpConnection::connect_duration() const { return length(connect_); }
std::optional<Duration> TcpConnection::tls_duration() const { return length(tls_span_); }

const Address* TcpConnection::chosen() const {
  const Resolution& found = address_.result();
  return found.addresses.empty() ? nullptr : &found.addresses.front();
}

std::string TcpConnection::destination() const {
  const Address* address = chosen();
  return address == nullptr ? to_string(route_.to) : to_string(Endpoint{*address, route_.to.port});
}

void TcpConnection::report(Outcome& outcome) const {
  const Address* address = chosen();
  write_address(address_, address, outcome.readings);
  if (address != nullptr) outcome.address = to_string(*address);
  if (tls_) write_readings(tls_->facts(), outcome.readings);
}

}  // namespace siaga
