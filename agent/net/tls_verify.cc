#include "agent/net/tls_verify.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/limits.h"
#include "agent/core/plural.h"
#include "agent/net/tls_facts.h"
#include "agent/net/tls_findings.h"
#include "agent/net/tls_paths.h"

namespace siaga {
namespace {

constexpr int rsa_bits_min = 2048;
constexpr int ec_bits_min = 224;

// How one run of OpenSSL's verification goes about it.
struct ChainTry {
  STACK_OF(X509) * sent = nullptr;
  bool follows_sent = false;   // where the store has an issuer too, the one that was sent is taken
  bool ends_at_first = false;  // wrong is enough: no more signatures are computed
};

struct ChainRun {
  ChainFindings findings;
  bool ends_at_first = false;
};

// OpenSSL asks here at each error whether to go on.
int collect(int ok, X509_STORE_CTX* context) noexcept {
  if (ok == 1) return 1;
  auto* run = static_cast<ChainRun*>(X509_STORE_CTX_get_app_data(context));
  run->findings.take(context);
  return run->ends_at_first ? 0 : 1;
}

time_t seconds_since_1970(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
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

bool set_parameters(X509_STORE_CTX* context, const ChainQuestion& question, bool follows_sent) {
  if (X509_STORE_CTX_set_default(context, "ssl_server") != 1) return false;
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context);
  // A time that is set would win over NO_CHECK_TIME.
  if (question.judges_dates)
    X509_VERIFY_PARAM_set_time(parameters, seconds_since_1970(question.now));
  X509_VERIFY_PARAM_set_depth(parameters, limits::certificate_chain);
  // Keys and hashes are judged below, in clear words.
  X509_VERIFY_PARAM_set_auth_level(parameters, 0);
  // Whatever is in the trust store is trusted, also an intermediate or a leaf.
  unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
  if (!question.judges_dates) flags |= X509_V_FLAG_NO_CHECK_TIME;
  X509_VERIFY_PARAM_set_flags(parameters, flags);
  // OpenSSL's own default is to trust first.
  if (follows_sent) X509_VERIFY_PARAM_clear_flags(parameters, X509_V_FLAG_TRUSTED_FIRST);
  else X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_TRUSTED_FIRST);
  return set_name(parameters, question.name);
}

void judge_key(ChainFindings& findings, const X509& certificate, int depth) {
  const EVP_PKEY* key = X509_get0_pubkey(&certificate);
  if (key == nullptr) return;  // OpenSSL has complained already
  const int type = EVP_PKEY_get_base_id(key);
  const int bits = EVP_PKEY_get_bits(key);
  const bool is_weak = type == EVP_PKEY_EC ? bits < ec_bits_min
                       : type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS || type == EVP_PKEY_DSA
                           ? bits < rsa_bits_min
                           : false;
  if (is_weak)
    findings.add({.reason = Reason::tls_weak_key,
                  .detail = key_of(certificate) + ": " + subject_or_words(&certificate),
                  .openssl_error = X509_V_ERR_EE_KEY_TOO_SMALL,
                  .depth = depth});
}

void judge_signature(ChainFindings& findings, X509& certificate, int depth) {
  int digest = NID_undef;
  if (X509_get_signature_info(&certificate, &digest, nullptr, nullptr, nullptr) != 1) return;
  const bool is_weak = digest == NID_md5 || digest == NID_sha1 || digest == NID_md5_sha1 ||
                       digest == NID_md4 || digest == NID_md2;
  // What signs itself proves nothing by its signature.
  if (!is_weak || X509_self_signed(&certificate, 0) == 1) return;
  findings.add({.reason = Reason::tls_weak_signature,
                .detail = signature_of(certificate) + ": " + subject_or_words(&certificate),
                .openssl_error = X509_V_ERR_CA_MD_TOO_WEAK,
                .depth = depth});
}

// The chain as far as it was built. Returns its earliest end.
std::optional<WallTime> judge_strength(ChainFindings& findings, STACK_OF(X509) * chain) {
  std::optional<WallTime> earliest;
  const bool ends_in_anchor = findings.are_none();
  const int count = chain == nullptr ? 0 : sk_X509_num(chain);
  for (int index = 0; index < count; ++index) {
    X509* certificate = sk_X509_value(chain, index);
    const bool is_anchor = ends_in_anchor && index > 0 && index == count - 1;
    judge_key(findings, *certificate, index);
    if (!is_anchor) judge_signature(findings, *certificate, index);
    const WallTime end = not_after_of(*certificate);
    earliest = earliest ? std::min(*earliest, end) : end;
  }
  return earliest;
}

struct ChainTried {
  ChainVerdict verdict;
  bool is_leaf_at_fault = false;
};

ChainTried failed_inside() {
  return {.verdict = {.reason = Reason::tls_untrusted,
                      .detail = take_openssl_error(),
                      .openssl_error = X509_V_ERR_UNSPECIFIED}};
}

ChainTried try_chain(const ChainQuestion& question, const ChainTry& how) {
  ChainRun run{.findings = ChainFindings(question), .ends_at_first = how.ends_at_first};
  const StoreContextOwner context(X509_STORE_CTX_new());
  if (context == nullptr ||
      X509_STORE_CTX_init(context.get(), question.store, question.leaf, how.sent) != 1)
    return failed_inside();
  X509_STORE_CTX_set_app_data(context.get(), &run);
  X509_STORE_CTX_set_verify_cb(context.get(), collect);
  if (!set_parameters(context.get(), question, how.follows_sent))
    run.findings.add({.reason = Reason::tls_wrong_name,
                      .detail = "no name to verify",
                      .openssl_error = X509_V_ERR_HOSTNAME_MISMATCH});
  if (X509_verify_cert(context.get()) != 1 && run.findings.are_none())
    run.findings.take(context.get());
  const auto expiry = judge_strength(run.findings, X509_STORE_CTX_get0_chain(context.get()));
  take_openssl_error();
  ChainTried tried{.verdict = run.findings.verdict(),
                   .is_leaf_at_fault = run.findings.is_leaf_at_fault()};
  if (tried.verdict.reason == Reason::none) tried.verdict.expiry = expiry;
  return tried;
}

ChainVerdict try_path(const ChainQuestion& question, const CertificatePath& path,
                      bool ends_at_first) {
  const std::unique_ptr<STACK_OF(X509), FreeStack> stack(sk_X509_new_null());
  for (X509* certificate : path) sk_X509_push(stack.get(), certificate);
  return try_chain(question,
                   {.sent = stack.get(), .follows_sent = true, .ends_at_first = ends_at_first})
      .verdict;
}

bool is_better(const ChainVerdict& one, const ChainVerdict& other) {
  if (one.reason != Reason::none) return false;
  return other.reason != Reason::none || one.expiry > other.expiry;
}

// Goes the ways that OpenSSL did not. A chain is good when one way is, by OpenSSL's own judgement
// of that way, and for as long as the longest lived of them.
ChainVerdict best_of_paths(const ChainQuestion& question, ChainVerdict best) {
  const WallTime leaf_end = not_after_of(*question.leaf);
  const auto paths = certificate_paths(question.store, question.leaf, question.sent,
                                       seconds_since_1970(question.now));
  for (const CertificatePath& path : paths) {
    if (best.reason == Reason::none && best.expiry >= leaf_end) return best;
    if (auto verdict = try_path(question, path, true); is_better(verdict, best))
      best = std::move(verdict);
  }
  const bool ends_nowhere =
      best.reason == Reason::tls_incomplete_chain || best.reason == Reason::tls_unknown_issuer;
  // A way that reaches an authority says more than one that does not.
  const auto reaching = std::ranges::find_if(paths, [](const auto& path) { return !path.empty(); });
  return ends_nowhere && reaching != paths.end() ? try_path(question, *reaching, false) : best;
}

}  // namespace

Duration time_between(WallTime from, WallTime until) {
  Duration::rep difference = 0;
  const bool overflows = __builtin_sub_overflow(until.time_since_epoch().count(),
                                                from.time_since_epoch().count(), &difference);
  return overflows ? Duration::max() : Duration(difference);
}

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
  ChainTried tried = try_chain(question, {.sent = question.sent});
  const bool is_good = tried.verdict.reason == Reason::none;
  const bool is_as_long_as_leaf = tried.verdict.expiry >= not_after_of(*question.leaf);
  if (is_good ? is_as_long_as_leaf : tried.is_leaf_at_fault) return std::move(tried.verdict);
  ChainVerdict best = best_of_paths(question, std::move(tried.verdict));
  take_openssl_error();
  return best;
}

}  // namespace siaga
