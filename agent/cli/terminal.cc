#include "agent/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cwchar>

namespace siaga {
namespace {

std::string_view code(Colour colour) {
  switch (colour) {
    case Colour::none: return "";
    case Colour::red: return "\x1b[31;1m";
    case Colour::green: return "\x1b[32m";
    case Colour::yellow: return "\x1b[33m";
    case Colour::grey: return "\x1b[90m";
    case Colour::bold: return "\x1b[1m";
  }
  return "";
}

struct Character {
  std::size_t bytes;
  int columns;
};

// The first character of valid UTF-8 text.
Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  std::size_t bytes = 1;
  if (lead >= 0xF0U) bytes = 4;
  else if (lead >= 0xE0U) bytes = 3;
  else if (lead >= 0xC0U) bytes = 2;
  if (bytes > text.size()) return {text.size(), 1};
  wchar_t letter = bytes == 1 ? lead : lead & (0xFFU >> (bytes + 1));
  for (std::size_t index = 1; index < bytes; ++index) {
    letter = (letter << 6) | (static_cast<unsigned char>(text[index]) & 0x3F);
  }
  const int columns = wcwidth(letter);
  // In the C locale wcwidth knows only ASCII; nearly all we show is one column wide.
  return {bytes, columns < 0 ? 1 : columns};
}

}  // namespace

std::string Terminal::paint(Colour colour, std::string_view text) const {
  if (!has_colour || colour == Colour::none) return std::string(text);
  return std::string(code(colour)) + std::string(text) + "\x1b[0m";
}

Terminal terminal_of(std::FILE* stream) {
  Terminal terminal;
  terminal.is_terminal = isatty(fileno(stream)) == 1;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  const bool is_dumb = kind == nullptr || std::string_view(kind) == "dumb";
  terminal.has_colour =
      terminal.is_terminal && !is_dumb && (no_colour == nullptr || *no_colour == '\0');
  winsize size{};
  if (terminal.is_terminal && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) {
    terminal.columns = size.ws_col;
  }
  return terminal;
}

Colour colour_of(State state) {
  switch (state) {
    case State::up: return Colour::green;
    case State::down: return Colour::red;
    case State::unknown: return Colour::grey;  // never red or green: it was not seen
    case State::pending: return Colour::grey;
    case State::maintenance: return Colour::yellow;
  }
  return Colour::none;
}

Colour colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok: return Colour::green;
    case Verdict::failed: return Colour::red;
    case Verdict::unknown: return Colour::grey;
  }
  return Colour::none;
}

int width(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    columns += character.columns;
    text.remove_prefix(character.bytes);
  }
  return columns;
}

std::string fitted(std::string_view text, int columns) {
  const int wanted = width(text);
  if (wanted <= columns)
    return std::string(text) + std::string(static_cast<std::size_t>(columns - wanted), ' ');
  std::string cut;
  int used = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    if (used + character.columns > columns - 1) break;
    cut += text.substr(0, character.bytes);
    used += character.columns;
    text.remove_prefix(character.bytes);
  }
  return cut + "…" + std::string(static_cast<std::size_t>(columns - used - 1), ' ');
}

}  // namespace siaga
