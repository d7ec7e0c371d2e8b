// Certificates as a test describes them, one by one: several of one name and key, wrong ones,
// broken ones. Keys go by name: the same name is the same key.
//
//   const Made root = made({.subject = "Root", .issuer = "Root"});
//   const Made leaf = made({.subject = "portal.test", .issuer = "Root", .is_authority = false});
//   const Made other = made({.subject = "A", .issuer = "Root", .signing_key = "stranger"});
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

namespace siaga::tests {

// An extension: by OpenSSL's notation ("DNS:portal.test"), or by its bytes when `is_raw`.
struct MadeExtension {
  std::string name;  // "subjectAltName", or a number: "1.2.3.4"
  std::string value;
  bool is_raw = false, is_critical = false;
};

struct MadeOptions {
  std::string subject;
  std::string issuer;
  std::string key;           // empty: named like the subject
  std::string signing_key;   // empty: named like the issuer
  bool is_authority = true;  // with the extensions of one; else of a server, for its subject
  bool has_own_extensions_only = false;  // none but these:
  std::vector<MadeExtension> extensions;
  int starts_in_days = -10, ends_in_days = 30;
  bool is_signed_with_sha1 = false, has_broken_key = false;
};

struct FreeMade {
  void operator()(X509* certificate) const;
};
using Made = std::unique_ptr<X509, FreeMade>;

// Read anew from its bytes, as from a peer.
Made made(const MadeOptions& options);
// What a server is given: the certificates in this order, with the key of that name.
std::string pem_of(const std::vector<const Made*>& certificates);
std::string made_key_pem(const std::string& key);

}  // namespace siaga::tests
