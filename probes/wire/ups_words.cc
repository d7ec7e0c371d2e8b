#include "probes/wire/ups_words.h"

#include <algorithm>

#include "agent/core/split.h"
#include "agent/core/utf8.h"

namespace siaga {

std::string nut_unescaped(std::string_view text) {
  std::string value;
  value.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    value += text[at];
  }
  return value;
}

bool has_ups_word(std::string_view status, std::string_view word) {
  while (!status.empty())
    if (take_until(status, " ") == word) return true;
  return false;
}

void read_ups_words(std::string_view status, std::span<const UpsStatusWord> known,
                    UpsFacts& facts) {
  facts.words = printable(status, ups_status_bytes);
  while (!status.empty()) {
    const auto word = std::ranges::find(known, take_until(status, " "), &UpsStatusWord::text);
    if (word != known.end()) facts.add(word->flag);
  }
}

}  // namespace siaga
