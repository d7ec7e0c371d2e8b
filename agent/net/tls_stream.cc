#include "agent/net/tls_stream.h"

#include <openssl/err.h>

#include <array>
#include <cerrno>
#include <utility>

#include "agent/core/check.h"

namespace siaga {
namespace {

constexpr std::size_t record_bytes = 16U << 10U;  // RFC 8446, 5.1: of the text in one record

}  // namespace

OpenSslStream::OpenSslStream(Loop& loop, TlsJudge& judge, std::shared_ptr<TlsContext> context,
                             TcpStream& stream, std::string_view host, Ready ready)
    : loop_(loop),
      stream_(stream),
      host_(host),
      context_(context),
      session_(judge, std::move(context), host, facts_),
      ready_(std::move(ready)) {
  if (!open_ssl(context_->ssl())) {
    soon_.emplace(loop_, [this] {
      fail_handshake({.tried = "TLS handshake", .on = host_, .code = ENOMEM, .text = {}});
    });
    return;
  }
  listen();
  SSL_do_handshake(ssl_.get());
  flush();
}

OpenSslStream::~OpenSslStream() {
  if (is_gone_ != nullptr) *is_gone_ = true;
  stream_.pause();
}

bool OpenSslStream::open_ssl(SSL_CTX* context) {
  ERR_clear_error();
  ssl_.reset(SSL_new(context));
  BioOwner in(BIO_new(BIO_s_mem()));
  BioOwner out(BIO_new(BIO_s_mem()));
  if (ssl_ == nullptr || in == nullptr || out == nullptr) return false;
  in_ = in.get();
  out_ = out.get();
  SSL_set_bio(ssl_.get(), in.release(), out.release());
  SSL_set_connect_state(ssl_.get());
  session_.bind(ssl_.get());
  return true;
}

void OpenSslStream::listen() {
  stream_.read([this](Result<std::span<const std::byte>> chunk) { receive(std::move(chunk)); });
}

void OpenSslStream::receive(Result<std::span<const std::byte>> chunk) {
  if (state_ == State::ended) return;
  if (!chunk) return fail_connection(std::move(chunk.error()));
  if (chunk->empty()) has_peer_ended_ = true;
  else CHECK(BIO_write(in_, chunk->data(), static_cast<int>(chunk->size())) > 0);
  if (state_ == State::handshake) return shake_hands();
  if (reader_) return deliver();
  // Nobody listens: what has come is kept, more is left to the kernel.
  stream_.pause();
}

void OpenSslStream::shake_hands() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  const int error = SSL_get_error(ssl_.get(), result);
  flush();
  if (result == 1) {
    state_ = State::open;
    auto ready = std::exchange(ready_, {});
    return ready({});
  }
  const bool wants_more = error == SSL_ERROR_WANT_READ;
  if (wants_more && !has_peer_ended_) return;
  if (wants_more) {
    facts_.reason = Reason::tls_reset;
    facts_.detail = "the peer closed the connection during the TLS handshake";
  } else {
    session_.note_failure(ssl_.get(), ERR_peek_error());
  }
  fail_handshake({.tried = "TLS handshake", .on = host_, .code = 0, .text = facts_.detail});
}

void OpenSslStream::fail_connection(Error error) {
  if (state_ != State::handshake) {
    connection_error_ = std::move(error);
    if (reader_) deliver();
    return;
  }
  const Reason reason = reason_of_exchange_errno(error.code);
  facts_.reason = reason == Reason::reset              ? Reason::tls_reset
                  : reason == Reason::transfer_timeout ? Reason::tls_timeout
                                                       : reason;
  facts_.detail = describe(error);
  fail_handshake(std::move(error));
}

void OpenSslStream::fail_handshake(Error error) {
  state_ = State::ended;
  stream_.pause();
  if (facts_.reason == Reason::none) facts_.reason = reason_of_exchange_errno(error.code);
  auto ready = std::exchange(ready_, {});
  ready(std::unexpected(std::move(error)));
}

void OpenSslStream::read(TcpStream::Received received) {
  reader_ = std::move(received);
  if (state_ != State::open) return;
  listen();
  const bool has_news = BIO_pending(in_) > 0 || SSL_has_pending(ssl_.get()) == 1 ||
                        has_peer_ended_ || connection_error_;
  if (has_news && is_gone_ == nullptr) soon_.emplace(loop_, [this] { deliver(); });
}

// Gives the reader everything that is there.
void OpenSslStream::deliver() {
  while (reader_ && state_ == State::open && deliver_one()) continue;
}

// False when nothing is left, or we are gone.
bool OpenSslStream::deliver_one() {
  std::array<std::byte, record_bytes> text;
  ERR_clear_error();
  const int count = SSL_read(ssl_.get(), text.data(), static_cast<int>(text.size()));
  const int error = SSL_get_error(ssl_.get(), count);
  flush();
  if (count > 0) return call_reader(std::span(text).first(static_cast<std::size_t>(count)));
  if (error == SSL_ERROR_WANT_READ && !has_peer_ended_ && !connection_error_) return false;

  state_ = State::ended;
  stream_.pause();
  if (error == SSL_ERROR_WANT_READ && connection_error_)
    return call_reader(std::unexpected(*std::exchange(connection_error_, {})));
  // A peer that closes without close_notify has ended as well: truncation is not our business.
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_ZERO_RETURN)
    return call_reader(std::span<const std::byte>{});
  session_.note_failure(ssl_.get(), ERR_peek_error());
  return call_reader(std::unexpected(
      Error{.tried = "read TLS", .on = host_, .code = EPROTO, .text = facts_.detail}));
}

bool OpenSslStream::call_reader(Result<std::span<const std::byte>> chunk) {
  bool is_gone = false;
  is_gone_ = &is_gone;
  auto reader = std::exchange(reader_, {});
  reader(std::move(chunk));
  if (is_gone) return false;
  is_gone_ = nullptr;
  if (!reader_) reader_ = std::move(reader);
  return true;
}

void OpenSslStream::write(std::span<const std::byte> data, TcpStream::Written written) {
  CHECK(state_ != State::handshake);
  if (state_ == State::ended || data.empty()) return;
  ERR_clear_error();
  SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size()));
  flush(std::move(written));
}

void OpenSslStream::end_writing() {
  if (state_ != State::open) return;
  SSL_shutdown(ssl_.get());
  flush();
}

void OpenSslStream::flush(TcpStream::Written written) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(out_, &data);
  if (length <= 0) return;
  stream_.write(std::as_bytes(std::span(data, static_cast<std::size_t>(length))),
                std::move(written));
  static_cast<void>(BIO_reset(out_));
}

}  // namespace siaga
