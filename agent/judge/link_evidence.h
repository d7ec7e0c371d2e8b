// What links are judged by: the rules, the anchors, one round of an anchor, the way out of this
// host. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/outcome.h"
#include "agent/core/time.h"

namespace siaga {

// Where the path breaks, seen from here. `none`: it does not.
enum class PathBreak : std::uint8_t { none, interface, gateway, isp, beyond };
inline constexpr std::size_t path_break_count = 5;
std::string_view name(PathBreak at);

// What an anchor is, as far as it matters for judging.
enum class AnchorRole : std::uint8_t {
  beyond,    // somewhere on the internet: ping, tcp:, dns:
  gateway,   // the default route's next hop
  resolver,  // the system's resolver
};

struct LinkRules {
  std::size_t quorum = 1;                       // so many anchors must answer
  std::int64_t confirm = 2;                     // failures in a row before an anchor counts as lost
  Millis hold_down = std::chrono::seconds(10);  // so long it must be good before it is up again
  Millis interval = std::chrono::seconds(10);   // how often anchors are asked
  Millis window = std::chrono::minutes(5);      // of loss, round trips and jitter
  // The interface is this link's own (named in the configuration): without its carrier the link is
  // down. Else the interface is this host's: without it, nobody can see the link.
  bool owns_interface = false;
  bool checks_mtu = false;  // packets of the wanted size must pass
  bool operator==(const LinkRules&) const = default;
};

struct Anchor {
  std::string name;  // as configured: "1.1.1.1", "tcp:9.9.9.9:53", "gateway"
  AnchorRole role = AnchorRole::beyond;
  bool operator==(const Anchor&) const = default;
};

// One round of one anchor, or of the packet that is to expire one hop behind the gateway.
struct AnchorRun {
  BootTime began{}, ended{};  // ended before it began: it took no time
  Verdict verdict = Verdict::unknown;
  Reason reason = Reason::none;
  std::string_view detail;            // what ICMP said: "host unreachable, says 10.0.0.1"
  int sent = 0;                       // pings; 0 for other kinds
  std::vector<Duration> round_trips;  // of the answers; of other kinds the time of the answer
};

// Is there a way out of this host? As rtnetlink says.
struct WayOut {
  bool has_interface = false;  // there is one, and it is administratively up
  bool has_carrier = false;
  bool has_address = false;
  bool has_route = false;          // a default route through it
  std::string interface;           // its name
  std::optional<Address> gateway;  // next hop of the default route
  bool operator==(const WayOut&) const = default;
};

}  // namespace siaga
