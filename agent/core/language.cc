#include "agent/core/language.h"

#include <cstdlib>

namespace siaga {

std::optional<Language> parse_language(std::string_view text) {
  const auto code = text.substr(0, text.find_first_of("_.@-"));
  if (code == "id" || code == "in") return Language::indonesian;
  if (code == "en" || code == "C" || code == "POSIX") return Language::english;
  return std::nullopt;
}

Language language_of_environment() {
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0')
      return parse_language(value).value_or(Language::english);
  }
  return Language::english;
}

}  // namespace siaga
