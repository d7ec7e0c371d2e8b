// Named numbers of the journal: how far roll-up and cleaning have come, sums of what is gone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/journal/database.h"

namespace siaga {

// Days before this one (of the office's zone) are rolled up.
inline constexpr std::string_view next_day_mark = "next_day";
// Days before this one have no detail any more; the mark's text is the zone's name.
inline constexpr std::string_view detail_day_mark = "detail_day";
// The date at which that day begins: a report need not know the zone's rules.
inline constexpr std::string_view detail_begin_mark = "detail_begin";

// The date at which this file took the place of one that was lost while the agent ran; the mark's
// text says why. Nodes up to this number were there before it: their history is not in the file.
inline constexpr std::string_view anew_date_mark = "anew_date";
inline constexpr std::string_view anew_node_mark = "anew_node";

std::optional<std::int64_t> read_mark(Database& database, std::string_view name);
std::string read_mark_text(Database& database, std::string_view name);
void write_mark(Database& database, std::string_view name, std::int64_t number,
                std::string_view text = {});

}  // namespace siaga
