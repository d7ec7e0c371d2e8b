#include "agent/net/tls_session.h"

#include <openssl/err.h>

#include <algorithm>

#include "agent/core/address.h"
#include "agent/core/limits.h"
#include "agent/net/tls_facts.h"
#include "agent/net/tls_failure.h"
#include "agent/net/tls_verify.h"

namespace siaga {
namespace {

void free_session(void*, void* session, CRYPTO_EX_DATA*, int, long, void*) noexcept {
  delete static_cast<TlsSession*>(session);
}

// The slot of a libcurl context's session; OpenSSL hands out slots once per process.
int session_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_session);
  return slot;
}

std::string_view without_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

std::string words_of(int version) {
  switch (version) {
    case TLS1_VERSION: return "TLS 1.0";
    case TLS1_1_VERSION: return "TLS 1.1";
    case TLS1_2_VERSION: return "TLS 1.2";
    case TLS1_3_VERSION: return "TLS 1.3";
    default: return {};
  }
}

void append(std::string& bytes, std::string_view part) {
  bytes += std::to_string(part.size());
  bytes += ':';
  bytes += part;
}

bool append(std::string& bytes, X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0) return false;
  append(bytes, std::string(static_cast<std::size_t>(size), '\0'));
  auto* end = reinterpret_cast<unsigned char*>(bytes.data() + bytes.size()) - size;
  return i2d_X509(certificate, &end) == size;
}

}  // namespace

TlsSession::TlsSession(TlsJudge& judge, std::shared_ptr<TlsContext> context, std::string_view host,
                       TlsFacts& facts)
    : judge_(judge), context_(std::move(context)), facts_(facts) {
  const std::string& configured = context_->options().server_name;
  name_ = without_dot(configured.empty() ? host : std::string_view(configured));
  ++judge_.counters.handshakes;
}

void TlsSession::install(SSL_CTX* context) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify, nullptr);
  SSL_CTX_set_info_callback(context, inform);
  SSL_CTX_set_cert_cb(context, note_request, nullptr);
}

void TlsSession::bind(SSL* ssl) { SSL_set_app_data(ssl, this); }

bool TlsSession::bind(SSL_CTX* context, std::unique_ptr<TlsSession> session) {
  if (SSL_CTX_set_ex_data(context, session_slot(), session.get()) != 1) return false;
  session.release();
  return true;
}

TlsSession* TlsSession::of(const SSL* ssl) {
  void* of_context = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), session_slot());
  return static_cast<TlsSession*>(of_context != nullptr ? of_context : SSL_get_app_data(ssl));
}

std::string TlsSession::server_name() const { return parse_address(name_) ? std::string() : name_; }

// Called by OpenSSL instead of its own verification. 0 aborts the handshake.
int TlsSession::verify(X509_STORE_CTX* outer, void*) noexcept {
  const auto* ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(outer, SSL_get_ex_data_X509_STORE_CTX_idx()));
  TlsSession* session = of(ssl);
  return session != nullptr && session->judge_peer(outer, ssl) ? 1 : 0;
}

bool TlsSession::judge_peer(X509_STORE_CTX* outer, const SSL* ssl) {
  note_agreement(ssl);
  judge_chain(outer);
  judge_expiry();
  X509_STORE_CTX_set_error(outer, openssl_error_);
  return facts_.reason == Reason::none;
}

void TlsSession::judge_chain(X509_STORE_CTX* outer) {
  ChainKey key;
  const bool has_key = key_of(outer, key);
  const auto* known =
      has_key ? judge_.cache.find(key, judge_.clock.now(), judge_.clock.wall_now()) : nullptr;
  if (known == nullptr) return read_and_verify(outer, has_key ? &key : nullptr);
  facts_.sent = known->sent;
  facts_.chain_expiry = known->expiry;
  facts_.is_chain_cached = true;
  ++judge_.counters.chains_cached;
}

void TlsSession::read_and_verify(X509_STORE_CTX* outer, const ChainKey* key) {
  STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(outer);
  const auto count = std::min<std::size_t>(
      sent == nullptr ? 0 : static_cast<std::size_t>(sk_X509_num(sent)), limits::certificate_chain);
  facts_.sent.clear();
  for (std::size_t index = 0; index < count; ++index)
    facts_.sent.push_back(read_certificate(*sk_X509_value(sent, static_cast<int>(index))));

  if (context_->options().verify) {
    ++judge_.counters.chains_verified;
    auto verdict = verify_chain({.store = context_->trust().store.get(),
                                 .leaf = X509_STORE_CTX_get0_cert(outer),
                                 .sent = sent,
                                 .name = name_,
                                 .now = judge_.clock.wall_now(),
                                 .judges_dates = !judge_.are_dates_suspended,
                                 .has_own_authorities = !context_->options().ca_file.empty()});
    facts_.reason = verdict.reason;
    facts_.detail = std::move(verdict.detail);
    facts_.chain_expiry = verdict.expiry;
    openssl_error_ = verdict.openssl_error;
  }
  if (key != nullptr && facts_.reason == Reason::none)
    judge_.cache.insert(*key, {.sent = facts_.sent, .expiry = facts_.chain_expiry},
                        judge_.clock.now(), judge_.clock.wall_now());
}

