// What the graph of needs and via consists of.
#pragma once

#include <cstdint>
#include <string_view>

namespace siaga {

// A node of the graph for ever, also over restarts; from 1. 0: none.
using NodeNumber = std::uint32_t;

enum class NodeRole : std::uint8_t { target, link, mains };
inline constexpr std::size_t node_role_count = 3;
std::string_view name(NodeRole role);  // "target"

}  // namespace siaga
