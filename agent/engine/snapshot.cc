#include "agent/engine/snapshot.h"

namespace siaga {

std::string_view name(State state) {
  static constexpr std::array<std::string_view, state_count> names{"pending", "up", "down",
                                                                   "unknown", "maintenance"};
  return names.at(static_cast<std::size_t>(state));
}

}  // namespace siaga
