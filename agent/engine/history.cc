// Names of what the journal keeps.
#include "agent/engine/history.h"

#include <algorithm>

namespace siaga {
namespace {

constexpr std::array<std::string_view, node_role_count> role_names{"target", "link", "mains"};
constexpr std::array<std::string_view, outage_end_count> end_names{"open", "recovered",
                                                                   "maintenance", "removed"};
constexpr std::array<std::string_view, dark_class_count> dark_names{
    "power", "power_suspected", "panic", "reboot", "crash", "stop"};

template <typename Value, std::size_t count>
std::optional<Value> named(const std::array<std::string_view, count>& names,
                           std::string_view wanted) {
  const auto place = std::ranges::find(names, wanted);
  if (place == names.end()) return std::nullopt;
  return static_cast<Value>(place - names.begin());
}

}  // namespace

std::string_view name(NodeRole role) { return role_names.at(static_cast<std::size_t>(role)); }
std::optional<NodeRole> node_role_named(std::string_view name) {
  return named<NodeRole>(role_names, name);
}
std::string_view name(OutageEnd end) { return end_names.at(static_cast<std::size_t>(end)); }
std::string_view name(DarkClass dark) { return dark_names.at(static_cast<std::size_t>(dark)); }
std::optional<DarkClass> dark_class_named(std::string_view name) {
  return named<DarkClass>(dark_names, name);
}

}  // namespace siaga
