// The ways from a leaf towards an authority through the certificates that a peer sent. Several of
// them can have one subject and one key (cross-signed, renewed): OpenSSL follows the first that it
// meets and does not come back, while clients are expected to find a way that is good (RFC 4158,
// 2.3). Looks at names, key identifiers and the right to sign; proves nothing.
// For agent/net/tls*.cc only.
#pragma once

#include <vector>

#include <openssl/x509.h>

namespace siaga {

// A way: certificates that were sent, from the leaf's issuer on, the leaf itself left out. Behind
// the last of them an authority is to be found in the store.
using CertificatePath = std::vector<X509*>;

// At most limits::certificate_paths, those over certificates that are valid at `now_seconds` (since
// 1970) first, of the first limits::certificate_chain that were sent. The way over none of them is
// always one. The certificates are those of `sent`, which may be null.
std::vector<CertificatePath> certificate_paths(X509_STORE* store, X509* leaf, STACK_OF(X509) * sent,
                                               time_t now_seconds);

}  // namespace siaga
