// Names to addresses, on the loop, by c-ares: no thread, no blocking, every look-up can be dropped.
// The only file that sees <ares.h> is resolver.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/outcome.h"
#include "agent/core/reason.h"
#include "agent/core/time.h"
#include "agent/loop/loop.h"

namespace siaga {

// Which family to use when a name has both. With `fallback`, the other one is used when the
// preferred one has no address.
struct FamilyChoice {
  Family preferred = Family::ip4;
  bool fallback = true;
  bool operator==(const FamilyChoice&) const = default;
};

struct Resolution {
  Reason reason =
      Reason::none;    // dns_timeout, dns_nxdomain, dns_no_address, dns_servfail, dns_malformed
  std::string detail;  // for a failure: "portal.example: NXDOMAIN from 10.0.0.53"
  std::vector<Address> addresses;  // of one family, the chosen one, in the resolver's order
  Duration ttl{};                  // of the answer, after our bounds
  bool is_cached = false;
  std::optional<Instant> asked;  // when the answer was had; nothing: without a query
};

struct ResolverOptions {
  // Empty: those of resolv_conf, read again when it changes, with its search domains. Given: these
  // and no search domains.
  std::vector<Endpoint> servers;
  Duration timeout = std::chrono::seconds(2);  // of one try at one server
  int tries = 2;                               // per server
  std::string hosts_file = "/etc/hosts";
  std::string resolv_conf = "/etc/resolv.conf";
  std::uint16_t system_port = 53;  // of the servers in resolv_conf, which cannot name one
};

class Lookup {
 public:
  virtual ~Lookup() = default;
};

class Resolver {
 public:
  using Done = std::move_only_function<void(const Resolution&)>;

  static std::unique_ptr<Resolver> create(Loop& loop, const Clock& clock,
                                          const ResolverOptions& options = {});
  virtual ~Resolver() = default;

  // Addresses, "localhost" (RFC 6761, 6.3) and names in the hosts file are answered without a
  // query; answers are cached for
  // their TTL (limits::resolver_ttl_max), failures for limits::resolver_failure_ttl; look-ups of
  // one name and family at one time share one query. `done` comes on a later turn, never at once.
  virtual std::unique_ptr<Lookup> lookup(std::string_view host, FamilyChoice choice, Done done) = 0;
  // What lookup() would answer without a query, or nullptr: lets callers on hot paths skip a turn.
  // The pointer is good until the next call into the resolver.
  virtual const Resolution* known(std::string_view host, FamilyChoice choice) = 0;

  struct Counters {
    std::uint64_t queries = 0, cache_hits = 0, failures = 0, timeouts = 0;
    std::size_t cached_names = 0;
  };
  virtual Counters counters() const = 0;
  virtual void clear() = 0;  // forgets all answers
  // Forgets what is known of the name: the next look-up asks.
  virtual void forget(std::string_view host) = 0;
  // When the answer was had that is known of the name, the older one of two families; nothing when
  // none is, and for what is answered without a query.
  virtual std::optional<Instant> asked_at(std::string_view host) const = 0;

  // Those that are asked now, in order: as given, or the system's.
  virtual std::vector<Endpoint> servers() { return {}; }
};

}  // namespace siaga
