// Where the resolver's answers come from when it does not know them: one question (a name and a
// family) to the configured servers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/reason.h"
#include "agent/core/time.h"
#include "agent/loop/loop.h"
#include "agent/net/resolver.h"

namespace siaga {

struct SourceAnswer {
  Reason reason = Reason::none;
  std::string detail;  // "NXDOMAIN from 10.0.0.53"
  std::vector<Address> addresses;
  Duration ttl{};
};

class AddressSource {
 public:
  using Answered = std::move_only_function<void(SourceAnswer)>;

  // Destroying it drops every question.
  virtual ~AddressSource() = default;
  // `answered` comes once on a later turn; it may ask again, it must not destroy the source.
  virtual void ask(const std::string& host, Family family, Answered answered) = 0;
  // Takes up a changed resolv.conf; questions under way end with the servers they went to. True
  // when the servers changed.
  virtual bool refresh() = 0;
  virtual std::vector<Endpoint> servers() const = 0;
};

// By c-ares.
std::unique_ptr<AddressSource> make_address_source(Loop& loop, const ResolverOptions& options);

}  // namespace siaga
