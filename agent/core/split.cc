#include "agent/core/split.h"

#include <algorithm>

namespace siaga {

std::string_view take_until(std::string_view& text, std::string_view separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + separator.size());
  return part;
}

std::string_view take_word(std::string_view& text, std::string_view between) {
  const std::size_t begin = std::min(text.find_first_not_of(between), text.size());
  const std::size_t end = std::min(text.find_first_of(between, begin), text.size());
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

}  // namespace siaga