// The one check that is also made when nothing is verified: whoever sets a limit wants to hear.
void TlsSession::judge_expiry() {
  const Duration limit = context_->options().expires_in_min;
  if (limit == Duration{} || judge_.are_dates_suspended || facts_.reason != Reason::none) return;
  std::optional<WallTime> end = facts_.chain_expiry;
  if (!end && !facts_.sent.empty()) end = facts_.sent.front().not_after;
  const WallTime now = judge_.clock.wall_now();
  if (!end || *end >= now + limit) return;
  facts_.reason = Reason::tls_expires_soon;
  facts_.detail = *end < now
                      ? "expired " + in_words(time_between(*end, now)) + " ago"
                      : "a certificate of the chain ends in " + in_words(time_between(now, *end));
  openssl_error_ = X509_V_ERR_CERT_HAS_EXPIRED;
}

// Everything that the verdict depends on, with lengths, so that no two questions look alike.
bool TlsSession::key_of(X509_STORE_CTX* outer, ChainKey& key) const {
  STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(outer);
  const int count = sent == nullptr ? 0 : sk_X509_num(sent);
  if (count == 0 || count > static_cast<int>(limits::certificate_chain)) return false;
  std::string bytes;
  bytes.reserve(4096);
  append(bytes, name_);
  append(bytes, std::to_string(context_->trust().identity));
  append(bytes, context_->options().verify ? "v" : "-");
  append(bytes, judge_.are_dates_suspended ? "s" : "-");
  for (int index = 0; index < count; ++index)
    if (!append(bytes, sk_X509_value(sent, index))) return false;
  return EVP_Digest(bytes.data(), bytes.size(), key.data(), nullptr, judge_.sha256.get(),
                    nullptr) == 1;
}

void TlsSession::note_agreement(const SSL* ssl) {
  if (facts_.version.empty()) facts_.version = words_of(SSL_version(ssl));
  if (!facts_.cipher.empty()) return;
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
  if (cipher == nullptr) cipher = SSL_get_pending_cipher(ssl);
  if (cipher != nullptr) facts_.cipher = SSL_CIPHER_standard_name(cipher);
}

// The session knows the configured name, libcurl only the URL's. The connection is const here for
// history's sake only: OpenSSL hands out its own, and looks at the name after this.
void TlsSession::ask_for_name(const SSL* ssl) const {
  std::string name = server_name();
  if (!name.empty())
    SSL_ctrl(const_cast<SSL*>(ssl), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             name.data());
}

// What happens in a handshake, whoever drives it.
void TlsSession::inform(const SSL* ssl, int where, int value) noexcept {
  TlsSession* session = of(ssl);
  if (session == nullptr) return;
  if ((where & SSL_CB_HANDSHAKE_START) != 0 && SSL_is_init_finished(ssl) == 0)
    session->ask_for_name(ssl);
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0 && session->facts_.alpn.empty()) {
    session->note_agreement(ssl);
    const unsigned char* protocol = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl, &protocol, &length);
    if (length != 0) session->facts_.alpn.assign(reinterpret_cast<const char*>(protocol), length);
  }
  const bool has_failed = (where & SSL_CB_CONNECT_EXIT) == SSL_CB_CONNECT_EXIT && value != 1;
  if (has_failed && ERR_peek_error() != 0) session->note_failure(ssl, ERR_peek_error());
  // In TLS 1.3 the peer judges our certificate after our side of the handshake has ended.
  constexpr int fatal = SSL3_AL_FATAL << 8;
  if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && (value & ~0xff) == fatal &&
      session->facts_.is_certificate_requested)
    session->note_failure(ssl, ERR_PACK(ERR_LIB_SSL, 0, SSL_AD_REASON_OFFSET + (value & 0xff)));
}

// Called when the peer asks for a client certificate; the context's own, if any, is sent.
int TlsSession::note_request(SSL* ssl, void*) noexcept {
  if (TlsSession* session = of(ssl)) session->facts_.is_certificate_requested = true;
  return 1;
}

void TlsSession::note_failure(const SSL* ssl, unsigned long code) {
  if (facts_.reason != Reason::none) return;
  const bool has_version = SSL_get_pending_cipher(ssl) != nullptr;
  auto failure = tls_failure(code, {.was_certificate_requested = facts_.is_certificate_requested,
                                    .has_version = has_version});
  facts_.reason = failure.reason;
  facts_.detail = std::move(failure.detail);
}

}  // namespace siaga
