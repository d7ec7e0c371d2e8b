#include "agent/net/tls_findings.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "agent/core/address.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"
#include "agent/net/tls_defects.h"
#include "agent/net/tls_facts.h"

namespace siaga {
namespace {

// In the order of tls_verify.h.
constexpr std::array reason_order{
    Reason::tls_expired,     Reason::tls_not_yet_valid,    Reason::tls_wrong_name,
    Reason::tls_self_signed, Reason::tls_incomplete_chain, Reason::tls_unknown_issuer,
    Reason::tls_untrusted,   Reason::tls_weak_key,         Reason::tls_weak_signature};

bool names_issuer_address(const X509& certificate) {
  const std::unique_ptr<AUTHORITY_INFO_ACCESS, OpenSslRelease<AUTHORITY_INFO_ACCESS_free>> access(
      static_cast<AUTHORITY_INFO_ACCESS*>(
          X509_get_ext_d2i(&certificate, NID_info_access, nullptr, nullptr)));
  const int count = access ? sk_ACCESS_DESCRIPTION_num(access.get()) : 0;
  for (int index = 0; index < count; ++index) {
    const ACCESS_DESCRIPTION* entry = sk_ACCESS_DESCRIPTION_value(access.get(), index);
    if (OBJ_obj2nid(entry->method) == NID_ad_ca_issuers) return true;
  }
  return false;
}

bool sent_more_than_leaf(const ChainQuestion& question) {
  const int count = question.sent == nullptr ? 0 : sk_X509_num(question.sent);
  for (int index = 0; index < count; ++index) {
    if (X509_cmp(sk_X509_value(question.sent, index), question.leaf) != 0) return true;
  }
  return false;
}

// The certificates of a stack that bear the issuer's name, other than the one that is asked about.
std::vector<X509*> namesakes(STACK_OF(X509) * among, const X509* certificate) {
  std::vector<X509*> found;
  const int count = among == nullptr ? 0 : sk_X509_num(among);
  for (int index = 0; index < count; ++index) {
    X509* other = sk_X509_value(among, index);
    if (X509_cmp(other, certificate) != 0 &&
        X509_NAME_cmp(X509_get_subject_name(other), X509_get_issuer_name(certificate)) == 0)
      found.push_back(other);
  }
  return found;
}

struct UnfitIssuer {
  std::string defect;            // of one that was sent or is trusted; empty: none has one
  bool is_of_other_key = false;  // one is there that did not sign
};

UnfitIssuer unfit_issuer(const std::vector<X509*>& candidates, std::string_view where) {
  UnfitIssuer found;
  for (X509* candidate : candidates) {
    const std::string defect = signing_defect_of(*candidate);
    if (defect.empty()) found.is_of_other_key = true;
    else if (found.defect.empty()) found.defect = std::string(where) + ", but unfit: " + defect;
  }
  return found;
}

UnfitIssuer unfit_issuer_of(X509_STORE_CTX* context, const ChainQuestion& question,
                            const X509* certificate) {
  UnfitIssuer sent = unfit_issuer(namesakes(question.sent, certificate), "sent");
  if (!sent.defect.empty()) return sent;
  const StackOwner trusted(X509_STORE_CTX_get1_certs(context, X509_get_issuer_name(certificate)));
  UnfitIssuer stored = unfit_issuer(namesakes(trusted.get(), certificate), "trusted");
  stored.is_of_other_key = stored.is_of_other_key || sent.is_of_other_key;
  return stored;
}

// OpenSSL has up to three errors for one lack.
std::string no_authority(X509& certificate) {
  std::string defect = signing_defect_of(certificate);
  return defect.empty() ? "its basicConstraints make it no authority" : defect;
}

std::string asked_name(std::string_view name) {
  return (parse_address(name) ? "IP address \"" : "DNS name \"") + std::string(name) + "\"";
}

std::string names_in(const X509& certificate) {
  const std::vector<std::string> names = typed_names_of(certificate);
  if (names.empty()) return "no name (" + subject_of(certificate) + ")";
  std::string text = names.front();
  constexpr std::size_t shown = 3;
  for (std::size_t index = 1; index < std::min(shown, names.size()); ++index)
    text += ", " + names[index];
  if (names.size() > shown) text += " and " + std::to_string(names.size() - shown) + " more";
  return text;
}

}  // namespace

std::string subject_or_words(const X509* certificate) {
  if (certificate == nullptr) return "the certificate";
  std::string subject = subject_of(*certificate);
  return subject.empty() ? "a certificate without a subject" : subject;
}

void ChainFindings::add(ChainFinding finding) {
  const bool is_known = std::ranges::any_of(findings_, [&](const ChainFinding& known) {
    return known.reason == finding.reason && known.detail == finding.detail;
  });
  if (!is_known) findings_.push_back(std::move(finding));
}

// OpenSSL reads no extension of such a certificate, and misses what they would say.
bool ChainFindings::is_caused_by_extension(int error, X509& certificate) const {
  switch (error) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return has_unreadable_names(certificate);
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_EXTENSION:
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
    case X509_V_ERR_UNSPECIFIED: return true;
    default: return false;
  }
}

