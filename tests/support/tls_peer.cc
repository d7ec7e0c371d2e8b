#include "tests/support/tls_peer.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <memory>

#include "agent/core/check.h"

namespace siaga::tests {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Memory = std::unique_ptr<BIO, FreeBio>;

Memory memory_of(const std::string& text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

X509* next_certificate(BIO* memory) { return PEM_read_bio_X509(memory, nullptr, nullptr, nullptr); }

void use_identity(SSL_CTX* context, const Identity& identity) {
  const Memory chain = memory_of(identity.chain_pem);
  X509* leaf = next_certificate(chain.get());
  CHECK(leaf != nullptr);
  CHECK(SSL_CTX_use_certificate(context, leaf) == 1);
  X509_free(leaf);
  while (X509* next = next_certificate(chain.get()))
    CHECK(SSL_CTX_add_extra_chain_cert(context, next) == 1);  // takes it
  ERR_clear_error();
  const Memory key_text = memory_of(identity.key_pem);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr);
  CHECK(key != nullptr);
  CHECK(SSL_CTX_use_PrivateKey(context, key) == 1);
  EVP_PKEY_free(key);
}

void ask_for_client_certificate(SSL_CTX* context, const TlsServerOptions& options) {
  if (options.client_authority_pem.empty()) return;
  const Memory text = memory_of(options.client_authority_pem);
  X509* authority = next_certificate(text.get());
  CHECK(authority != nullptr);
  CHECK(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority) == 1);
  CHECK(SSL_CTX_add_client_CA(context, authority) == 1);
  X509_free(authority);
  const int required = options.requires_client_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | required, nullptr);
}

int select_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_length,
                    const unsigned char* offered, unsigned offered_length, void* argument) {
  const auto& options = *static_cast<const TlsServerOptions*>(argument);
  for (const auto& protocol : options.protocols) {
    for (unsigned at = 0; at < offered_length; at += offered[at] + 1U) {
      const std::string_view offer(reinterpret_cast<const char*>(offered + at + 1), offered[at]);
      if (offer != protocol) continue;
      *chosen = offered + at + 1;
      *chosen_length = offered[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_NOACK;
}

Context new_context(const TlsServerOptions& options) {
  Context context(SSL_CTX_new(TLS_server_method()));
  // Bad certificates and old versions are what this peer is for.
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), options.version_min);
  SSL_CTX_set_max_proto_version(context.get(), options.version_max);
  if (!options.ciphers.empty())
    CHECK(SSL_CTX_set_cipher_list(context.get(), options.ciphers.c_str()) == 1);
  use_identity(context.get(), options.identity);
  ask_for_client_certificate(context.get(), options);
  if (!options.protocols.empty())
    SSL_CTX_set_alpn_select_cb(context.get(), select_protocol,
                               const_cast<TlsServerOptions*>(&options));  // it only reads
  return context;
}

std::string last_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the client went away";
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "unknown" : reason;
}

std::string subject_of_client(SSL* session) {
  X509* certificate = SSL_get1_peer_certificate(session);
  if (certificate == nullptr) return {};
  const Memory memory(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(memory.get(), X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE);
  X509_free(certificate);
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace

void Conversation::FreeSession::operator()(ssl_st* session) const { SSL_free(session); }

std::unique_ptr<ssl_st, Conversation::FreeSession> Conversation::new_session(
    const TlsServerOptions& options) {
  const Context context = new_context(options);
  std::unique_ptr<ssl_st, FreeSession> session(SSL_new(context.get()));
  CHECK(session != nullptr);
  return session;
}

void Conversation::start_tls(const TlsServerOptions& options) {
  auto session = new_session(options);
  SSL_set_fd(session.get(), fd_);
  const bool is_accepted = SSL_accept(session.get()) == 1;
  const int code = errno;
  const char* name = SSL_get_servername(session.get(), TLSEXT_NAMETYPE_host_name);
  {
    const std::lock_guard lock(mutex_);
    record_.server_name = name == nullptr ? "" : name;
    record_.client_subject = subject_of_client(session.get());
    if (!is_accepted) record_.tls_error = last_error();
  }
  if (!is_accepted) end_by(code);
  session_ = std::move(session);
}

void Conversation::stall_in_handshake(const TlsServerOptions& options, std::size_t bytes) {
  auto session = new_session(options);
  BIO* incoming = BIO_new(BIO_s_mem());
  BIO* outgoing = BIO_new(BIO_s_mem());
  SSL_set_bio(session.get(), incoming, outgoing);  // takes both
  SSL_set_accept_state(session.get());
  std::string answer;
  while (answer.empty()) {
    receive_more();
    const std::string hello = take(unread_.size());
    BIO_write(incoming, hello.data(), static_cast<int>(hello.size()));
    SSL_do_handshake(session.get());
    char* text = nullptr;
    const long length = BIO_get_mem_data(outgoing, &text);
    answer.assign(text, static_cast<std::size_t>(length));
  }
  send(std::string_view(answer).substr(0, bytes));
  stay_silent();
}

Script with_tls(TlsServerOptions options, Script script) {
  return [options = std::move(options), script = std::move(script)](Conversation& talk) {
    if (options.stalls_after_bytes) talk.stall_in_handshake(options, *options.stalls_after_bytes);
    else talk.start_tls(options);
    script(talk);
  };
}

}  // namespace siaga::tests
