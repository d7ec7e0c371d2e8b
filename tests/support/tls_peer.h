// A TcpPeer that speaks TLS from the first byte. For STARTTLS use a TcpPeer whose script calls
// Conversation::start_tls() in the middle.
//
//   CertificateAuthority authority;
//   TlsPeer peer({.identity = authority.issue()}, [](Conversation& talk) { talk.send("hi"); });
//   TlsPeer old({.identity = authority.issue(), .version_max = TLS1_2_VERSION}, script);
//   TlsPeer stuck({.identity = authority.issue(), .stalls_after_bytes = 100}, script);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/certificates.h"
#include "tests/support/tcp_peer.h"

namespace siaga::tests {

struct TlsServerOptions {
  Identity identity;
  int version_min = 0;  // TLS1_2_VERSION and so on (openssl/tls1.h); 0: whatever there is
  int version_max = 0;
  std::string client_authority_pem;          // asks for a client certificate of this authority
  bool requires_client_certificate = false;  // and refuses the handshake without one
  std::vector<std::string> protocols;        // ALPN, the preferred one first; empty: not spoken
  std::string ciphers;                       // up to TLS 1.2, OpenSSL's syntax
  std::optional<std::size_t> stalls_after_bytes;  // of its answer to the client's hello (TlsPeer)
};

// The script behind a handshake.
Script with_tls(TlsServerOptions options, Script script);

class TlsPeer final : public TcpPeer {
 public:
  explicit TlsPeer(TlsServerOptions options, Script script, Family family = Family::ip4)
      : TcpPeer(with_tls(std::move(options), std::move(script)), family) {}
};

}  // namespace siaga::tests
