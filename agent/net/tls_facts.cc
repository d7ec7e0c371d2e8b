#include "agent/net/tls_facts.h"

#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <ctime>

#include "agent/core/address.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"
#include "agent/net/tls_openssl.h"

namespace siaga {
namespace {

std::string hex(std::span<const unsigned char> bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

std::string_view bytes_of(const ASN1_STRING* string) {
  const int length = ASN1_STRING_length(string);
  if (length <= 0) return {};
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(length)};
}

std::string text_of(const X509_NAME* name) {
  const BioOwner bio(BIO_new(BIO_s_mem()));
  // Without ESC_MSB letters beyond ASCII stay UTF-8 instead of becoming \C3\A9.
  constexpr unsigned long flags =
      XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (bio == nullptr || X509_NAME_print_ex(bio.get(), name, 0, flags) < 0) return {};
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  if (data == nullptr || length <= 0) return {};
  return printable({data, static_cast<std::size_t>(length)}, limits::certificate_text_bytes);
}

// Years 0 to 9999 are possible in ASN.1; WallTime's nanoseconds reach 1677 to 2262.
WallTime wall_time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  using namespace std::chrono;
  const year_month_day date{year{parts.tm_year + 1900},
                            month{static_cast<unsigned>(parts.tm_mon + 1)},
                            day{static_cast<unsigned>(parts.tm_mday)}};
  const auto since_epoch = sys_days{date}.time_since_epoch() + hours{parts.tm_hour} +
                           minutes{parts.tm_min} + std::chrono::seconds{parts.tm_sec};
  constexpr auto earliest = ceil<std::chrono::seconds>(Duration::min());
  constexpr auto latest = floor<std::chrono::seconds>(Duration::max());
  return WallTime{std::clamp(duration_cast<std::chrono::seconds>(since_epoch), earliest, latest)};
}

std::string address_of(std::string_view octets) {
  Address address;
  if (octets.size() != 4 && octets.size() != 16) return {};
  address.family = octets.size() == 4 ? Family::ip4 : Family::ip6;
  std::memcpy(address.bytes.data(), octets.data(), octets.size());
  return to_string(address);
}

struct TypedName {
  std::string_view type;
  std::string text;  // empty: of another type, or nonsense
};

TypedName typed(const GENERAL_NAME* name) {
  int type = 0;
  const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(name, &type));
  if (type == GEN_DNS)
    return {"DNS name", printable(bytes_of(value), limits::certificate_name_bytes)};
  if (type == GEN_IPADD) return {"IP address", address_of(bytes_of(value))};
  return {};
}

std::vector<TypedName> all_names_of(const X509& certificate) {
  const std::unique_ptr<GENERAL_NAMES, OpenSslRelease<GENERAL_NAMES_free>> alternatives(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<TypedName> names;
  const int count = alternatives ? sk_GENERAL_NAME_num(alternatives.get()) : 0;
  for (int index = 0; index < count && names.size() < limits::certificate_names; ++index) {
    TypedName name = typed(sk_GENERAL_NAME_value(alternatives.get(), index));
    if (!name.text.empty()) names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> names_of(const X509& certificate) {
  std::vector<std::string> names;
  for (TypedName& name : all_names_of(certificate)) names.push_back(std::move(name.text));
  return names;
}

// OpenSSL knows the NIST curves by the names of older standards.
std::string curve_name(std::string_view group) {
  if (group == "prime256v1") return "P-256";
  if (group == "secp224r1") return "P-224";
  if (group == "secp384r1") return "P-384";
  if (group == "secp521r1") return "P-521";
  return std::string(group);
}

std::string fingerprint_of(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), &length) != 1) return {};
  return hex(std::span(digest).first(length));
}

std::string serial_of(const X509& certificate) {
  const std::string_view octets = bytes_of(X509_get0_serialNumber(&certificate));
  const std::string_view kept = octets.substr(0, limits::certificate_serial_bytes);
  return hex({reinterpret_cast<const unsigned char*>(kept.data()), kept.size()});
}

}  // namespace

std::vector<std::string> typed_names_of(const X509& certificate) {
  std::vector<std::string> names;
  for (const TypedName& name : all_names_of(certificate))
    names.push_back(std::string(name.type) + " \"" + name.text + "\"");
  return names;
}
std::string subject_of(const X509& certificate) {
  return text_of(X509_get_subject_name(&certificate));
}
std::string issuer_of(const X509& certificate) {
  return text_of(X509_get_issuer_name(&certificate));
}
WallTime not_before_of(const X509& certificate) {
  return wall_time_of(X509_get0_notBefore(&certificate));
}
WallTime not_after_of(const X509& certificate) {
  return wall_time_of(X509_get0_notAfter(&certificate));
}

std::string key_of(const X509& certificate) {
  const EVP_PKEY* key = X509_get0_pubkey(&certificate);
  if (key == nullptr) return {};
  const int type = EVP_PKEY_get_base_id(key);
  if (type == EVP_PKEY_EC) {
    std::array<char, 64> group{};
    std::size_t length = 0;
    const bool is_named =
        EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 && length > 0;
    return "EC " +
           (is_named ? curve_name({group.data(), length}) : std::to_string(EVP_PKEY_get_bits(key)));
  }
  if (type == EVP_PKEY_ED25519) return "Ed25519";
  if (type == EVP_PKEY_ED448) return "Ed448";
  const bool is_rsa = type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS;
  const char* name = is_rsa ? "RSA" : EVP_PKEY_get0_type_name(key);
  return std::string(name == nullptr ? "unknown" : name) + " " +
         std::to_string(EVP_PKEY_get_bits(key));
}

std::string signature_of(const X509& certificate) {
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, &certificate);
  if (algorithm == nullptr) return {};
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  std::array<char, 80> name{};
  if (object == nullptr || OBJ_obj2txt(name.data(), name.size(), object, 0) <= 0) return {};
  return name.data();
}

CertificateFacts read_certificate(const X509& certificate) {
  return {.subject = subject_of(certificate),
          .issuer = issuer_of(certificate),
          .serial = serial_of(certificate),
          .fingerprint_sha256 = fingerprint_of(certificate),
          .not_before = not_before_of(certificate),
          .not_after = not_after_of(certificate),
          .names = names_of(certificate),
          .key = key_of(certificate),
          .signature = signature_of(certificate)};
}

std::optional<CertificateFacts> parse_certificate(std::span<const std::byte> der) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const CertificateOwner certificate(d2i_X509(nullptr, &begin, static_cast<long>(der.size())));
  if (certificate == nullptr) {
    take_openssl_error();
    return std::nullopt;
  }
  auto facts = read_certificate(*certificate);
  take_openssl_error();
  return facts;
}

}  // namespace siaga
