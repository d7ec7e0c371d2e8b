// The resolver's rules: addresses and hosts file first, then the cache, then the servers; equal
// questions share one; the family that was not preferred is asked only when the preferred one has
// nothing. Knows nothing of DNS itself.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/net/resolver.h"
#include "agent/net/resolver_cache.h"
#include "agent/net/resolver_hosts.h"
#include "agent/net/resolver_source.h"

namespace siaga {

class NameLookup;

class NameResolver final : public Resolver {
 public:
  NameResolver(Loop& loop, const Clock& clock, std::unique_ptr<AddressSource> source,
               const std::string& hosts_file);
  ~NameResolver() override;

  std::unique_ptr<Lookup> lookup(std::string_view host, FamilyChoice choice, Done done) override;
  const Resolution* known(std::string_view host, FamilyChoice choice) override;
  Counters counters() const override;
  void clear() override;
  void forget(std::string_view host) override;
  std::optional<Instant> asked_at(std::string_view host) const override;
  std::vector<Endpoint> servers() override;

 private:
  friend class NameLookup;
  // Under way. What was asked before the name was forgotten has another serial: its answer is
  // dropped.
  struct Question {
    std::uint64_t serial = 0;
    std::vector<NameLookup*> waiting;
  };

  // By address, file or cache; does not count.
  const Resolution* find(std::string_view host, FamilyChoice choice);
  const Resolution* find(const NameView& name);
  const Resolution* literal(const Address& address, FamilyChoice choice);
  // What this host's own files say.
  bool find_local(const NameView& name, Resolution& found) const;
  void look_at_files();

  void join(const NameView& name, NameLookup& lookup);
  void leave(const NameView& name, NameLookup& lookup);
  void ask(const NameKey& name, Question& question);
  void answered(const NameKey& name, std::uint64_t serial, SourceAnswer answer);
  void remember(const NameKey& name, const Resolution& resolution);

  Loop& loop_;
  const Clock& clock_;
  ResolverCache cache_;
  HostsFile hosts_;
  Instant files_checked_;
  Resolution composed_;  // what find() points to when no entry says it
  Counters counters_;
  std::unordered_map<NameKey, Question, NameHash, NameEqual> questions_;
  std::uint64_t last_serial_ = 0;
  std::unique_ptr<AddressSource> source_;
};

}  // namespace siaga
