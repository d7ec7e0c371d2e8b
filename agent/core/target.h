// How parts of the agent name a target among themselves.
#pragma once

#include <cstdint>
#include <string_view>

namespace siaga {

// Unique while the target is configured; handed out by the engine, may be used again later.
enum class TargetId : std::uint32_t {};

constexpr std::uint32_t index_of(TargetId id) { return static_cast<std::uint32_t>(id); }

// What the agent's own nodes are called begins with this; no target may be called so.
inline constexpr std::string_view own_names = "siaga:";

}  // namespace siaga
