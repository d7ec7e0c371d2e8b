// The two languages that users read. Keys, metric names and log fields are English always.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace siaga {

enum class Language : std::uint8_t { english, indonesian };

// "en", "id", and locale names like "id_ID.UTF-8".
std::optional<Language> parse_language(std::string_view text);
// From LC_ALL, LC_MESSAGES, LANG, in that order; English where they say nothing else.
Language language_of_environment();

// A sentence in both; the caller picks.
struct Text {
  std::string_view english, indonesian;
  constexpr std::string_view in(Language language) const {
    return language == Language::indonesian ? indonesian : english;
  }
};

}  // namespace siaga
