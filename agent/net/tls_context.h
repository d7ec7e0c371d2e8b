// What handshakes share, loaded from files: trust stores, and OpenSSL contexts with the client's
// certificate. Many TlsOptions share one store and one OpenSSL context: what differs between
// targets (name, verification) is kept beside them in TlsContext, which is small.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "agent/core/result.h"
#include "agent/net/tls.h"
#include "agent/net/tls_openssl.h"

namespace siaga {

// A file as it was when it was read.
struct TlsFile {
  std::string path;
  std::int64_t modified_ns = 0, size = 0;
  std::uint64_t inode = 0;
  bool operator==(const TlsFile&) const = default;
};
TlsFile tls_file_of(const std::string& path);  // zeros when there is no such file

struct TrustStore {
  StoreOwner store;
  std::uint64_t identity = 0;  // never given twice in one process
  std::vector<TlsFile> files;
};

struct ClientSettings {
  SslContextOwner context;
  std::vector<TlsFile> files;
};

class TlsContext {
 public:
  TlsContext(TlsOptions options, std::shared_ptr<const TrustStore> trust,
             std::shared_ptr<const ClientSettings> client)
      : options_(std::move(options)), trust_(std::move(trust)), client_(std::move(client)) {}

  const TlsOptions& options() const { return options_; }
  const TrustStore& trust() const { return *trust_; }
  SSL_CTX* ssl() const { return client_->context.get(); }
  bool are_files_unchanged() const;

 private:
  TlsOptions options_;
  std::shared_ptr<const TrustStore> trust_;
  std::shared_ptr<const ClientSettings> client_;
};

// Makes contexts and shares what they have in common.
class TlsContextShelf {
 public:
  Result<std::shared_ptr<TlsContext>> get(const TlsOptions& options, Instant now);

 private:
  using ClientKey = std::tuple<std::string, std::string, TlsVersion, std::optional<TlsVersion>,
                               std::vector<std::string>>;
  struct Place {
    std::shared_ptr<TlsContext> context;
    Instant checked{}, used{};
  };

  Result<std::shared_ptr<TlsContext>> make(const TlsOptions& options);
  Result<std::shared_ptr<const TrustStore>> trust(const std::string& ca_file);
  Result<std::shared_ptr<const ClientSettings>> client(const TlsOptions& options);
  void make_room();

  std::map<TlsOptions, Place> contexts_;
  std::map<std::string, std::weak_ptr<const TrustStore>> trusts_;
  std::map<ClientKey, std::weak_ptr<const ClientSettings>> clients_;
  std::uint64_t last_identity_ = 0;
};

// What every context needs, ours and libcurl's: versions, no resumption, our own judgement of
// strength, ciphers.
void apply_settings(SSL_CTX* context, const TlsOptions& options);
// The client's certificate, key and chain.
bool copy_identity(SSL_CTX* from, SSL_CTX* to);

}  // namespace siaga
