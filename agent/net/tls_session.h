// One connection's side of the verification: OpenSSL's callbacks, which are the same for our own
// streams and for libcurl's connections, write what they see into TlsFacts and judge the chain.
#pragma once

#include <memory>
#include <string>

#include "agent/net/tls.h"
#include "agent/net/tls_chain_cache.h"
#include "agent/net/tls_context.h"
#include "agent/net/tls_openssl.h"

namespace siaga {

// What all sessions share.
struct TlsJudge {
  const Clock& clock;
  TlsChainCache cache;
  TlsContexts::Counters counters;
  bool are_dates_suspended = false;
  DigestOwner sha256;
};

class TlsSession {
 public:
  // All of them outlive the session.
  TlsSession(TlsJudge& judge, std::shared_ptr<TlsContext> context, std::string_view host,
             TlsFacts& facts);

  // Puts the callbacks into a context. The session of a connection is found by bind().
  static void install(SSL_CTX* context);
  // For one SSL; the session must outlive it.
  void bind(SSL* ssl);
  // For all of a context, which takes the session over.
  static bool bind(SSL_CTX* context, std::unique_ptr<TlsSession> session);

  // Why the handshake or a read failed, from OpenSSL's error queue; keeps an earlier reason.
  void note_failure(const SSL* ssl, unsigned long code);

 private:
  static TlsSession* of(const SSL* ssl);
  static int verify(X509_STORE_CTX* outer, void*) noexcept;
  static void inform(const SSL* ssl, int where, int value) noexcept;
  static int note_request(SSL* ssl, void*) noexcept;

  bool judge_peer(X509_STORE_CTX* outer, const SSL* ssl);
  void judge_chain(X509_STORE_CTX* outer);
  void read_and_verify(X509_STORE_CTX* outer, const ChainKey* key);
  void judge_expiry();
  // The name to ask for: the configured one or the host; empty for addresses.
  std::string server_name() const;
  void ask_for_name(const SSL* ssl) const;
  void note_agreement(const SSL* ssl);
  bool key_of(X509_STORE_CTX* outer, ChainKey& key) const;

  TlsJudge& judge_;
  std::shared_ptr<TlsContext> context_;
  std::string name_;  // to find in the certificate
  TlsFacts& facts_;
  int openssl_error_ = X509_V_OK;
};

}  // namespace siaga
