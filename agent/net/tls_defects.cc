#include "agent/net/tls_defects.h"

#include <openssl/x509v3.h>

#include <array>

namespace siaga {
namespace {

std::string name_of(const X509_EXTENSION* extension, bool as_number) {
  std::array<char, 80> text{};
  ASN1_OBJECT* object = X509_EXTENSION_get_object(const_cast<X509_EXTENSION*>(extension));
  const int nid = OBJ_obj2nid(object);
  if (!as_number && nid != NID_undef) return OBJ_nid2sn(nid);
  OBJ_obj2txt(text.data(), text.size(), object, 1);
  return text.data();
}

bool can_be_decoded(X509_EXTENSION* extension) {
  const X509V3_EXT_METHOD* method = X509V3_EXT_get(extension);
  if (method == nullptr) return true;  // nobody tries
  void* value = X509V3_EXT_d2i(extension);
  if (value == nullptr) return false;
  if (method->it != nullptr)
    ASN1_item_free(static_cast<ASN1_VALUE*>(value), ASN1_ITEM_ptr(method->it));
  else method->ext_free(value);
  return true;
}

bool is_there_again(const X509& certificate, int index) {
  const X509_EXTENSION* extension = X509_get_ext(&certificate, index);
  const ASN1_OBJECT* object = X509_EXTENSION_get_object(const_cast<X509_EXTENSION*>(extension));
  return X509_get_ext_by_OBJ(&certificate, object, index) >= 0;
}

std::string defect_of(const X509& certificate, int index) {
  X509_EXTENSION* extension = X509_get_ext(&certificate, index);
  if (is_there_again(certificate, index)) return name_of(extension, false) + " is there twice";
  return can_be_decoded(extension) ? "" : name_of(extension, false) + " cannot be decoded";
}

}  // namespace

std::string extension_defect_of(X509& certificate) {
  if ((X509_get_extension_flags(&certificate) & EXFLAG_INVALID) == 0) return {};
  const int count = X509_get_ext_count(&certificate);
  for (int index = 0; index < count; ++index) {
    if (std::string defect = defect_of(certificate, index); !defect.empty()) return defect;
  }
  return "an extension says what it may not say";
}

bool has_unreadable_names(X509& certificate) {
  const int index = X509_get_ext_by_NID(&certificate, NID_subject_alt_name, -1);
  return index >= 0 && !defect_of(certificate, index).empty();
}

std::string unknown_critical_extensions_of(X509& certificate) {
  std::string names;
  const int count = X509_get_ext_count(&certificate);
  for (int index = 0; index < count; ++index) {
    X509_EXTENSION* extension = X509_get_ext(&certificate, index);
    if (X509_EXTENSION_get_critical(extension) == 0 || X509_supported_extension(extension) != 0)
      continue;
    names += (names.empty() ? "" : ", ") + name_of(extension, true);
  }
  return names;
}

std::string signing_defect_of(X509& certificate) {
  if (std::string defect = extension_defect_of(certificate); !defect.empty()) return defect;
  if (X509_get0_pubkey(&certificate) == nullptr) return "its key cannot be read";
  const bool has_usage = (X509_get_extension_flags(&certificate) & EXFLAG_KUSAGE) != 0;
  if (has_usage && (X509_get_key_usage(&certificate) & KU_KEY_CERT_SIGN) == 0)
    return "its keyUsage lacks keyCertSign";
  return {};
}

}  // namespace siaga
