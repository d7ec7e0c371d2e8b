// What [[link]] says: an uplink or path, which is judged from its anchors (agent/judge), not probed
// itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/config/section.h"

namespace siaga {

inline constexpr std::string_view link_kind = "link";

struct LinkOptions {
  std::vector<std::string> anchors;
  std::int64_t quorum = 1;
  std::string interface;  // empty: that of the default route
  Duration hold_down{};
  std::optional<std::int64_t> mtu;
  std::vector<std::string> uplinks;  // names of links, the main one first
  bool operator==(const LinkOptions&) const = default;
};
// Files complaints; the result is then good for nothing.
LinkOptions parse_link(Section& section);
const KindSchema& link_schema();

}  // namespace siaga
