#include "agent/way_out.h"

namespace siaga {
namespace {

const DefaultRoute* any_default_route(const Interfaces& interfaces) {
  const DefaultRoute* const route = interfaces.default_route(Family::ip4);
  return route != nullptr ? route : interfaces.default_route(Family::ip6);
}

const DefaultRoute* route_through(const Interfaces& interfaces, unsigned index) {
  const DefaultRoute* const route = interfaces.default_route(Family::ip4, index);
  return route != nullptr ? route : interfaces.default_route(Family::ip6, index);
}

const Interface* chosen(const Interfaces& interfaces, std::string_view name,
                        std::string_view last) {
  if (!name.empty()) return interfaces.find(name);
  if (const DefaultRoute* const route = any_default_route(interfaces))
    return interfaces.find(route->interface);
  return interfaces.find(last);
}

WayOut way_through(const Interface* found, const DefaultRoute* route, std::string_view name) {
  WayOut way{.interface = std::string(name), .gateway = {}};
  if (found == nullptr) return way;
  way.has_interface = found->is_up;
  way.has_carrier = found->has_carrier;
  way.has_address = !found->networks.empty();
  way.interface = found->name;
  way.has_route = route != nullptr;
  if (route != nullptr) way.gateway = route->gateway;
  return way;
}

}  // namespace

WayOut way_out(const Interfaces& interfaces, Family family, std::string_view last) {
  const DefaultRoute* const route = interfaces.default_route(family);
  const Interface* const found =
      route != nullptr ? interfaces.find(route->interface) : interfaces.find(last);
  return way_through(found, route, last);
}

WayOut way_out(const Interfaces& interfaces, std::string_view name, std::string_view last) {
  const Interface* const found = chosen(interfaces, name, last);
  return way_through(found, found == nullptr ? nullptr : route_through(interfaces, found->index),
                     name.empty() ? last : name);
}

}  // namespace siaga
