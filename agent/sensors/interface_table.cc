#include "agent/sensors/interface_table.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "agent/core/limits.h"

namespace siaga {
namespace {

bool is_link_local(const Address& address) {
  const auto& bytes = address.bytes;
  if (address.family == Family::ip4) return bytes[0] == 169 && bytes[1] == 254;
  return bytes[0] == 0xFE && (bytes[1] & 0xC0U) == 0x80U;
}

// What these say of their speed is made up (10 Gbit/s, whatever carries them).
bool has_speed(std::string_view kind) { return kind != "veth" && kind != "tun"; }

bool is_same(const rtnetlink::InterfaceAddress& left, const rtnetlink::InterfaceAddress& right) {
  return left.interface == right.interface && left.network == right.network &&
         left.peer == right.peer;
}

}  // namespace

bool InterfaceTable::take(const rtnetlink::Message& message) {
  if (const auto* link = std::get_if<rtnetlink::Link>(&message.content))
    return take_link(*link, message.is_gone);
  if (const auto* address = std::get_if<rtnetlink::InterfaceAddress>(&message.content))
    return take_address(*address, message.is_gone);
  return std::holds_alternative<rtnetlink::DefaultHops>(message.content);
}

bool InterfaceTable::take_link(const rtnetlink::Link& link, bool is_gone) {
  if (is_gone) {
    std::erase_if(addresses_, [&](const auto& address) { return address.interface == link.index; });
    return known_.erase(link.index) != 0;
  }
  const auto found = known_.find(link.index);
  if (found == known_.end()) {
    if (!link.name || known_.size() >= limits::interfaces) return false;
    update(known_[link.index], link);
    return true;
  }
  const Interface before = found->second.interface;
  update(found->second, link);
  // The kernel's marks of its hops follow these two.
  const Interface& now = found->second.interface;
  return before.is_up != now.is_up || before.has_carrier != now.has_carrier;
}

void InterfaceTable::update(Known& known, const rtnetlink::Link& link) {
  Interface& interface = known.interface;
  const auto what_speed_follows = [&interface] {
    return std::tuple(interface.name, interface.is_up, interface.has_carrier);
  };
  const auto before = what_speed_follows();
  interface.index = link.index;
  interface.is_loopback = link.is_loopback;
  interface.is_up = link.is_up;
  interface.has_carrier = link.has_carrier;
  interface.name = link.name.value_or(interface.name);
  interface.mtu = link.mtu.value_or(interface.mtu);
  interface.carrier_changes = link.carrier_changes.value_or(interface.carrier_changes);
  known.kind = link.kind.value_or(known.kind);
  known.is_speed_due = known.is_speed_due || before != what_speed_follows();
}

bool InterfaceTable::take_address(const rtnetlink::InterfaceAddress& address, bool is_gone) {
  const auto found =
      std::ranges::find_if(addresses_, [&](const auto& other) { return is_same(other, address); });
  if (is_gone || !address.is_usable) {
    if (found == addresses_.end()) return false;
    addresses_.erase(found);
    return true;  // routes from it go without a word
  }
  if (found == addresses_.end() && !is_link_local(address.network.base) &&
      addresses_.size() < limits::interface_addresses)
    addresses_.push_back(address);
  return false;
}

void InterfaceTable::put_routes(const std::vector<rtnetlink::DefaultHops>& routes) {
  paths_.clear();
  for (const rtnetlink::DefaultHops& route : routes) {
    Path path{.route = {.family = route.family, .gateway = {}, .metric = route.metric}};
    path.refuses = route.hops.empty();
    if (path.refuses) put(path);
    for (const rtnetlink::Hop& hop : route.hops) {
      path.route.gateway = hop.gateway;
      path.route.interface = hop.interface;
      path.is_dead = hop.is_dead;
      put(path);
    }
  }
}

void InterfaceTable::put(const Path& path) {
  const auto key = [](const Path& one) { return std::pair(one.route.family, one.route.metric); };
  paths_.insert(std::ranges::upper_bound(paths_, key(path), {}, key), path);
}

std::vector<Interface> InterfaceTable::interfaces() const {
  std::vector<Interface> all;
  all.reserve(known_.size());
  for (const auto& [index, known] : known_) all.push_back(known.interface);
  for (const rtnetlink::InterfaceAddress& address : addresses_) {
    const auto owner = std::ranges::lower_bound(all, address.interface, {}, &Interface::index);
    if (owner != all.end() && owner->index == address.interface)
      owner->networks.push_back(address.network);
  }
  return all;
}

bool InterfaceTable::show(const SpeedOf& speed_of) { return show_instead_of(*this, speed_of); }

bool InterfaceTable::show_instead_of(const InterfaceTable& other, const SpeedOf& speed_of) {
  for (auto& [index, known] : known_) {
    if (!std::exchange(known.is_speed_due, false)) continue;
    known.interface.speed_bits = {};
    if (known.interface.has_carrier && has_speed(known.kind))
      known.interface.speed_bits = speed_of(known.interface.name);
  }
  std::vector<Interface> now = interfaces();
  const bool differs = now != other.shown_ || paths_ != other.shown_paths_;
  shown_ = std::move(now);
  shown_paths_ = paths_;
  return differs;
}

const Interface* InterfaceTable::shown(unsigned index) const {
  const auto found = std::ranges::lower_bound(shown_, index, {}, &Interface::index);
  return found != shown_.end() && found->index == index ? &*found : nullptr;
}

const DefaultRoute* InterfaceTable::default_route(Family family,
                                                  std::optional<unsigned> interface) const {
  const DefaultRoute* best = nullptr;
  for (const Path& path : shown_paths_) {
    if (path.route.family != family) continue;
    if (best != nullptr && path.route.metric > best->metric) break;
    if (path.refuses && best == nullptr) return nullptr;
    const Interface* through = shown(path.route.interface);
    if (path.is_dead || through == nullptr || !through->is_up) continue;
    if (interface && *interface != path.route.interface) continue;
    if (through->has_carrier) return &path.route;
    if (best == nullptr) best = &path.route;
  }
  return best;
}

}  // namespace siaga
