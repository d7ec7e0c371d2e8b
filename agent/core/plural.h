// "1 target", "2 targets": the ending of an English noun that is counted.
#pragma once

#include <concepts>
#include <string_view>

namespace siaga {

constexpr std::string_view plural_s(std::integral auto count) { return count == 1 ? "" : "s"; }

}  // namespace siaga
