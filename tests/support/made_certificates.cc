#include "tests/support/made_certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <map>

#include "agent/core/check.h"

namespace siaga::tests {
namespace {

struct FreeMadeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

EVP_PKEY* key_named(const std::string& name) {
  static std::map<std::string, std::unique_ptr<EVP_PKEY, FreeMadeKey>> keys;
  auto& key = keys[name];
  if (!key) key.reset(EVP_EC_gen("P-256"));
  CHECK(key != nullptr);
  return key.get();
}

void call_it(X509_NAME* name, const std::string& text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.c_str());
  CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes, -1, -1, 0) == 1);
}

// The right algorithm, and a point that is on no curve.
void break_key(X509* certificate) {
  constexpr int size = 65;
  auto* bytes = static_cast<unsigned char*>(OPENSSL_zalloc(size));
  CHECK(X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(certificate),
                               OBJ_nid2obj(NID_X9_62_id_ecPublicKey), V_ASN1_OBJECT,
                               OBJ_nid2obj(NID_X9_62_prime256v1), bytes, size) == 1);
}

X509_EXTENSION* raw_extension(const MadeExtension& wanted) {
  ASN1_OBJECT* object = OBJ_txt2obj(wanted.name.c_str(), 0);
  CHECK(object != nullptr);
  ASN1_OCTET_STRING* bytes = ASN1_OCTET_STRING_new();
  ASN1_OCTET_STRING_set(bytes, reinterpret_cast<const unsigned char*>(wanted.value.data()),
                        static_cast<int>(wanted.value.size()));
  X509_EXTENSION* extension =
      X509_EXTENSION_create_by_OBJ(nullptr, object, wanted.is_critical ? 1 : 0, bytes);
  ASN1_OCTET_STRING_free(bytes);
  ASN1_OBJECT_free(object);
  return extension;
}

void extend(X509* certificate, const MadeExtension& wanted) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension =
      wanted.is_raw ? raw_extension(wanted)
                    : X509V3_EXT_conf(nullptr, &context, wanted.name.c_str(), wanted.value.c_str());
  CHECK(extension != nullptr);
  CHECK(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

std::vector<MadeExtension> extensions_of(const MadeOptions& options) {
  std::vector<MadeExtension> all;
  if (options.has_own_extensions_only) return options.extensions;
  if (options.is_authority)
    all = {{"basicConstraints", "critical,CA:TRUE"}, {"keyUsage", "critical,keyCertSign,cRLSign"}};
  else
    all = {{"basicConstraints", "critical,CA:FALSE"}, {"subjectAltName", "DNS:" + options.subject}};
  all.insert(all.end(), options.extensions.begin(), options.extensions.end());
  return all;
}

Made read_anew(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  CHECK(size > 0);
  const unsigned char* end = bytes;
  Made read(d2i_X509(nullptr, &end, size));
  OPENSSL_free(bytes);
  CHECK(read != nullptr);
  return read;
}

}  // namespace

void FreeMade::operator()(X509* certificate) const { X509_free(certificate); }

Made made(const MadeOptions& options) {
  static long serial = 0;
  const Made draft(X509_new());
  X509* certificate = draft.get();
  CHECK(X509_set_version(certificate, X509_VERSION_3) == 1);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), options.starts_in_days * 86'400L);
  X509_gmtime_adj(X509_getm_notAfter(certificate), options.ends_in_days * 86'400L);
  call_it(X509_get_subject_name(certificate), options.subject);
  call_it(X509_get_issuer_name(certificate), options.issuer);
  CHECK(X509_set_pubkey(certificate,
                        key_named(options.key.empty() ? options.subject : options.key)) == 1);
  for (const MadeExtension& extension : extensions_of(options)) extend(certificate, extension);
  if (options.has_broken_key) break_key(certificate);
  EVP_PKEY* signer = key_named(options.signing_key.empty() ? options.issuer : options.signing_key);
  CHECK(X509_sign(certificate, signer, options.is_signed_with_sha1 ? EVP_sha1() : EVP_sha256()) >
        0);
  return read_anew(certificate);
}

std::string pem_of(const std::vector<const Made*>& certificates) {
  BIO* memory = BIO_new(BIO_s_mem());
  for (const Made* certificate : certificates)
    CHECK(PEM_write_bio_X509(memory, certificate->get()) == 1);
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<std::size_t>(length));
  BIO_free(memory);
  return pem;
}

std::string made_key_pem(const std::string& key) {
  BIO* memory = BIO_new(BIO_s_mem());
  CHECK(PEM_write_bio_PrivateKey(memory, key_named(key), nullptr, nullptr, 0, nullptr, nullptr) ==
        1);
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<std::size_t>(length));
  BIO_free(memory);
  return pem;
}

}  // namespace siaga::tests
