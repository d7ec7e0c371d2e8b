// Tables for terminals and files: aligned columns, cut to the terminal's width where there is one.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/terminal.h"

namespace siaga {

struct TextColumn {
  std::string title;
  int columns_max = 400;
  bool is_number = false;   // set flush right
  bool may_shrink = false;  // when the terminal is too narrow; others keep their width
};
struct TextCell {
  std::string text;  // may hold anything: control characters are shown as spaces
  Colour colour = Colour::none;
};
struct TextTable {
  std::vector<TextColumn> columns;
  std::vector<std::vector<TextCell>> rows;  // as many cells as there are columns
};

std::string text_of(const TextTable& table, const Terminal& terminal);

}  // namespace siaga
