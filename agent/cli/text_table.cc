#include "agent/cli/text_table.h"

#include <algorithm>
#include <numeric>

#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr int gap = 2;
constexpr int column_min = 8;

std::string shown(const TextCell& cell) { return printable(cell.text, limits::excerpt_bytes); }

// Takes one column after the other off the widest that may shrink.
void shrink(std::vector<int>& widths, const TextTable& table, int columns) {
  int used = std::accumulate(widths.begin(), widths.end(), 0) +
             gap * (static_cast<int>(widths.size()) - 1);
  while (used > columns) {
    int* widest = nullptr;
    for (std::size_t index = 0; index < widths.size(); ++index) {
      if (!table.columns[index].may_shrink || widths[index] <= column_min) continue;
      if (widest == nullptr || widths[index] > *widest) widest = &widths[index];
    }
    if (widest == nullptr) return;
    --*widest;
    --used;
  }
}

std::vector<int> widths_of(const TextTable& table, const Terminal& terminal) {
  std::vector<int> widths;
  widths.reserve(table.columns.size());
  for (std::size_t index = 0; index < table.columns.size(); ++index) {
    const TextColumn& column = table.columns[index];
    int widest = width(column.title);
    for (const auto& row : table.rows) widest = std::max(widest, width(shown(row[index])));
    widths.push_back(std::min(widest, column.columns_max));
  }
  if (terminal.is_terminal) shrink(widths, table, terminal.columns);
  return widths;
}

std::string aligned(const std::string& text, int columns, bool is_number) {
  const int space = columns - width(text);
  if (!is_number || space <= 0) return fitted(text, columns);
  return std::string(static_cast<std::size_t>(space), ' ') + text;
}

std::string without_end_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::string text_of(const TextTable& table, const Terminal& terminal) {
  const auto widths = widths_of(table, terminal);
  std::string title;
  for (std::size_t index = 0; index < widths.size(); ++index) {
    const TextColumn& column = table.columns[index];
    title += aligned(column.title, widths[index], column.is_number) + std::string(gap, ' ');
  }
  std::string text = terminal.paint(Colour::bold, without_end_spaces(title));
  for (const auto& row : table.rows) {
    std::string line;
    for (std::size_t index = 0; index < widths.size(); ++index) {
      const std::string cell =
          aligned(shown(row[index]), widths[index], table.columns[index].is_number);
      line += terminal.paint(row[index].colour, cell) + std::string(gap, ' ');
    }
    text += without_end_spaces(std::move(line));
  }
  return text;
}

}  // namespace siaga
