// TlsStream over a TcpStream: OpenSSL works on two memory buffers, this class carries bytes between
// them and the socket. No shutdown handshake: a probe ends by dropping the connection.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/net/tls_session.h"

namespace siaga {

class OpenSslStream final : public TlsStream {
 public:
  OpenSslStream(Loop& loop, TlsJudge& judge, std::shared_ptr<TlsContext> context, TcpStream& stream,
                std::string_view host, Ready ready);
  ~OpenSslStream() override;
  OpenSslStream(const OpenSslStream&) = delete;
  OpenSslStream& operator=(const OpenSslStream&) = delete;

  const TlsFacts& facts() const override { return facts_; }
  void read(TcpStream::Received received) override;
  void write(std::span<const std::byte> data, TcpStream::Written written) override;
  void end_writing() override;

 private:
  enum class State : std::uint8_t { handshake, open, ended };

  bool open_ssl(SSL_CTX* context);
  void listen();
  void receive(Result<std::span<const std::byte>> chunk);
  void shake_hands();
  void fail_handshake(Error error);
  void fail_connection(Error error);
  void deliver();
  bool deliver_one();
  bool call_reader(Result<std::span<const std::byte>> chunk);
  void flush(TcpStream::Written written = {});

  Loop& loop_;
  TcpStream& stream_;
  std::string host_;
  TlsFacts facts_;
  std::shared_ptr<TlsContext> context_;
  TlsSession session_;
  SslOwner ssl_;
  BIO* in_ = nullptr;   // from the peer; owned by ssl_
  BIO* out_ = nullptr;  // to the peer; owned by ssl_
  State state_ = State::handshake;
  bool has_peer_ended_ = false;
  std::optional<Error> connection_error_;
  Ready ready_;
  TcpStream::Received reader_;
  std::optional<Soon> soon_;
  bool* is_gone_ = nullptr;  // set while a reader is called, which may destroy us
};

}  // namespace siaga
