// All kinds, from kinds.def.
#pragma once

#include <span>
#include <string_view>

#include "probes/probe.h"

namespace siaga {

std::span<const Kind* const> kinds();
const Kind* find_kind(std::string_view name);
// For the configuration's loader: the kinds that are probed, then those that are judged (link,
// mains).
std::span<const KindSchema> kind_schemas();

}  // namespace siaga
