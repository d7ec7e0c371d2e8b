// A kernel event of udev's kind as bytes: "change@/devices/...", then fields of NAME=value, each
// ended by a zero. Pure. It is only taken as a hint to look, so nobody asks who sent it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace siaga {

inline bool is_of_subsystem(std::span<const std::byte> uevent, std::string_view subsystem) {
  constexpr std::string_view key = "SUBSYSTEM=";
  std::string_view rest(reinterpret_cast<const char*>(uevent.data()), uevent.size());
  while (!rest.empty()) {
    const std::string_view field = rest.substr(0, rest.find('\0'));
    if (field.starts_with(key) && field.substr(key.size()) == subsystem) return true;
    rest.remove_prefix(field.size());
    if (!rest.empty()) rest.remove_prefix(1);
  }
  return false;
}

}  // namespace siaga
