#include "agent/self_view.h"

#include <algorithm>
#include <utility>

#include "agent/core/limits.h"
#include "agent/way_out.h"

namespace siaga {
namespace {

std::string gateway_name() { return std::string(own_names) + "gateway"; }
std::string interface_name(const std::string& name) {
  return std::string(own_names) + "interface:" + name;
}

}  // namespace

void SelfView::look(const Interfaces& interfaces) {
  const BootTime now = clock_.boot_now();
  way_ = way_out(interfaces, "", way_.interface);
  gateway_.judge.hear_way(way_, now);
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
  return resolver_way_ ? nodes_of(target, *resolver_way_) : std::vector<TargetId>();
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
        return interface.is_loopback ? Way{} : Way{.interface = interface.name};
    }
  }
  const DefaultRoute* const route = interfaces.default_route(address.family);
  const Interface* const through = route == nullptr ? nullptr : interfaces.find(route->interface);
  if (through == nullptr || through->is_loopback) return std::nullopt;
  return Way{.interface = through->name, .is_beyond = true};
}

std::vector<TargetId> SelfView::nodes_of(TargetId target, const Way& way) {
  std::vector<TargetId> nodes;
  if (way.interface.empty()) return nodes;
  if (!interfaces_.contains(way.interface) && interfaces_.size() >= limits::own_nodes) return nodes;
  Own& own = interfaces_[way.interface];
  if (!own.id) own.id = watched_.own_node(interface_name(way.interface));
  nodes.push_back(*own.id);
  if (!way.is_beyond) return nodes;
  if (!gateway_.id) gateway_.id = watched_.own_node(gateway_name());
  nodes.push_back(*gateway_.id);
  if (link_ && !placed_.contains(target)) nodes.push_back(*link_);
  return nodes;
}

std::optional<TargetId> SelfView::link_of(TargetId target) const {
  const auto way = ways_.find(target);
  const bool is_seen_through_it =
      way != ways_.end() && way->second.is_beyond && !placed_.contains(target);
  return is_seen_through_it ? link_ : std::nullopt;
}

void SelfView::hear(TargetId id, const Outcome& outcome, BootTime began,
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
  const auto way = ways_.find(id);
  if (way == ways_.end() || !way->second.is_beyond) return;
  if (outcome.verdict == Verdict::ok) gateway_.judge.hear_beyond(began);
  if (outcome.verdict == Verdict::failed) suspected_ = clock_.boot_now();
}

void SelfView::judge() {
  const BootTime now = clock_.boot_now();
  for (auto& [name, own] : interfaces_) tell(own, own.judge.interface(now), now);
  tell(gateway_, gateway_.judge.gateway(now), now);
}

void SelfView::tell(Own& own, const Ruling& ruling, BootTime now) {
  if (!own.id) return;
  const News news = own.told.say(engine_, *own.id, ruling, now);
  if (news == News::returned) network_.resolver->clear();
}

std::optional<Address> SelfView::suspect(BootTime now) const {
  const bool is_down = gateway_.told.state() == State::down;
  const bool is_recent = suspected_ != BootTime{} && now - suspected_ <= limits::gateway_calm;
  if (!is_down && !is_recent) return std::nullopt;
  return way_.gateway;
}

}  // namespace siaga
