// Certificates made in memory: a small authority (a root and an intermediate) and leafs of it, good
// ones and each kind of bad one.
//
//   CertificateAuthority authority;
//   const Identity good = authority.issue();
//   const Identity old = authority.issue({.starts_in_days = -30, .ends_in_days = -1});
//   const Identity other = authority.issue({.names = {"elsewhere.test"}});
//   TemporaryFile trusted(authority.root_pem());   // for an option that takes a ca_file
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

namespace siaga::tests {

enum class KeyKind { ec_p256, rsa_2048, rsa_1024 };

struct CertificateOptions {
  std::string common_name = "localhost";
  // Subject alternative names: host names and addresses.
  std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};
  int starts_in_days = -1;
  int ends_in_days = 30;
  KeyKind key = KeyKind::ec_p256;
  bool signed_with_sha1 = false;
  bool is_self_signed = false;      // signed by its own key, no authority
  bool omits_intermediate = false;  // the chain is the leaf alone
};

struct Identity {
  std::string chain_pem;  // leaf first
  std::string key_pem;
};

class CertificateAuthority {
 public:
  CertificateAuthority();
  ~CertificateAuthority();
  CertificateAuthority(const CertificateAuthority&) = delete;
  CertificateAuthority& operator=(const CertificateAuthority&) = delete;

  const std::string& root_pem() const { return root_pem_; }
  const std::string& intermediate_pem() const { return intermediate_pem_; }
  Identity issue(const CertificateOptions& options = {}) const;

 private:
  struct Signer;
  std::unique_ptr<Signer> root_, intermediate_;
  std::string root_pem_, intermediate_pem_;
};

}  // namespace siaga::tests
