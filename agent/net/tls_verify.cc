#include "agent/net/tls_verify.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/limits.h"
#include "agent/core/plural.h"
#include "agent/core/utf8.h"
#include "agent/net/tls_facts.h"

namespace siaga {
namespace {

// In the order of the header's comment.
constexpr std::array order{
    Reason::tls_expired,     Reason::tls_not_yet_valid,    Reason::tls_wrong_name,
    Reason::tls_self_signed, Reason::tls_incomplete_chain, Reason::tls_unknown_issuer,
    Reason::tls_untrusted,   Reason::tls_weak_key,         Reason::tls_weak_signature};
constexpr int rsa_bits_min = 2048;
constexpr int ec_bits_min = 224;

struct Finding {
  Reason reason;
  std::string detail;
  int openssl_error;
};

struct Search {
  const ChainQuestion& question;
  std::vector<Finding> findings;

  void add(Reason reason, std::string detail, int error) {
    const bool is_known =
        std::ranges::any_of(findings, [&](const Finding& known) { return known.reason == reason; });
    if (!is_known) findings.push_back({reason, std::move(detail), error});
  }
};

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

std::string subject_or_blank(const X509* certificate) {
  if (certificate == nullptr) return "the certificate";
  std::string subject = subject_of(*certificate);
  return subject.empty() ? "a certificate without a subject" : subject;
}

void add_missing_issuer(Search& search, X509* certificate, int depth, int error) {
  const bool is_leaf = depth == 0;
  const bool is_gap = is_leaf && certificate != nullptr &&
                      (search.question.has_own_authorities || names_issuer_address(*certificate) ||
                       sent_more_than_leaf(search.question));
  const std::string issuer = certificate == nullptr ? "" : issuer_of(*certificate);
  search.add(
      is_gap ? Reason::tls_incomplete_chain : Reason::tls_unknown_issuer,
      "the issuer of " + subject_or_blank(certificate) + " is neither sent nor trusted: " + issuer,
      error);
}

std::string names_in(const X509* certificate) {
  if (certificate == nullptr) return "other names";
  const auto facts = read_certificate(*certificate);
  if (facts.names.empty()) return "no name (" + facts.subject + ")";
  std::string text = facts.names.front();
  constexpr std::size_t shown = 3;
  for (std::size_t index = 1; index < std::min(shown, facts.names.size()); ++index)
    text += ", " + facts.names[index];
  if (facts.names.size() > shown)
    text += " and " + std::to_string(facts.names.size() - shown) + " more";
  return text;
}

void add(Search& search, int error, X509* certificate, int depth) {
  const WallTime now = search.question.now;
  const std::string subject = subject_or_blank(certificate);
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return search.add(
          Reason::tls_expired,
          "expired " + in_words(now - not_after_of(*certificate)) + " ago: " + subject, error);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return search.add(Reason::tls_not_yet_valid,
                        "begins in " + in_words(not_before_of(*certificate) - now) + ": " + subject,
                        error);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return search.add(Reason::tls_wrong_name,
                        "is for " + names_in(search.question.leaf) + ", not for " +
                            std::string(search.question.name),
                        error);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return search.add(Reason::tls_self_signed, "signed by itself: " + subject, error);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return search.add(Reason::tls_unknown_issuer,
                        "the chain ends in an authority that is not trusted: " + subject, error);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
      return add_missing_issuer(search, certificate, depth, error);
    // Said besides the missing issuer, of the same certificate.
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return;
    default:
      return search.add(Reason::tls_untrusted,
                        std::string(X509_verify_cert_error_string(error)) + ": " + subject, error);
  }
}

// OpenSSL asks here at each error whether to go on. We always do, to know all that is wrong.
int collect(int ok, X509_STORE_CTX* context) noexcept {
  if (ok == 1) return 1;
  auto* search = static_cast<Search*>(X509_STORE_CTX_get_app_data(context));
  const int error = X509_STORE_CTX_get_error(context);
  const int depth = X509_STORE_CTX_get_error_depth(context);
  X509* certificate = X509_STORE_CTX_get_current_cert(context);
  const bool is_issuer_trusted = depth + 1 >= X509_STORE_CTX_get_num_untrusted(context);
  if (error == X509_V_ERR_CERT_SIGNATURE_FAILURE && is_issuer_trusted)
    search->add(Reason::tls_unknown_issuer,
                "the trusted authority of that name did not sign " + subject_or_blank(certificate),
                error);
  else add(*search, error, certificate, depth);
  return 1;
}

bool set_name(X509_VERIFY_PARAM* parameters, std::string_view name) {
  // NEVER_CHECK_SUBJECT: a CN is not a name of a host (RFC 9525, 2; browsers agree).
  X509_VERIFY_PARAM_set_hostflags(
      parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (const auto address = parse_address(name)) {
    const auto octets = address->octets();
    return X509_VERIFY_PARAM_set1_ip(parameters, octets.data(), octets.size()) == 1;
  }
  if (name.ends_with('.')) name.remove_suffix(1);
  return !name.empty() && X509_VERIFY_PARAM_set1_host(parameters, name.data(), name.size()) == 1;
}

bool set_parameters(X509_STORE_CTX* context, const ChainQuestion& question) {
  if (X509_STORE_CTX_set_default(context, "ssl_server") != 1) return false;
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context);
  const auto now = std::chrono::floor<std::chrono::seconds>(question.now.time_since_epoch());
  // A time that is set would win over NO_CHECK_TIME.
  if (question.judges_dates) X509_VERIFY_PARAM_set_time(parameters, now.count());
  X509_VERIFY_PARAM_set_depth(parameters, limits::certificate_chain);
  // Keys and hashes are judged below, in clear words.
  X509_VERIFY_PARAM_set_auth_level(parameters, 0);
  // Whatever is in the trust store is trusted, also an intermediate or a leaf.
  unsigned long flags = X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN;
  if (!question.judges_dates) flags |= X509_V_FLAG_NO_CHECK_TIME;
  X509_VERIFY_PARAM_set_flags(parameters, flags);
  return set_name(parameters, question.name);
}

void judge_key(Search& search, const X509& certificate) {
  const EVP_PKEY* key = X509_get0_pubkey(&certificate);
  if (key == nullptr) return;  // OpenSSL has complained already
  const int type = EVP_PKEY_get_base_id(key);
  const int bits = EVP_PKEY_get_bits(key);
  const bool is_weak = type == EVP_PKEY_EC ? bits < ec_bits_min
                       : type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS || type == EVP_PKEY_DSA
                           ? bits < rsa_bits_min
                           : false;
  if (is_weak)
    search.add(Reason::tls_weak_key, key_of(certificate) + ": " + subject_or_blank(&certificate),
               X509_V_ERR_EE_KEY_TOO_SMALL);
}

void judge_signature(Search& search, X509& certificate) {
  int digest = NID_undef;
  if (X509_get_signature_info(&certificate, &digest, nullptr, nullptr, nullptr) != 1) return;
  const bool is_weak = digest == NID_md5 || digest == NID_sha1 || digest == NID_md5_sha1 ||
                       digest == NID_md4 || digest == NID_md2;
  // What signs itself proves nothing by its signature.
  if (!is_weak || X509_self_signed(&certificate, 0) == 1) return;
  search.add(Reason::tls_weak_signature,
             signature_of(certificate) + ": " + subject_or_blank(&certificate),
             X509_V_ERR_CA_MD_TOO_WEAK);
}

// The chain as far as it was built. Returns its earliest end.
std::optional<WallTime> judge_strength(Search& search, STACK_OF(X509) * chain) {
  std::optional<WallTime> earliest;
  const bool ends_in_anchor = search.findings.empty();
  const int count = chain == nullptr ? 0 : sk_X509_num(chain);
  for (int index = 0; index < count; ++index) {
    X509* certificate = sk_X509_value(chain, index);
    const bool is_anchor = ends_in_anchor && index > 0 && index == count - 1;
    judge_key(search, *certificate);
    if (!is_anchor) judge_signature(search, *certificate);
    const WallTime end = not_after_of(*certificate);
    earliest = earliest ? std::min(*earliest, end) : end;
  }
  return earliest;
}

ChainVerdict settle(std::vector<Finding> findings, std::optional<WallTime> expiry) {
  if (findings.empty()) return {.expiry = expiry};
  std::ranges::sort(findings, {}, [](const Finding& finding) {
    return std::ranges::find(order, finding.reason);
  });
  ChainVerdict verdict{.reason = findings.front().reason,
                       .detail = findings.front().detail,
                       .openssl_error = findings.front().openssl_error};
  for (std::size_t index = 1; index < findings.size(); ++index)
    verdict.detail += "; " + findings[index].detail;
  verdict.detail = printable(verdict.detail, limits::detail_bytes);
  return verdict;
}

}  // namespace

