#include "tests/support/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "agent/core/address.h"
#include "agent/core/check.h"

namespace siaga::tests {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;

namespace {

Key new_key(KeyKind kind) {
  EVP_PKEY* key = nullptr;
  switch (kind) {
    case KeyKind::ec_p256: key = EVP_EC_gen("P-256"); break;
    case KeyKind::rsa_2048: key = EVP_RSA_gen(2048U); break;
    case KeyKind::rsa_1024: key = EVP_RSA_gen(1024U); break;
  }
  CHECK(key != nullptr);
  return Key(key);
}

template <typename Write>
std::string pem_of(Write write) {
  BIO* memory = BIO_new(BIO_s_mem());
  CHECK(write(memory) == 1);
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<std::size_t>(length));
  BIO_free(memory);
  return pem;
}

std::string pem_of(const Certificate& certificate) {
  return pem_of([&](BIO* memory) { return PEM_write_bio_X509(memory, certificate.get()); });
}

std::string pem_of(const Key& key) {
  return pem_of([&](BIO* memory) {
    return PEM_write_bio_PrivateKey(memory, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

void set_name(X509_NAME* name, const std::string& common_name) {
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.c_str());
  CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1);
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  CHECK(extension != nullptr);
  CHECK(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

std::string subject_alternatives(const std::vector<std::string>& names) {
  std::string value;
  for (const auto& name : names) {
    if (!value.empty()) value += ',';
    value += (parse_address(name) ? "IP:" : "DNS:") + name;
  }
  return value;
}

// Everything but issuer, extensions and signature.
Certificate draft(EVP_PKEY* key, const CertificateOptions& options) {
  Certificate certificate(X509_new());
  CHECK(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  std::uint64_t serial = 0;
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1U);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), options.starts_in_days * 86'400L);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), options.ends_in_days * 86'400L);
  CHECK(X509_set_pubkey(certificate.get(), key) == 1);
  set_name(X509_get_subject_name(certificate.get()), options.common_name);
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key, bool with_sha1) {
  CHECK(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
  CHECK(X509_sign(certificate, issuer_key, with_sha1 ? EVP_sha1() : EVP_sha256()) > 0);
}

}  // namespace

struct CertificateAuthority::Signer {
  Key key;
  Certificate certificate;

  // Signed by `issuer`, or by itself.
  Signer(const std::string& name, const Signer* issuer) : key(new_key(KeyKind::ec_p256)) {
    certificate = draft(key.get(), {.common_name = name, .names = {}, .ends_in_days = 365});
    const Signer& signer = issuer == nullptr ? *this : *issuer;
    add_extension(certificate.get(), signer.certificate.get(), NID_basic_constraints,
                  "critical,CA:TRUE");
    add_extension(certificate.get(), signer.certificate.get(), NID_key_usage,
                  "critical,keyCertSign,cRLSign");
    add_extension(certificate.get(), signer.certificate.get(), NID_subject_key_identifier, "hash");
    sign(certificate.get(), signer.certificate.get(), signer.key.get(), false);
  }
};

CertificateAuthority::CertificateAuthority()
    : root_(std::make_unique<Signer>("Siaga Test Root", nullptr)),
      intermediate_(std::make_unique<Signer>("Siaga Test Intermediate", root_.get())),
      root_pem_(pem_of(root_->certificate)),
      intermediate_pem_(pem_of(intermediate_->certificate)) {}

CertificateAuthority::~CertificateAuthority() = default;

Identity CertificateAuthority::issue(const CertificateOptions& options) const {
  const Key key = new_key(options.key);
  const Certificate leaf = draft(key.get(), options);
  X509* issuer = options.is_self_signed ? leaf.get() : intermediate_->certificate.get();
  EVP_PKEY* issuer_key = options.is_self_signed ? key.get() : intermediate_->key.get();
  add_extension(leaf.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf.get(), issuer, NID_ext_key_usage, "serverAuth,clientAuth");
  if (!options.names.empty())
    add_extension(leaf.get(), issuer, NID_subject_alt_name, subject_alternatives(options.names));
  sign(leaf.get(), issuer, issuer_key, options.signed_with_sha1);
  Identity identity{.chain_pem = pem_of(leaf), .key_pem = pem_of(key)};
  if (!options.is_self_signed && !options.omits_intermediate)
    identity.chain_pem += intermediate_pem_;
  return identity;
}

}  // namespace siaga::tests
