// What stdout can show: colours only on a terminal, never with NO_COLOR (no-color.org).
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "agent/engine/snapshot.h"

namespace siaga {

enum class Colour { none, red, green, yellow, grey, bold };

struct Terminal {
  bool has_colour = false;
  bool is_terminal = false;
  int columns = 100;

  std::string paint(Colour colour, std::string_view text) const;
};

Terminal terminal_of(std::FILE* stream);
Colour colour_of(State state);
Colour colour_of(Verdict verdict);

// Columns that UTF-8 text takes on a terminal (wide and combining characters by wcwidth(3)).
int width(std::string_view text);
// `text` cut to `columns` with "…" where it is longer, or filled with spaces.
std::string fitted(std::string_view text, int columns);

}  // namespace siaga
