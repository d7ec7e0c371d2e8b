#include "agent/core/html.h"

#include "agent/core/utf8.h"

namespace siaga {

std::string html_escaped(std::string_view text) {
  constexpr std::size_t longest = 64U << 10U;
  std::string safe;
  for (const char letter : printable(text, longest)) {
    switch (letter) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += letter;
    }
  }
  return safe;
}

}  // namespace siaga
