// How parts of the agent name a target among themselves.
#pragma once

#include <cstdint>

namespace siaga {

// Unique while the target is configured; handed out by the engine, may be used again later.
enum class TargetId : std::uint32_t {};

constexpr std::uint32_t index_of(TargetId id) { return static_cast<std::uint32_t>(id); }

}  // namespace siaga
