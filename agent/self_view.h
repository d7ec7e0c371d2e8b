// What this host can see at all: each target is looked at through one of its interfaces, and those
// off its own networks through the gateway. These are nodes of the graph, too, the agent's own:
// while one is down, the targets behind it are unknown, not down. The order of judgement is host,
// interface, gateway, link, resolver, then targets (docs/links.md).
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/limits.h"
#include "agent/engine/engine.h"
#include "agent/judge/last_word.h"
#include "agent/judge/resolver_judge.h"
#include "agent/judge/self_judge.h"
#include "agent/net/network.h"
#include "agent/sensors/interfaces.h"
#include "agent/watch_list.h"

namespace siaga {

class SelfView {
 public:
  // All must outlive it.
  SelfView(Network& network, Engine& engine, WatchList& watched)
      : network_(network), clock_(network.clock), engine_(engine), watched_(watched) {}

  // The link that the default route is, as far as one is configured, and the targets that say
  // themselves which links they are behind: all others behind the gateway are seen through it.
  void set_link(std::optional<TargetId> link, std::set<TargetId> placed) {
    link_ = link;
    placed_ = std::move(placed);
  }
  // Which way each target is seen, anew: after a reload, and when interfaces or routes changed.
  void look(const Interfaces& interfaces);
  // Each outcome of a target. Its address may be news, and what it says of the gateways is heard.
  void hear(TargetId id, const Outcome& outcome, const RunTime& run, const Interfaces& interfaces);
  void hear_gateway(const Address& gateway, const AnchorRun& run);
  // Something behind IPv4's gateway, or IPv6's, answered an anchor's question.
  void hear_beyond(Family family, const AnchorRun& run);
  void hear_resolver(const AnchorRun& run) { resolver_.judge.hear(run); }
  void judge();

  // The link that the target is seen through without having said so.
  std::optional<TargetId> link_of(TargetId target) const;
  // Who is asked again and again: gateways and the resolver through which targets are looked at.
  struct Asked {
    std::array<std::optional<Address>, ip_families> gateways;  // by family
    bool is_resolver = false;
    bool operator==(const Asked&) const = default;
  };
  Asked asked() const;
  // Something behind one of them failed as it would if that were away, since the last call: ask.
  bool take_suspicion() { return std::exchange(is_suspicious_, false); }

 private:
  struct Own {
    SelfJudge judge{SelfRules{}};
    std::optional<TargetId> id;  // once somebody is looked at through it
    LastWord told;
  };
  struct Gateway {
    Own own;
    WayOut way;  // that of the family's default route
  };
  struct OwnResolver {
    ResolverJudge judge{limits::gateway_interval};
    std::optional<TargetId> id;
    LastWord told;
  };
  struct Way {
    std::string interface;
    bool is_beyond = false;  // off the interface's own networks
    Family family = Family::ip4;
    bool operator==(const Way&) const = default;
  };

  void place(const WatchList::Watched& target, const Interfaces& interfaces);
  std::optional<Way> way_to(const Address& address, const Interfaces& interfaces) const;
  std::optional<Way> way_to(TargetId id, const Interfaces& interfaces) const;
  std::vector<TargetId> nodes_to_resolvers(TargetId target, const Interfaces& interfaces);
  std::vector<TargetId> nodes_of(std::optional<TargetId> target, const Way& way);
  Gateway& gateway(Family family) { return gateways_.at(static_cast<std::size_t>(family)); }
  void hear_of_gateway(TargetId id, const Outcome& outcome, const RunTime& run);
  void tell(std::optional<TargetId> id, LastWord& told, const Ruling& ruling, BootTime now);

  Network& network_;
  const Clock& clock_;
  Engine& engine_;
  WatchList& watched_;
  std::map<std::string, Own> interfaces_;      // by name
  std::array<Gateway, ip_families> gateways_;  // by family
  OwnResolver resolver_;
  std::optional<TargetId> link_;
  std::set<TargetId> placed_;
  std::optional<Way> resolver_way_;
  std::map<TargetId, Way> ways_;
  std::map<TargetId, std::string> addresses_;  // by which a name's way was found
  bool is_suspicious_ = false;
};

}  // namespace siaga
