// Judges a chain of certificates and says why: one reason, by a fixed order of checks. Knows no
// connection, reads no clock, remembers nothing.
//
// The order (the first check that fails is the reason; the others are named in the detail). What a
// certificate says of itself comes first, then whether it is for this host, then whether we trust
// it, then how strong it is:
//   1. tls_expired            a certificate of the chain has ended
//   2. tls_not_yet_valid      ... has not begun
//   3. tls_wrong_name         the leaf is for other names or addresses (its CN is not looked at)
//   4. tls_self_signed        the leaf signed itself and is not in the trust store
//   5. tls_incomplete_chain   the issuer is missing, and the peer should have sent it (see below)
//   6. tls_unknown_issuer     the chain ends in an authority that is not in the trust store
//   7. tls_untrusted          bad signature, not an authority, broken extension, constraints, ...
//   8. tls_weak_key           RSA or DSA below 2048 bits, EC below 224
//   9. tls_weak_signature     MD5 or SHA-1 in a certificate that is not a trust anchor
//
// Incomplete or unknown? In both an issuer is neither sent nor trusted. It is called incomplete
// when the search stopped at the leaf itself and there is a sign that an intermediate exists:
//   - the leaf names an address to fetch its issuer from (RFC 5280 4.2.2.1; public authorities,
//     which never sign with their roots, always do), or
//   - the peer sent more certificates, none of which issued the leaf, or
//   - the target has its own ca_file: that authority is supposed to stand behind the leaf.
// Otherwise the issuer is unknown: a private authority that signs with its root sends leafs alone,
// rightly. A chain that goes on beyond the leaf and ends without a root is unknown too, because the
// root is the one certificate that a peer may leave out (RFC 8446, 4.4.2).
//
// An issuer that is there but may not sign, or cannot be read, is neither: the chain is untrusted,
// and the detail names the defect. Of several certificates with one fault the leaf is named first.
//
// A chain is good when one of the ways through the certificates that were sent is (tls_paths.h). Of
// a bad one OpenSSL's first way is told; if that ends nowhere, one that reaches an authority. Not
// checked: revocation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/core/reason.h"
#include "agent/core/time.h"
#include "agent/net/tls_openssl.h"

namespace siaga {

struct ChainQuestion {
  X509_STORE* store = nullptr;
  X509* leaf = nullptr;
  STACK_OF(X509) * sent = nullptr;  // with or without the leaf; may be null
  std::string_view name;            // a name or an address to find in the leaf
  WallTime now{};
  bool judges_dates = true;
  bool has_own_authorities = false;  // the store is a ca_file's, not the system's
};

struct ChainVerdict {
  Reason reason = Reason::none;
  std::string detail;
  std::optional<WallTime> expiry;  // end of the longest lived good way, when reason is none
  int openssl_error = X509_V_OK;   // chooses the alert for the peer
};

ChainVerdict verify_chain(const ChainQuestion& question);

// From one time to a later one; certificates' times reach so far apart that the longest Duration
// may have to do.
Duration time_between(WallTime from, WallTime until);
// "3 days", "5 hours", "1 minute": rounded down.
std::string in_words(Duration duration);

}  // namespace siaga
