#include "agent/config/nearest.h"

#include <algorithm>

namespace siaga {

std::size_t edit_distance(std::string_view one, std::string_view other, std::size_t limit) {
  const auto longer = std::max(one.size(), other.size());
  if (longer - std::min(one.size(), other.size()) > limit) return limit + 1;
  // Optimal string alignment: three rows of the table are enough.
  std::vector<std::size_t> before(other.size() + 1), above(other.size() + 1), row(other.size() + 1);
  for (std::size_t column = 0; column <= other.size(); ++column) above[column] = column;
  for (std::size_t line = 1; line <= one.size(); ++line) {
    row[0] = line;
    for (std::size_t column = 1; column <= other.size(); ++column) {
      const bool is_same = one[line - 1] == other[column - 1];
      row[column] = std::min(
          {above[column] + 1, row[column - 1] + 1, above[column - 1] + (is_same ? 0U : 1U)});
      if (line > 1 && column > 1 && one[line - 1] == other[column - 2] &&
          one[line - 2] == other[column - 1])
        row[column] = std::min(row[column], before[column - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return std::min(above[other.size()], limit + 1);
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
  constexpr std::size_t limit = 2;
  std::string_view best;
  std::size_t distance = limit + 1;
  for (const std::string_view candidate : known) {
    const std::size_t edits = edit_distance(word, candidate, limit);
    if (edits >= distance || edits * 2 >= std::min(word.size(), candidate.size())) continue;
    best = candidate;
    distance = edits;
  }
  return best;
}

}  // namespace siaga
