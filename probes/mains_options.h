// What [[mains]] says: the public power supply of a room, which is judged from its sensors
// (agent/judge), not probed itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/config/section.h"

namespace siaga {

inline constexpr std::string_view mains_kind = "mains";

struct MainsOptions {
  std::vector<std::string> ups;        // names of [[ups]]
  bool takes_every_supply = false;     // power_supply = "auto"
  std::vector<std::string> supplies;   // names in /sys/class/power_supply
  std::vector<std::string> canaries;   // names of targets
  std::vector<std::string> carriers;   // names of interfaces
  std::vector<std::string> witnesses;  // names of targets
  std::int64_t canaries_min = 2;
  double canary_share = 0;
  Duration canary_window{}, exhaustion{};
  std::optional<std::int64_t> shed_below;  // targets of lower priority rest while it is off
  bool operator==(const MainsOptions&) const = default;
};
// Files complaints; the result is then good for nothing.
MainsOptions parse_mains(Section& section);
const KindSchema& mains_schema();

}  // namespace siaga
