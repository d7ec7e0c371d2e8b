#include "agent/net/tls_context.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "agent/core/limits.h"
#include "agent/net/tls_session.h"

namespace siaga {
namespace {

int openssl_version(TlsVersion version) {
  constexpr std::array numbers{TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
  return numbers.at(static_cast<std::size_t>(version));
}

// A key with a pass phrase is an error, not a question at the terminal.
int no_pass_phrase(char*, int, int, void*) noexcept { return 0; }

std::unexpected<Error> failure(std::string tried, const std::string& path) {
  // OpenSSL reports a missing file through errno, a bad one through its queue.
  const int code = tls_file_of(path).inode == 0 ? ENOENT : 0;
  return std::unexpected(Error{.tried = std::move(tried),
                               .on = path,
                               .code = code,
                               .text = code != 0 ? "" : take_openssl_error()});
}

const char* from_environment(const char* variable, const char* otherwise) {
  const char* value = std::getenv(variable);
  return value != nullptr ? value : otherwise;
}

// Where OpenSSL itself looks: a bundle, and a folder with a file per authority, which are read when
// one is needed. On Debian that spares parsing 140 authorities at the first handshake.
std::vector<TlsFile> system_files() {
  return {
      tls_file_of(from_environment(X509_get_default_cert_file_env(), X509_get_default_cert_file())),
      tls_file_of(from_environment(X509_get_default_cert_dir_env(), X509_get_default_cert_dir()))};
}

std::string alpn_wire(const std::vector<std::string>& protocols) {
  std::string wire;
  for (const std::string& protocol : protocols) {
    wire += static_cast<char>(protocol.size());
    wire += protocol;
  }
  return wire;
}

bool set_alpn(SSL_CTX* context, const std::vector<std::string>& protocols) {
  if (protocols.empty()) return true;
  const std::string wire = alpn_wire(protocols);
  return SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(wire.data()),
                                 static_cast<unsigned>(wire.size())) == 0;
}

Result<void> load_identity(SSL_CTX* context, const TlsOptions& options) {
  if (options.certificate_file.empty()) return {};
  const std::string& key_file =
      options.key_file.empty() ? options.certificate_file : options.key_file;
  SSL_CTX_set_default_passwd_cb(context, no_pass_phrase);
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1)
    return failure("load certificate", options.certificate_file);
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return failure("load key", key_file);
  if (SSL_CTX_check_private_key(context) != 1) return failure("match key", key_file);
  return {};
}

template <typename Map>
void drop_expired(Map& map) {
  std::erase_if(map, [](const auto& item) { return item.second.expired(); });
}

bool are_unchanged(const std::vector<TlsFile>& files) {
  return std::ranges::all_of(files,
                             [](const TlsFile& file) { return tls_file_of(file.path) == file; });
}

}  // namespace

TlsFile tls_file_of(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return {.path = path};
  return {.path = path,
          .modified_ns = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec,
          .size = status.st_size,
          .inode = status.st_ino};
}

bool TlsContext::are_files_unchanged() const {
  return are_unchanged(trust_->files) && are_unchanged(client_->files);
}

void apply_settings(SSL_CTX* context, const TlsOptions& options) {
  // 0: weak keys and hashes pass the handshake, so that they are seen, judged and named by us.
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, openssl_version(options.min_version));
  SSL_CTX_set_max_proto_version(context,
                                options.max_version ? openssl_version(*options.max_version) : 0);
  // Every probe is a full handshake: what it sees must be of now.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_LEGACY_SERVER_CONNECT);
  // AES-128 first, as browsers offer it: its SHA-256 handshake is cheaper than SHA-384's.
  SSL_CTX_set_ciphersuites(context,
                           "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                           "TLS_CHACHA20_POLY1305_SHA256");
}

bool copy_identity(SSL_CTX* from, SSL_CTX* to) {
  X509* certificate = SSL_CTX_get0_certificate(from);
  if (certificate == nullptr) return true;
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(from, &chain);
  return SSL_CTX_use_certificate(to, certificate) == 1 &&
         SSL_CTX_use_PrivateKey(to, SSL_CTX_get0_privatekey(from)) == 1 &&
         (chain == nullptr || SSL_CTX_set1_chain(to, chain) == 1);
}

Result<std::shared_ptr<TlsContext>> TlsContextShelf::get(const TlsOptions& options, Instant now) {
  const auto place = contexts_.find(options);
  if (place != contexts_.end()) {
    place->second.used = now;
    if (now - place->second.checked < limits::tls_files_recheck) return place->second.context;
    place->second.checked = now;
    if (place->second.context->are_files_unchanged()) return place->second.context;
    contexts_.erase(place);
  }
  auto made = make(options);
  if (!made) return made;
  make_room();
  contexts_[options] = {.context = *made, .checked = now, .used = now};
  return made;
}

// Contexts that somebody holds are counted but never dropped.
void TlsContextShelf::make_room() {
  if (contexts_.size() < limits::tls_contexts) return;
  auto oldest = contexts_.end();
  for (auto place = contexts_.begin(); place != contexts_.end(); ++place) {
    if (place->second.context.use_count() > 1) continue;
    if (oldest == contexts_.end() || place->second.used < oldest->second.used) oldest = place;
  }
  if (oldest != contexts_.end()) contexts_.erase(oldest);
}

Result<std::shared_ptr<TlsContext>> TlsContextShelf::make(const TlsOptions& options) {
  auto shared_trust = trust(options.ca_file);
  if (!shared_trust) return std::unexpected(shared_trust.error());
  auto shared_client = client(options);
  if (!shared_client) return std::unexpected(shared_client.error());
  return std::make_shared<TlsContext>(options, *std::move(shared_trust), *std::move(shared_client));
}

Result<std::shared_ptr<const TrustStore>> TlsContextShelf::trust(const std::string& ca_file) {
  if (auto known = trusts_[ca_file].lock(); known && are_unchanged(known->files)) return known;
  drop_expired(trusts_);
  auto trust = std::make_shared<TrustStore>();
  trust->store.reset(X509_STORE_new());
  trust->files = ca_file.empty() ? system_files() : std::vector{tls_file_of(ca_file)};
  trust->identity = ++last_identity_;
  X509_STORE* store = trust->store.get();
  const bool is_loaded = ca_file.empty() ? X509_STORE_set_default_paths(store) == 1
                                         : X509_STORE_load_file(store, ca_file.c_str()) == 1;
  if (!is_loaded) return failure("load authorities", ca_file.empty() ? "the system's" : ca_file);
  take_openssl_error();
  trusts_[ca_file] = trust;
  return trust;
}

Result<std::shared_ptr<const ClientSettings>> TlsContextShelf::client(const TlsOptions& options) {
  const ClientKey key{options.certificate_file, options.key_file, options.min_version,
                      options.max_version, options.alpn};
  if (auto known = clients_[key].lock(); known && are_unchanged(known->files)) return known;
  drop_expired(clients_);
  auto made = std::make_shared<ClientSettings>();
  made->context.reset(SSL_CTX_new(TLS_client_method()));
  for (const std::string& file : {options.certificate_file, options.key_file})
    if (!file.empty()) made->files.push_back(tls_file_of(file));
  SSL_CTX* context = made->context.get();
  if (context == nullptr || !set_alpn(context, options.alpn))
    return std::unexpected(Error{.tried = "make a TLS context", .text = take_openssl_error()});
  apply_settings(context, options);
  TlsSession::install(context);
  if (auto loaded = load_identity(context, options); !loaded)
    return std::unexpected(loaded.error());
  clients_[key] = made;
  return made;
}

}  // namespace siaga
