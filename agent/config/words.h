// The loader's sentences as values: config_words::unknown_key, said in the reader's language by
// say(). The texts themselves stand in words.def.
#pragma once

#include <string>

#include <fmt/format.h>

#include "agent/core/language.h"

namespace siaga {

namespace config_words {
#define WORD(name, english, indonesian) inline constexpr Text name{english, indonesian};
#include "agent/config/words.def"
#undef WORD
}  // namespace config_words

// The sentence with its places filled in. CHECKed by a test, not here: as many arguments as places.
template <typename... Arguments>
std::string say(Language language, const Text& text, const Arguments&... arguments) {
  return fmt::format(fmt::runtime(text.in(language)), arguments...);
}

}  // namespace siaga
