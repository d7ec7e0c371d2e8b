#include "agent/config/source.h"

#include <algorithm>

#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr std::size_t shown_characters = 120;
constexpr std::size_t shown_before = 60;

bool is_tail(char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) == 0x80U; }

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char letter) { return !is_tail(letter); }));
}

// A line as it is shown, with the columns of its original characters in it.
struct Shown {
  std::vector<std::string> characters;  // cells of the shown line
  std::vector<std::size_t> cell_of;     // original column (0-based) to cell
};

Shown show(std::string_view line, std::size_t begin, const std::vector<ByteRange>& hidden) {
  Shown shown;
  auto range = std::ranges::upper_bound(hidden, begin, {}, &ByteRange::end);
  const ByteRange* masked = nullptr;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (is_tail(line[at])) {
      if (masked == nullptr && !shown.characters.empty()) shown.characters.back() += line[at];
      continue;
    }
    while (range != hidden.end() && range->end <= begin + at) ++range;
    const bool is_masked = range != hidden.end() && range->begin <= begin + at;
    if (is_masked && masked != &*range) {
      masked = &*range;
      shown.characters.insert(shown.characters.end(), 3, "*");
    } else if (!is_masked) {
      masked = nullptr;
      const bool is_control = static_cast<unsigned char>(line[at]) < 0x20U || line[at] == 0x7F;
      shown.characters.emplace_back(1, is_control ? ' ' : line[at]);
    }
    shown.cell_of.push_back(is_masked ? shown.characters.size() - 3 : shown.characters.size() - 1);
  }
  shown.cell_of.push_back(shown.characters.size());
  return shown;
}

}  // namespace

Lines::Lines(const std::string& text, const SecretKeys& keys)
    : text_(text), hidden_(scan(text, &keys).hidden) {
  begins_.push_back(0);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n') begins_.push_back(at + 1);
  }
}

Excerpt Lines::excerpt(const Place& place) const {
  if (place.line == 0 || place.line > begins_.size()) return {};
  const std::size_t begin = begins_[place.line - 1];
  const auto end = std::min(text_.find('\n', begin), text_.size());
  std::string_view line = std::string_view(text_).substr(begin, end - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);

  const Shown shown = show(line, begin, hidden_);
  const auto cell = [&](std::size_t column) {
    return shown.cell_of[std::min(column, shown.cell_of.size() - 1)];
  };
  const std::size_t first = cell(std::max(place.column, 1U) - 1);
  const std::size_t last = cell(std::max(place.column, 1U) - 1 + place.width);
  const bool is_long = shown.characters.size() > shown_characters;
  const std::size_t from = is_long && first > shown_before ? first - shown_before : 0;
  const std::size_t to = std::min(shown.characters.size(), from + shown_characters);

  Excerpt excerpt;
  if (from > 0) excerpt.text += "...";
  const std::size_t moved = from > 0 ? 3 : 0;
  for (std::size_t at = from; at < to; ++at) excerpt.text += shown.characters[at];
  if (to < shown.characters.size()) excerpt.text += "...";
  excerpt.text = valid_utf8(excerpt.text);
  excerpt.marker = static_cast<std::uint32_t>(first - from + moved + 1);
  excerpt.width = static_cast<std::uint32_t>(
      std::max<std::size_t>(1, std::min(last, std::max(to, first)) - first));
  return excerpt;
}

Place place_of(std::string_view text, std::uint32_t file, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto newline = before.rfind('\n');
  const std::string_view line =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  return {.file = file,
          .line = static_cast<std::uint32_t>(std::ranges::count(before, '\n') + 1),
          .column = static_cast<std::uint32_t>(count_characters(line) + 1),
          .width = 1};
}

}  // namespace siaga
