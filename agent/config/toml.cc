#include "agent/config/toml.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include <toml++/toml.h>

#include "agent/config/syntax.h"
#include "agent/config/words.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr std::size_t syntax_errors_max = 16;

Place region_place(const toml::source_region& region, std::uint32_t file) {
  const bool is_one_line = region.end.line == region.begin.line;
  return {.file = file,
          .line = region.begin.line,
          .column = region.begin.column,
          .width = is_one_line && region.end.column > region.begin.column
                       ? region.end.column - region.begin.column
                       : 1U};
}

TomlNode convert(const toml::node& node, std::uint32_t file);

// A date, a time or both, with "T" between them; toml++ streams them as TOML writes them.
std::string date_text(const toml::node& node) {
  std::ostringstream text;
  if (const auto* date = node.as_date()) text << date->get();
  if (const auto* time = node.as_time()) text << time->get();
  if (const auto* both = node.as_date_time()) text << both->get();
  return std::move(text).str();
}

void fill_table(TomlNode& made, const toml::table& table, std::uint32_t file) {
  made.type = TomlNode::Type::table;
  made.entries.reserve(table.size());
  for (auto&& [key, value] : table) {
    made.entries.push_back({.key = std::string(key.str()),
                            .place = region_place(key.source(), file),
                            .value = convert(value, file)});
  }
  std::ranges::stable_sort(made.entries, {}, [](const Entry& entry) {
    return std::pair(entry.place.line, entry.place.column);
  });
}

// Depth is bounded by Scan::too_deep.
TomlNode convert(const toml::node& node, std::uint32_t file) {
  TomlNode made{.type = TomlNode::Type::date, .place = region_place(node.source(), file)};
  if (const auto* text = node.as_string()) {
    made.type = TomlNode::Type::text;
    made.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    made.type = TomlNode::Type::integer;
    made.integer = integer->get();
  } else if (const auto* number = node.as_floating_point()) {
    made.type = TomlNode::Type::number;
    made.number = number->get();
  } else if (const auto* boolean = node.as_boolean()) {
    made.type = TomlNode::Type::boolean;
    made.boolean = boolean->get();
  } else if (const auto* array = node.as_array()) {
    made.type = TomlNode::Type::array;
    made.items.reserve(array->size());
    for (const toml::node& item : *array) made.items.push_back(convert(item, file));
  } else if (const auto* table = node.as_table()) {
    fill_table(made, *table, file);
  } else {
    made.text = date_text(node);
  }
  return made;
}

struct Fault {
  std::uint32_t line = 0, column = 0;
  std::string description;
};

std::optional<Fault> parse(std::string_view text, std::uint32_t file, TomlNode* root) {
  try {
    const toml::table table = toml::parse(text);
    if (root != nullptr) fill_table(*root, table, file);
    return std::nullopt;
  } catch (const toml::parse_error& error) {
    return Fault{.line = error.source().begin.line,
                 .column = error.source().begin.column,
                 .description = std::string(error.description())};
  }
}

struct LineRange {
  std::size_t begin = 0, end = 0;  // without the newline
};

LineRange find_line(std::string_view text, std::uint32_t number) {
  std::size_t begin = 0;
  for (std::uint32_t line = 1; line < number; ++line) {
    const auto newline = text.find('\n', begin);
    if (newline == std::string_view::npos) return {text.size(), text.size()};
    begin = newline + 1;
  }
  return {begin, std::min(text.find('\n', begin), text.size())};
}

std::size_t offset_of_column(std::string_view line, std::uint32_t column) {
  std::size_t at = 0;
  for (std::uint32_t passed = 1; at < line.size(); ++at) {
    if ((static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U) continue;
    if (passed++ == column) return at;
  }
  return line.size();
}

std::uint32_t width_from(std::string_view rest) {
  const auto end = std::min(rest.find_first_of(" \t\r,]}#=\n"), rest.size());
  const auto characters = std::ranges::count_if(rest.substr(0, end), [](char letter) {
    return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U;
  });
  return static_cast<std::uint32_t>(std::max<std::ptrdiff_t>(1, characters));
}

Place place_of_fault(const Fault& fault, const SyntaxFault& said, std::string_view line,
                     std::uint32_t file) {
  Place place{.file = file, .line = fault.line, .column = fault.column};
  if (said.is_at_key) {
    const auto begin = std::min(line.find_first_not_of(" \t"), line.size());
    place.column = static_cast<std::uint32_t>(begin + 1);
  }
  place.width = width_from(line.substr(offset_of_column(line, place.column)));
  return place;
}

// What can be said before the parser runs; false where it must not run.
bool is_parsable(std::uint32_t file, const std::string& text, Findings& findings) {
  const Language language = findings.language();
  const Place whole{.file = file};
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    findings.add(whole, say(language, config_words::file_utf16),
                 say(language, config_words::save_as_utf8));
    return false;
  }
  if (const std::size_t valid = valid_utf8_prefix(text); valid != text.size()) {
    findings.add(place_of(text, file, valid), say(language, config_words::invalid_utf8),
                 say(language, config_words::save_as_utf8));
    return false;
  }
  const Scan seen = scan(text, nullptr);
  if (seen.too_deep) {
    findings.add(place_of(text, file, *seen.too_deep),
                 say(language, config_words::too_deep, limits::configuration_depth));
    return false;
  }
  if (seen.values > limits::configuration_values) {
    findings.add(whole, say(language, config_words::too_many_values, limits::configuration_values));
    return false;
  }
  return true;
}

}  // namespace

Parsed parse_toml(std::uint32_t file, Findings& findings) {
  const std::string& source = findings.source({.file = file}).text;
  Parsed parsed;
  parsed.root.place.file = file;
  if (!is_parsable(file, source, findings)) {
    parsed.is_whole = false;
    return parsed;
  }
  std::string text = source;
  std::uint32_t last_line = 0;
  for (std::size_t errors = 0; errors < syntax_errors_max; ++errors) {
    const auto fault = parse(text, file, &parsed.root);
    if (!fault) break;
    parsed.is_whole = false;
    if (fault->line <= last_line) break;
    last_line = fault->line;
    const LineRange range = find_line(text, fault->line);
    const std::string line = text.substr(range.begin, range.end - range.begin);
    const SyntaxFault said = describe_syntax(
        fault->description, line,
        std::string_view(line).substr(offset_of_column(line, fault->column)), findings.language());
    findings.add(place_of_fault(*fault, said, line, file), said.message, said.hint);
    // Only a line that is wrong by itself: a fault that began higher up would come again and again.
    const auto first = line.find_first_not_of(" \t");
    const bool is_header = first != std::string::npos && line[first] == '[';
    if (is_header || !(said.is_line_only || parse(line, file, nullptr))) break;
    std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(range.begin), line.size(), ' ');
  }
  return parsed;
}

}  // namespace siaga
