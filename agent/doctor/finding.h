// What one look at the host came to: a level, what was seen, and what would mend it, in both
// languages. Values only: who shows them decides how.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "agent/core/language.h"

namespace siaga {

enum class Level : std::uint8_t { ok, warn, fail };
std::string_view name(Level level);

// A sentence that was put together, in both languages.
struct Said {
  std::string english, indonesian;
  const std::string& in(Language language) const {
    return language == Language::indonesian ? indonesian : english;
  }
  bool operator==(const Said&) const = default;
};
// As many arguments as the text has places, in both languages: a test says every sentence.
template <typename... Arguments>
Said said(const Text& text, const Arguments&... arguments) {
  return {fmt::format(fmt::runtime(text.english), arguments...),
          fmt::format(fmt::runtime(text.indonesian), arguments...)};
}

struct Finding {
  std::string subject;  // the check's name: "disk", "dns"
  Level level = Level::ok;
  Said seen;
  Said remedy;  // a command or a line of configuration; empty exactly when the level is ok
  bool operator==(const Finding&) const = default;
};
// The examination fills in the subject.
inline Finding found(Level level, Said seen, Said remedy) {
  return {{}, level, std::move(seen), std::move(remedy)};
}
inline Finding ok(Said seen) { return found(Level::ok, std::move(seen), {}); }
using FindingList = std::vector<Finding>;

}  // namespace siaga
