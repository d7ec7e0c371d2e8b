#include "agent/self_view.h"

#include <algorithm>
#include <utility>

#include "agent/core/limits.h"
#include "agent/way_out.h"
#include "probes/ping.h"

namespace siaga {
namespace {

std::string gateway_name(Family family) {
  return std::string(own_names) + (family == Family::ip4 ? "gateway" : "gateway6");
}
std::string interface_name(const std::string& name) {
  return std::string(own_names) + "interface:" + name;
}
std::string resolver_name() { return std::string(own_names) + "resolver"; }

}  // namespace

void SelfView::look(const Interfaces& interfaces) {
  const BootTime now = clock_.boot_now();
  for (const Family family : {Family::ip4, Family::ip6}) {
    Gateway& here = gateway(family);
    here.way = way_out(interfaces, family, here.way.interface);
    here.own.judge.hear_way(here.way, now);
  }
  std::erase_if(ways_, [this](const auto& entry) { return watched_.find(entry.first) == nullptr; });
  std::erase_if(addresses_,
                [this](const auto& entry) { return watched_.find(entry.first) == nullptr; });
  for (const WatchList::Watched& target : watched_.all())
    if (target.role == NodeRole::target) place(target, interfaces);
  for (auto& [name, own] : interfaces_) own.judge.hear_way(way_out(interfaces, name), now);
}

// Where there is no way now, the last one stays: it is what is broken.
void SelfView::place(const WatchList::Watched& target, const Interfaces& interfaces) {
  const auto way = way_to(target.id, interfaces);
  if (way) ways_[target.id] = *way;
  else if (!ways_.contains(target.id)) return;
  std::vector<TargetId> nodes = nodes_of(target.id, ways_.at(target.id));
  if (is_host_name(engine_.status(target.id).info->host))
    for (const TargetId node : nodes_to_resolvers(target.id, interfaces))
      if (std::ranges::find(nodes, node) == nodes.end()) nodes.push_back(node);
  watched_.look_through(target.id, std::move(nodes));
}

// Behind a dead link a name cannot be resolved, wherever its address may be.
std::vector<TargetId> SelfView::nodes_to_resolvers(TargetId target, const Interfaces& interfaces) {
  const std::vector<Endpoint> resolvers = network_.resolver->servers();
  const auto way = resolvers.empty() ? std::nullopt : way_to(resolvers.front().address, interfaces);
  if (way) resolver_way_ = way;
  if (!resolver_way_) return {};
  if (!resolver_.id) {
    resolver_.id = watched_.own_node(resolver_name());
    engine_.set_resolver(*resolver_.id);
  }
  engine_.relate(*resolver_.id, {}, nodes_of(std::nullopt, *resolver_way_), clock_.boot_now());
  std::vector<TargetId> nodes = nodes_of(target, *resolver_way_);
  nodes.push_back(*resolver_.id);
  return nodes;
}

std::optional<SelfView::Way> SelfView::way_to(TargetId id, const Interfaces& interfaces) const {
  const TargetStatus& status = engine_.status(id);
  const auto literal = parse_address(status.info->host);
  const auto address = literal ? literal : parse_address(status.address);
  if (address) return way_to(*address, interfaces);
  // A name that was not resolved yet: the way to those who could tell.
  const std::vector<Endpoint> resolvers = network_.resolver->servers();
  if (!is_host_name(status.info->host) || resolvers.empty()) return std::nullopt;
  return way_to(resolvers.front().address, interfaces);
}

std::optional<SelfView::Way> SelfView::way_to(const Address& address,
                                              const Interfaces& interfaces) const {
  for (const Interface& interface : interfaces.all()) {
    for (const IpNetwork& network : interface.networks) {
      if (network.base == address) return Way{};  // this host itself
      if (network.contains(address))
        return interface.is_loopback ? Way{}
                                     : Way{.interface = interface.name, .family = address.family};
    }
  }
  const DefaultRoute* const route = interfaces.default_route(address.family);
  const Interface* const through = route == nullptr ? nullptr : interfaces.find(route->interface);
  if (through == nullptr || through->is_loopback) return std::nullopt;
  return Way{.interface = through->name, .is_beyond = true, .family = address.family};
}

std::vector<TargetId> SelfView::nodes_of(std::optional<TargetId> target, const Way& way) {
  std::vector<TargetId> nodes;
  if (way.interface.empty()) return nodes;
  if (!interfaces_.contains(way.interface) && interfaces_.size() >= limits::own_nodes) return nodes;
  Own& own = interfaces_[way.interface];
  if (!own.id) own.id = watched_.own_node(interface_name(way.interface));
  nodes.push_back(*own.id);
  if (!way.is_beyond) return nodes;
  Own& own_gateway = gateway(way.family).own;
  if (!own_gateway.id) own_gateway.id = watched_.own_node(gateway_name(way.family));
  nodes.push_back(*own_gateway.id);
  if (link_ && (!target || !placed_.contains(*target))) nodes.push_back(*link_);
  return nodes;
}

std::optional<TargetId> SelfView::link_of(TargetId target) const {
  const auto way = ways_.find(target);
  const bool is_seen_through_it =
      way != ways_.end() && way->second.is_beyond && !placed_.contains(target);
  return is_seen_through_it ? link_ : std::nullopt;
}

void SelfView::hear(TargetId id, const Outcome& outcome, const RunTime& run,
                    const Interfaces& interfaces) {
  const WatchList::Watched* const target = watched_.find(id);
  if (target == nullptr) return;
  if (!outcome.address.empty() && addresses_[id] != outcome.address &&
      !parse_address(engine_.status(id).info->host)) {
    addresses_[id] = outcome.address;
    if (const auto address = parse_address(outcome.address))
      if (const auto way = way_to(*address, interfaces)) ways_[id] = *way;
    place(*target, interfaces);
  }
  hear_of_gateway(id, outcome, run);
  if (outcome.verdict == Verdict::failed && is_of_resolver(outcome.reason)) is_suspicious_ = true;
}

// What answers from behind a gateway speaks for it, and so does a ping of its own address.
void SelfView::hear_of_gateway(TargetId id, const Outcome& outcome, const RunTime& run) {
  AnchorRun anchor{.began = run.boot,
                   .ended = run.ended,
                   .verdict = outcome.verdict,
                   .reason = outcome.reason,
                   .detail = outcome.detail,
                   .round_trips = {}};
  if (engine_.status(id).info->kind == ping_kind.name && !outcome.address.empty()) {
    // One that answers too slowly, or not each time, is there.
    const bool answers = outcome.reason == Reason::ping_loss || outcome.reason == Reason::ping_slow;
    AnchorRun witness = anchor;
    if (answers) witness.verdict = Verdict::ok;
    if (const auto address = parse_address(outcome.address)) hear_gateway(*address, witness);
  }
  const auto way = ways_.find(id);
  if (way == ways_.end() || !way->second.is_beyond) return;
  hear_beyond(way->second.family, anchor);
  if (outcome.verdict == Verdict::failed) is_suspicious_ = true;
}

void SelfView::hear_gateway(const Address& address, const AnchorRun& run) {
  for (Gateway& gateway : gateways_)
    if (gateway.way.gateway == address) gateway.own.judge.hear_gateway(run);
}

void SelfView::hear_beyond(Family family, const AnchorRun& run) {
  if (run.verdict == Verdict::ok) gateway(family).own.judge.hear_beyond(run.began, run.ended);
}

void SelfView::judge() {
  const BootTime now = clock_.boot_now();
  for (auto& [name, own] : interfaces_) tell(own.id, own.told, own.judge.interface(now), now);
  for (Gateway& gateway : gateways_)
    tell(gateway.own.id, gateway.own.told, gateway.own.judge.gateway(now), now);
  tell(resolver_.id, resolver_.told, resolver_.judge.judge(now), now);
}

void SelfView::tell(std::optional<TargetId> id, LastWord& told, const Ruling& ruling,
                    BootTime now) {
  if (!id) return;
  const News news = told.say(engine_, *id, ruling, now);
  if (news == News::returned) network_.resolver->clear();
}

SelfView::Asked SelfView::asked() const {
  Asked asked{.gateways = {}, .is_resolver = resolver_.id.has_value()};
  for (std::size_t family = 0; family < gateways_.size(); ++family)
    if (gateways_.at(family).own.id) asked.gateways.at(family) = gateways_.at(family).way.gateway;
  return asked;
}

}  // namespace siaga
