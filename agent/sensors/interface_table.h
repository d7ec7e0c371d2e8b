// Interfaces, their addresses and the default routes, as far as the kernel's messages told. Pure:
// no sockets, no files. Routes are not followed message by message: the kernel does not tell of
// IPv4 routes that go with their interface or address, and replaces others in its own ways; any
// sign of a change means that the routes should be read again.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/rtnetlink.h"
#include "agent/sensors/interfaces.h"

namespace siaga {

class InterfaceTable {
 public:
  // True when default routes may be others now. Routes themselves are not taken.
  bool take(const rtnetlink::Message& message);
  void put_routes(const std::vector<rtnetlink::DefaultHops>& routes);

  // Shows from now on what was taken. `speed_of` is asked for interfaces whose speed may be
  // another. True when what is shown differs from before.
  using SpeedOf = std::function<std::optional<std::uint64_t>(const std::string& name)>;
  bool show(const SpeedOf& speed_of);
  // As show(), where what was shown before was another table's.
  bool show_instead_of(const InterfaceTable& other, const SpeedOf& speed_of);

  const std::vector<Interface>& all() const { return shown_; }
  const DefaultRoute* default_route(Family family, std::optional<unsigned> interface) const;

 private:
  struct Known {
    Interface interface;
    std::string kind;
    bool is_speed_due = true;
  };
  // One hop of a route as it is shown.
  struct Path {
    DefaultRoute route;
    bool refuses = false;  // takes packets and sends them nowhere
    bool is_dead = false;
    bool operator==(const Path&) const = default;
  };

  void put(const Path& path);
  bool take_link(const rtnetlink::Link& link, bool is_gone);
  bool take_address(const rtnetlink::InterfaceAddress& address, bool is_gone);
  void update(Known& known, const rtnetlink::Link& link);
  std::vector<Interface> interfaces() const;
  const Interface* shown(unsigned index) const;

  std::map<unsigned, Known> known_;
  std::vector<rtnetlink::InterfaceAddress> addresses_;
  std::vector<Path> paths_;  // by family and metric, in the kernel's order
  std::vector<Interface> shown_;
  std::vector<Path> shown_paths_;
};

}  // namespace siaga