std::string in_words(Duration duration) {
  struct Unit {
    std::chrono::seconds length;
    std::string_view name;
  };
  using namespace std::chrono_literals;
  constexpr std::array<Unit, 3> units{{{24h, "day"}, {1h, "hour"}, {1min, "minute"}}};
  const auto amount = std::chrono::floor<std::chrono::seconds>(std::max(duration, Duration{}));
  for (const Unit& unit : units) {
    const auto count = amount / unit.length;
    if (count > 0)
      return std::to_string(count) + " " + std::string(unit.name).append(plural_s(count));
  }
  return "less than a minute";
}

ChainVerdict verify_chain(const ChainQuestion& question) {
  Search search{.question = question, .findings = {}};
  const std::unique_ptr<X509_STORE_CTX, OpenSslRelease<X509_STORE_CTX_free>> context(
      X509_STORE_CTX_new());
  if (context == nullptr ||
      X509_STORE_CTX_init(context.get(), question.store, question.leaf, question.sent) != 1) {
    return {.reason = Reason::tls_untrusted,
            .detail = take_openssl_error(),
            .openssl_error = X509_V_ERR_UNSPECIFIED};
  }
  X509_STORE_CTX_set_app_data(context.get(), &search);
  X509_STORE_CTX_set_verify_cb(context.get(), collect);
  if (!set_parameters(context.get(), question))
    search.add(Reason::tls_wrong_name, "no name to verify", X509_V_ERR_HOSTNAME_MISMATCH);
  if (X509_verify_cert(context.get()) != 1 && search.findings.empty())
    add(search, std::max(X509_STORE_CTX_get_error(context.get()), X509_V_ERR_UNSPECIFIED),
        question.leaf, 0);
  const auto expiry = judge_strength(search, X509_STORE_CTX_get0_chain(context.get()));
  take_openssl_error();
  return settle(std::move(search.findings), expiry);
}

}  // namespace siaga