void ChainFindings::take(X509_STORE_CTX* context) {
  const int error = X509_STORE_CTX_get_error(context);
  const int depth = X509_STORE_CTX_get_error_depth(context);
  X509* certificate = X509_STORE_CTX_get_current_cert(context);
  if (certificate == nullptr) certificate = question_.leaf;
  const std::string defect = extension_defect_of(*certificate);
  if (!defect.empty() && is_caused_by_extension(error, *certificate))
    return add({.reason = Reason::tls_untrusted,
                .detail = defect + ": " + subject_or_words(certificate),
                .openssl_error = X509_V_ERR_INVALID_EXTENSION,
                .depth = depth});
  take_error(context, error, certificate, depth);
}

void ChainFindings::take_missing_issuer(X509_STORE_CTX* context, ChainFinding finding,
                                        X509* certificate) {
  const bool is_leaf = finding.depth == 0;
  const bool is_gap =
      is_leaf && (question_.has_own_authorities || names_issuer_address(*certificate) ||
                  sent_more_than_leaf(question_));
  const UnfitIssuer unfit = unfit_issuer_of(context, question_, certificate);
  const std::string issuer = issuer_of(*certificate);
  finding.detail = "the issuer of " + subject_or_words(certificate) + " is ";
  if (!unfit.defect.empty()) {
    finding.reason = Reason::tls_untrusted;
    finding.detail += unfit.defect + ": " + issuer;
  } else {
    finding.reason = is_gap ? Reason::tls_incomplete_chain : Reason::tls_unknown_issuer;
    finding.detail += "neither sent nor trusted: " + issuer;
    if (unfit.is_of_other_key) finding.detail += " (one of that name has another key)";
  }
  add(std::move(finding));
}

void ChainFindings::take_error(X509_STORE_CTX* context, int error, X509* certificate, int depth) {
  const WallTime now = question_.now;
  const std::string subject = subject_or_words(certificate);
  const auto say = [&](Reason reason, std::string detail) {
    add({.reason = reason, .detail = std::move(detail), .openssl_error = error, .depth = depth});
  };
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return say(Reason::tls_expired, "expired " +
                                          in_words(time_between(not_after_of(*certificate), now)) +
                                          " ago: " + subject);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return say(
          Reason::tls_not_yet_valid,
          "begins in " + in_words(time_between(now, not_before_of(*certificate))) + ": " + subject);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return say(Reason::tls_wrong_name,
                 "is for " + names_in(*question_.leaf) + ", not for " + asked_name(question_.name));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return say(Reason::tls_self_signed, "signed by itself: " + subject);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return say(Reason::tls_unknown_issuer,
                 "the chain ends in an authority that is not trusted: " + subject);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
      return take_missing_issuer(context, {.openssl_error = error, .depth = depth}, certificate);
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
      return say(Reason::tls_untrusted, "the chain is longer than " +
                                            std::to_string(limits::certificate_chain) +
                                            " certificates");
    case X509_V_ERR_INVALID_PURPOSE:
      if (depth == 0 || X509_check_ca(certificate) != 0) break;
      [[fallthrough]];
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
      return say(Reason::tls_untrusted, "may not sign certificates, but did: " +
                                            no_authority(*certificate) + ": " + subject);
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
      return say(Reason::tls_untrusted, "has a critical extension that is not known, " +
                                            unknown_critical_extensions_of(*certificate) + ": " +
                                            subject);
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      if (depth + 1 < X509_STORE_CTX_get_num_untrusted(context)) break;
      return say(Reason::tls_unknown_issuer,
                 "the trusted authority of that name did not sign " + subject);
    // Said besides the missing issuer, of the same certificate.
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return;
    default: break;
  }
  say(Reason::tls_untrusted, std::string(X509_verify_cert_error_string(error)) + ": " + subject);
}

bool ChainFindings::is_leaf_at_fault() const {
  return std::ranges::any_of(findings_, [](const ChainFinding& finding) {
    switch (finding.reason) {
      case Reason::tls_expired:
      case Reason::tls_not_yet_valid:
      case Reason::tls_wrong_name:
      case Reason::tls_self_signed:
      case Reason::tls_weak_key: return finding.depth == 0;
      default: return false;
    }
  });
}

// A search that was ended by the chain's length did not look for what came next.
std::vector<ChainFinding> ChainFindings::sorted() const {
  std::vector<ChainFinding> sorted = findings_;
  const bool is_too_long = std::ranges::any_of(sorted, [](const ChainFinding& finding) {
    return finding.openssl_error == X509_V_ERR_CERT_CHAIN_TOO_LONG;
  });
  if (is_too_long)
    std::erase_if(sorted, [](const ChainFinding& finding) {
      return finding.reason == Reason::tls_unknown_issuer;
    });
  std::ranges::sort(sorted, {}, [](const ChainFinding& finding) {
    return std::tuple(std::ranges::find(reason_order, finding.reason), finding.depth,
                      std::string_view(finding.detail));
  });
  return sorted;
}

ChainVerdict ChainFindings::verdict() const {
  const std::vector<ChainFinding> all = sorted();
  if (all.empty()) return {};
  ChainVerdict verdict{.reason = all.front().reason,
                       .detail = all.front().detail,
                       .openssl_error = all.front().openssl_error};
  for (std::size_t index = 1; index < all.size(); ++index)
    verdict.detail += "; " + all[index].detail;
  verdict.detail = printable(verdict.detail, limits::detail_bytes);
  return verdict;
}

}  // namespace siaga
