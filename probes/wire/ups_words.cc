#include "probes/wire/ups_words.h"

#include <algorithm>

#include "agent/core/utf8.h"

namespace siaga {

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

bool has_ups_word(std::string_view status, std::string_view word) {
  while (!status.empty())
    if (take_until(status, ' ') == word) return true;
  return false;
}

void read_ups_words(std::string_view status, std::span<const UpsStatusWord> known,
                    UpsFacts& facts) {
  facts.words = printable(status, ups_status_bytes);
  while (!status.empty()) {
    const auto word = std::ranges::find(known, take_until(status, ' '), &UpsStatusWord::text);
    if (word != known.end()) facts.add(word->flag);
  }
}

}  // namespace siaga
