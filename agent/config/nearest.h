// "Did you mean": the nearest of the known words, or none where nothing is near.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace siaga {

// How many letters must be inserted, removed, exchanged or swapped with their neighbour; anything
// above `limit` is limit + 1.
std::size_t edit_distance(std::string_view one, std::string_view other, std::size_t limit);

// At most 2 edits away, and fewer than half of the word's letters: "x" is near nothing. Empty where
// nothing is.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace siaga
