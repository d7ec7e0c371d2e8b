// States and days as packed bytes: numbers of seven bits a byte (LEB128), words by their number, a
// version first and a CRC-32C last. Pure, and safe with any bytes: what is not whole is nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/journal/past.h"
#include "agent/journal/words.h"

namespace siaga {

// The node's number is summed too, so that rows cannot change places unnoticed.
std::string pack(const NodeState& state, const Words& words);
std::optional<NodeState> unpack_state(NodeNumber node, std::string_view bytes, const Words& words);

// Ascending by day, then by node: the row's key in the table of days.
std::int64_t day_key(std::int32_t day, NodeNumber node);
std::string pack(const DayTotals& day, const Words& words);
std::optional<DayTotals> unpack_day(std::int64_t key, std::string_view bytes, const Words& words);

}  // namespace siaga
