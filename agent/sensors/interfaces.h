// This host's network interfaces and default routes, over rtnetlink: read once, then told by the
// kernel. Nothing is polled; counters are read when somebody asks for them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/result.h"
#include "agent/core/rtnetlink.h"
#include "agent/loop/loop.h"

namespace siaga {

struct Interface {
  unsigned index = 0;
  std::string name;
  bool is_loopback = false;
  bool is_up = false;        // administratively (IFF_UP)
  bool has_carrier = false;  // IFF_LOWER_UP
  std::uint32_t mtu = 0;
  std::optional<std::uint64_t> speed_bits;  // per second; not told for virtual ones
  std::uint64_t carrier_changes = 0;
  std::vector<IpNetwork> networks;  // its addresses with their prefixes, link-local ones left out
  bool operator==(const Interface&) const = default;
};

// Of the main table. A route over several hops (multipath) is as many of these.
struct DefaultRoute {
  Family family = Family::ip4;
  std::optional<Address> gateway;  // none: the interface itself (point to point)
  unsigned interface = 0;          // index
  std::uint32_t metric = 0;        // lower is preferred
  bool operator==(const DefaultRoute&) const = default;
};

class Interfaces {
 public:
  using Changed = std::function<void()>;

  // Reads what there is before it returns; `changed` is called on a later turn, once for all that
  // the kernel said at one time; it may destroy the Interfaces. When the kernel could not tell all
  // (ENOBUFS), everything is read again. Error: no netlink here (a seccomp filter, EPERM).
  static Result<std::unique_ptr<Interfaces>> open(Loop& loop, Changed changed);
  virtual ~Interfaces() = default;

  virtual const std::vector<Interface>& all() const = 0;  // by index
  const Interface* find(std::string_view name) const;
  const Interface* find(unsigned index) const;
  // The one that the kernel takes: the lowest metric whose interface is up, also when it has no
  // carrier, as long as the kernel sends there all the same (it does, but for the sysctl
  // ignore_routes_with_linkdown); of several with one metric, one with a carrier. Null: there is
  // none, or a route that refuses packets stands before it. Good until the next turn.
  virtual const DefaultRoute* default_route(Family family) const = 0;
  // The same for packets that must leave through this interface.
  virtual const DefaultRoute* default_route(Family family, unsigned interface) const = 0;
  // Asks the kernel now; a system call, some microseconds.
  virtual std::optional<InterfaceCounters> counters(unsigned index) = 0;
};

}  // namespace siaga
