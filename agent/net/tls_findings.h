// What is wrong with a chain, in plain words, gathered from OpenSSL's complaints. Goes on where
// OpenSSL stops at a missing issuer: was one sent or trusted, and why would it not do?
// For agent/net/tls*.cc only.
#pragma once

#include <string>
#include <vector>

#include "agent/net/tls_verify.h"

namespace siaga {

struct ChainFinding {
  Reason reason = Reason::none;
  std::string detail;
  int openssl_error = X509_V_OK;
  int depth = 0;  // of the certificate that is meant; 0: the leaf
};

class ChainFindings {
 public:
  // The question must outlive this.
  explicit ChainFindings(const ChainQuestion& question) : question_(question) {}

  // One complaint of OpenSSL, as in a verification callback.
  void take(X509_STORE_CTX* context);
  void add(ChainFinding finding);
  bool are_none() const { return findings_.empty(); }
  // The leaf is to blame by what it says of itself: no other way to an authority would help.
  bool is_leaf_at_fault() const;
  // The first reason in the order of tls_verify.h, the rest in the detail; the leaf first where
  // several certificates have one fault.
  ChainVerdict verdict() const;

 private:
  void take_error(X509_STORE_CTX* context, int error, X509* certificate, int depth);
  void take_missing_issuer(X509_STORE_CTX* context, ChainFinding finding, X509* certificate);
  bool is_caused_by_extension(int error, X509& certificate) const;
  std::vector<ChainFinding> sorted() const;

  const ChainQuestion& question_;
  std::vector<ChainFinding> findings_;
};

// "CN=Portal"; words where there is none.
std::string subject_or_words(const X509* certificate);

}  // namespace siaga
