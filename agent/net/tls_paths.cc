#include "agent/net/tls_paths.h"

#include <openssl/x509v3.h>

#include <algorithm>

#include "agent/core/limits.h"
#include "agent/net/tls_openssl.h"

namespace siaga {
namespace {

struct PathNode {
  X509* certificate = nullptr;
  bool is_anchored = false;  // the store has an issuer of it
  std::vector<std::size_t> issuers;
};

bool is_same_authority(X509* one, X509* other) {
  return X509_NAME_cmp(X509_get_subject_name(one), X509_get_subject_name(other)) == 0 &&
         X509_PUBKEY_eq(X509_get_X509_PUBKEY(one), X509_get_X509_PUBKEY(other)) == 1;
}

bool is_valid_at(const X509* certificate, time_t now) {
  return X509_cmp_time(X509_get0_notBefore(certificate), &now) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate), &now) > 0;
}

// Whoever keeps the store has said no to it (OpenSSL's "trusted certificates" can be rejected for
// servers): what a peer sends of it may not go round that.
bool is_rejected(X509_STORE_CTX* context, const X509* certificate) {
  const StackOwner stored(X509_STORE_CTX_get1_certs(context, X509_get_subject_name(certificate)));
  const int count = stored ? sk_X509_num(stored.get()) : 0;
  for (int index = 0; index < count; ++index) {
    X509* copy = sk_X509_value(stored.get(), index);
    if (X509_cmp(copy, certificate) == 0 &&
        X509_check_trust(copy, X509_TRUST_SSL_SERVER, 0) == X509_TRUST_REJECTED)
      return true;
  }
  return false;
}

class PathSearch {
 public:
  // `context` knows the store.
  PathSearch(X509_STORE_CTX* context, X509* leaf, STACK_OF(X509) * sent, time_t now)
      : context_(context) {
    nodes_.push_back({.certificate = leaf});
    for (const bool is_valid : {true, false}) add_all(sent, is_valid, now);
    for (PathNode& node : nodes_) link(node);
  }

  std::vector<CertificatePath> run() {
    paths_.emplace_back();
    follow(nodes_.front());
    return std::move(paths_);
  }

 private:
  void add_all(STACK_OF(X509) * sent, bool is_valid, time_t now) {
    const int count = sent == nullptr ? 0 : sk_X509_num(sent);
    for (int index = 0; index < std::min<int>(count, limits::certificate_chain); ++index) {
      X509* certificate = sk_X509_value(sent, index);
      if (is_valid_at(certificate, now) == is_valid) add(certificate);
    }
  }

  // What signed itself ends a way: the store has it, which is then found from below, or has not.
  void add(X509* certificate) {
    const bool is_known = std::ranges::any_of(nodes_, [certificate](const PathNode& node) {
      return X509_cmp(node.certificate, certificate) == 0;
    });
    if (!is_known && X509_self_signed(certificate, 0) != 1 && !is_rejected(context_, certificate))
      nodes_.push_back({.certificate = certificate});
  }

  void link(PathNode& node) {
    for (std::size_t index = 1; index < nodes_.size(); ++index) {
      if (X509_check_issued(nodes_[index].certificate, node.certificate) == X509_V_OK)
        node.issuers.push_back(index);
    }
    X509* issuer = nullptr;
    node.is_anchored = X509_STORE_CTX_get1_issuer(&issuer, context_, node.certificate) == 1;
    X509_free(issuer);
  }

  // Depth first. An authority that is on the way already, under whatever signature, cannot shorten
  // what is missing (RFC 4158, 5.2).
  void follow(const PathNode& node) {
    for (const std::size_t index : node.issuers) {
      const PathNode& issuer = nodes_[index];
      const bool is_circle = std::ranges::any_of(
          way_, [&issuer](X509* passed) { return is_same_authority(passed, issuer.certificate); });
      if (is_circle) continue;
      if (++steps_ > limits::certificate_steps || paths_.size() >= limits::certificate_paths)
        return;
      way_.push_back(issuer.certificate);
      if (issuer.is_anchored) paths_.push_back(way_);
      follow(issuer);
      way_.pop_back();
    }
  }

  X509_STORE_CTX* context_;
  std::vector<PathNode> nodes_;  // the leaf first
  CertificatePath way_;
  std::vector<CertificatePath> paths_;
  std::size_t steps_ = 0;
};

}  // namespace

std::vector<CertificatePath> certificate_paths(X509_STORE* store, X509* leaf, STACK_OF(X509) * sent,
                                               time_t now_seconds) {
  const StoreContextOwner context(X509_STORE_CTX_new());
  if (context == nullptr || X509_STORE_CTX_init(context.get(), store, leaf, nullptr) != 1)
    return {};
  return PathSearch(context.get(), leaf, sent, now_seconds).run();
}

}  // namespace siaga
