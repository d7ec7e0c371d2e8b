// TLS: shared contexts, verification that explains itself, certificate facts also when verification
// failed, and a cache of verified chains. OpenSSL is seen by agent/net/tls*.cc only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/core/outcome.h"
#include "agent/core/reading.h"
#include "agent/core/reason.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/loop/tcp_stream.h"

namespace siaga {

enum class TlsVersion : std::uint8_t { tls_1_0, tls_1_1, tls_1_2, tls_1_3 };

// What a target asks of TLS. Comparable: equal options share one context.
struct TlsOptions {
  bool verify = true;            // false: facts are collected, nothing is rejected
  std::string ca_file;           // PEM; empty: the system's roots
  std::string certificate_file;  // client certificate chain, PEM
  std::string key_file;
  TlsVersion min_version = TlsVersion::tls_1_2;
  std::optional<TlsVersion> max_version;
  std::string server_name;        // SNI and the name to verify; empty: the host
  Duration expires_in_min{};      // tls_expires_soon when the chain ends sooner; 0: off
  std::vector<std::string> alpn;  // protocols to offer, in order of preference
  auto operator<=>(const TlsOptions&) const = default;
};

struct CertificateFacts {
  std::string subject, issuer;     // RFC 2253
  std::string serial;              // lower-case hex
  std::string fingerprint_sha256;  // lower-case hex
  WallTime not_before, not_after;
  std::vector<std::string> names;  // DNS names and addresses of subjectAltName
  std::string key;                 // "EC P-256", "RSA 2048"
  std::string signature;           // "ecdsa-with-SHA256"
};

// What one handshake showed. Filled as far as it went, whatever the verdict.
struct TlsFacts {
  std::string version;  // "TLS 1.3"; empty when none was agreed on
  std::string cipher;   // "TLS_AES_256_GCM_SHA384"
  std::string alpn;
  std::vector<CertificateFacts> sent;    // leaf first, as sent by the peer
  std::optional<WallTime> chain_expiry;  // earliest end in the verified chain, the longest lived if
                                         // there are several; nothing if not verified
  Reason reason = Reason::none;          // tls_*: the first of the checks that failed
  std::string detail;                    // "expired 3 days ago: CN=portal.example"
  bool is_chain_cached = false;
  bool is_certificate_requested = false;  // the peer asked for a client certificate
};

// Fills the TLS block of a kind's readings.
void write_readings(const TlsFacts& facts, Readings& readings);
// Adds "tls" and "certificate" lines for --explain.
void explain(const TlsFacts& facts, Explanation& explanation);

class TlsContext;  // one SSL_CTX with its trust store

// One TLS session over a TcpStream that is connected. Owns nothing of the stream, which must
// outlive it.
class TlsStream {
 public:
  // Ok, or the error of the connection (code), or of the handshake (code 0; see facts().reason,
  // which is tls_handshake, tls_version, tls_reset, tls_client_certificate or a certificate
  // reason).
  using Ready = std::move_only_function<void(Result<void>)>;
  virtual ~TlsStream() = default;
  virtual const TlsFacts& facts() const = 0;
  // As TcpStream's, for the text inside.
  virtual void read(TcpStream::Received received) = 0;
  virtual void write(std::span<const std::byte> data, TcpStream::Written written = {}) = 0;
  // Says close_notify: a peer that has judged our client certificate then closes or refuses.
  virtual void end_writing() = 0;
};

class TlsContexts {
 public:
  static std::unique_ptr<TlsContexts> create(Loop& loop, const Clock& clock);
  virtual ~TlsContexts() = default;

  // The context for these options, made at the first use and kept while somebody holds it. Error: a
  // file that cannot be read or parsed, a key that does not fit. Files are read again when their
  // mtime changes.
  virtual Result<std::shared_ptr<TlsContext>> context(const TlsOptions& options) = 0;

  // Starts the handshake as client. `host` is what was asked for: a name or address, the default
  // for SNI (names only) and for the name check. Dropping the TlsStream cancels.
  virtual std::unique_ptr<TlsStream> start(std::shared_ptr<TlsContext> context, TcpStream& stream,
                                           std::string_view host, TlsStream::Ready ready) = 0;

  // For libcurl: puts our verification, trust store and client certificate into the SSL_CTX
  // that CURLOPT_SSL_CTX_FUNCTION hands over (`ssl_ctx`, with VERIFYPEER and VERIFYHOST off); facts
  // are written to `facts` during the handshake, which is aborted when verification fails.
  // Everything passed must live until the connection is gone.
  virtual void adopt(void* ssl_ctx, std::shared_ptr<TlsContext> context, std::string_view host,
                     TlsFacts& facts) = 0;

  // Set while the wall clock is not to be trusted: dates are then not judged.
  virtual void suspend_dates(bool is_suspended) = 0;

  struct Counters {
    std::uint64_t handshakes = 0, chains_verified = 0, chains_cached = 0;
  };
  virtual Counters counters() const = 0;
};

}  // namespace siaga
