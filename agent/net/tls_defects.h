// What is wrong with a certificate by itself, in words: OpenSSL only turns away from such a one,
// and then says that something is missing. Judges no chain. For agent/net/tls*.cc only.
#pragma once

#include <string>

#include <openssl/x509.h>

namespace siaga {

// An extension that cannot be decoded or is there twice (RFC 5280, 4.2), of those that OpenSSL
// refuses a certificate for: "subjectAltName is there twice". Empty: none.
std::string extension_defect_of(X509& certificate);
// subjectAltName is the one, so that nobody can say what names the certificate is for.
bool has_unreadable_names(X509& certificate);
// Critical extensions that OpenSSL does not know (RFC 5280, 4.2), as numbers, with commas.
std::string unknown_critical_extensions_of(X509& certificate);
// Why it cannot stand behind another one that names it as its issuer: a defect as above, a key that
// cannot be read, or a keyUsage without keyCertSign (RFC 5280, 4.2.1.3). Empty: it can.
std::string signing_defect_of(X509& certificate);

}  // namespace siaga
