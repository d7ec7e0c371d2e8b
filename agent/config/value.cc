#include "agent/config/value.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/config/nearest.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

using Value = std::optional<OptionValue>;

constexpr std::size_t shown_value_bytes = 80;

std::string joined(std::span<const std::string_view> words) {
  std::string line;
  for (const std::string_view word : words) line += (line.empty() ? "" : ", ") + std::string(word);
  return line;
}

Value read_boolean(const ValueReader& reader, const TomlNode& node) {
  if (node.is(TomlNode::Type::boolean)) return node.boolean;
  std::string hint;
  if (node.is(TomlNode::Type::text) && (node.text == "true" || node.text == "false"))
    hint = reader.words_for(config_words::write_without_quotes, node.text);
  reader.complain_type(node, config_words::a_boolean, hint);
  return std::nullopt;
}

Value read_text(const ValueReader& reader, const TomlNode& node) {
  if (const auto* text = reader.text(node, config_words::a_text)) return *text;
  return std::nullopt;
}

std::optional<std::string> read_one_choice(const ValueReader& reader, const TomlNode& node) {
  const auto* text = reader.text(node, config_words::a_choice);
  if (text == nullptr) return std::nullopt;
  const auto& choices = reader.option.choices;
  if (std::ranges::find(choices, *text) != choices.end()) return *text;
  const auto near = nearest(*text, {choices.begin(), choices.end()});
  reader.complain(node,
                  reader.words_for(config_words::not_a_choice, reader.option.key,
                                   printable(*text, shown_value_bytes)),
                  near.empty() ? reader.words_for(config_words::one_of, joined(choices))
                               : reader.words_for(config_words::did_you_mean, near));
  return std::nullopt;
}

Value read_choice(const ValueReader& reader, const TomlNode& node) {
  if (auto choice = read_one_choice(reader, node)) return std::move(*choice);
  return std::nullopt;
}

// Reads each item of a list, or one value alone as a list of one.
template <typename Item, typename Read>
Value read_list(const TomlNode& node, const Read& read) {
  std::vector<Item> list;
  bool is_good = true;
  const auto take = [&](const TomlNode& item) {
    if (auto value = read(item)) list.push_back(std::move(*value));
    else is_good = false;
  };
  if (node.is(TomlNode::Type::array)) std::ranges::for_each(node.items, take);
  else take(node);
  if (!is_good) return std::nullopt;
  return list;
}

Value read_texts(const ValueReader& reader, const TomlNode& node) {
  return read_list<std::string>(node, [&](const TomlNode& item) -> std::optional<std::string> {
    const auto* text = reader.text(item, config_words::some_texts);
    return text != nullptr ? std::optional(*text) : std::nullopt;
  });
}

Value read_choices(const ValueReader& reader, const TomlNode& node) {
  return read_list<std::string>(
      node, [&](const TomlNode& item) { return read_one_choice(reader, item); });
}

Value read_integers(const ValueReader& reader, const TomlNode& node) {
  return read_list<std::int64_t>(node, [&](const TomlNode& item) -> std::optional<std::int64_t> {
    const Option one{.key = reader.option.key,
                     .type = OptionType::integer,
                     .min = reader.option.min,
                     .max = reader.option.max};
    const auto value = read_quantity({one, reader.findings}, item);
    return value ? std::optional(std::get<std::int64_t>(*value)) : std::nullopt;
  });
}

bool is_map(const ValueReader& reader, const TomlNode& node, const Text& wanted) {
  if (node.is(TomlNode::Type::table)) return true;
  reader.complain_type(node, wanted);
  return false;
}

Value read_text_map(const ValueReader& reader, const TomlNode& node) {
  if (!is_map(reader, node, config_words::a_text_map)) return std::nullopt;
  StringMap map;
  for (const Entry& entry : node.entries) {
    if (const auto* text = reader.text(entry.value, config_words::a_text)) map[entry.key] = *text;
  }
  if (map.size() != node.entries.size()) return std::nullopt;
  return map;
}

Value read_secret_value(const ValueReader& reader, const TomlNode& node) {
  if (auto secret = read_secret(reader, node)) return std::move(*secret);
  return std::nullopt;
}

Value read_secret_map(const ValueReader& reader, const TomlNode& node) {
  if (!is_map(reader, node, config_words::a_secret_map)) return std::nullopt;
  std::map<std::string, Secret> map;
  for (const Entry& entry : node.entries) {
    if (auto secret = read_secret(reader, entry.value)) map[entry.key] = std::move(*secret);
  }
  if (map.size() != node.entries.size()) return std::nullopt;
  return map;
}

using Read = Value (*)(const ValueReader&, const TomlNode&);

struct TypeRow {
  OptionType type;
  const Text* sort;
  Read read;
};

constexpr std::array type_rows{
    TypeRow{OptionType::text, &config_words::a_text, read_text},
    TypeRow{OptionType::boolean, &config_words::a_boolean, read_boolean},
    TypeRow{OptionType::integer, &config_words::an_integer, read_quantity},
    TypeRow{OptionType::number, &config_words::a_number, read_quantity},
    TypeRow{OptionType::duration, &config_words::a_duration, read_quantity},
    TypeRow{OptionType::size, &config_words::a_size, read_quantity},
    TypeRow{OptionType::choice, &config_words::a_choice, read_choice},
    TypeRow{OptionType::texts, &config_words::some_texts, read_texts},
    TypeRow{OptionType::choices, &config_words::some_texts, read_choices},
    TypeRow{OptionType::integers, &config_words::some_integers, read_integers},
    TypeRow{OptionType::text_map, &config_words::a_text_map, read_text_map},
    TypeRow{OptionType::pattern, &config_words::a_pattern, read_pattern_value},
    TypeRow{OptionType::patterns, &config_words::some_patterns, read_pattern_value},
    TypeRow{OptionType::pattern_map, &config_words::a_pattern_map, read_pattern_value},
    TypeRow{OptionType::statuses, &config_words::some_statuses, read_network_value},
    TypeRow{OptionType::host_port, &config_words::a_host_port, read_network_value},
    TypeRow{OptionType::host, &config_words::a_host, read_network_value},
    TypeRow{OptionType::address, &config_words::an_address, read_network_value},
    TypeRow{OptionType::networks, &config_words::some_networks, read_network_value},
    TypeRow{OptionType::url, &config_words::a_url, read_network_value},
    TypeRow{OptionType::file, &config_words::a_file, read_place_value},
    TypeRow{OptionType::secret, &config_words::a_secret, read_secret_value},
    TypeRow{OptionType::secret_map, &config_words::a_secret_map, read_secret_map},
    TypeRow{OptionType::location, &config_words::a_location, read_place_value},
    TypeRow{OptionType::timezone, &config_words::a_timezone, read_place_value},
    TypeRow{OptionType::dialogue, &config_words::a_dialogue, read_pattern_value},
    TypeRow{OptionType::weekly, &config_words::a_weekly, read_calendar_value},
    TypeRow{OptionType::local_time, &config_words::a_local_time, read_calendar_value},
};

const TypeRow& row_of(OptionType type) {
  const auto row = std::ranges::find(type_rows, type, &TypeRow::type);
  CHECK(row != type_rows.end());
  return *row;
}

}  // namespace

std::optional<OptionValue> read_value(const Option& option, const TomlNode& node,
                                      Findings& findings) {
  return row_of(option.type).read({option, findings}, node);
}

const Text& sort_of(OptionType type) { return *row_of(type).sort; }

const Text& sort_of(const TomlNode& node) {
  switch (node.type) {
    case TomlNode::Type::text: return config_words::a_text;
    case TomlNode::Type::integer: return config_words::an_integer;
    case TomlNode::Type::number: return config_words::a_number;
    case TomlNode::Type::boolean: return config_words::a_boolean;
    case TomlNode::Type::date: return config_words::a_date;
    case TomlNode::Type::array: return config_words::a_list;
    case TomlNode::Type::table: return config_words::a_table;
  }
  return config_words::a_table;
}

void ValueReader::complain(const TomlNode& node, std::string message, std::string hint) const {
  findings.add(node.place, std::move(message), std::move(hint));
}

void ValueReader::complain_type(const TomlNode& node, const Text& wanted, std::string hint) const {
  if (hint.empty() && !option.example.empty())
    hint = words_for(config_words::for_example, option.key, option.example);
  complain(node,
           words_for(config_words::wrong_type, option.key, wanted.in(findings.language()),
                     sort_of(node).in(findings.language())),
           std::move(hint));
}

void ValueReader::complain_value(const TomlNode& node, const Text& wanted, std::string hint) const {
  complain(node,
           words_for(config_words::bad_value, option.key, wanted.in(findings.language()),
                     quoted_text(printable(without_user(node.text), shown_value_bytes))),
           std::move(hint));
}

const std::string* ValueReader::text(const TomlNode& node, const Text& wanted) const {
  if (!node.is(TomlNode::Type::text)) {
    std::string hint;
    if (node.is(TomlNode::Type::integer))
      hint = words_for(config_words::write_this, quoted_text(std::to_string(node.integer)));
    complain_type(node, wanted, hint);
    return nullptr;
  }
  // NUL would end the text early in every C library behind us.
  if (node.text.contains('\0')) {
    complain(node, words_for(config_words::control_in_text, option.key));
    return nullptr;
  }
  return &node.text;
}

std::string quoted_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') quoted += std::string("\\") + letter;
    else if (letter == '\n') quoted += "\\n";
    else if (letter == '\t') quoted += "\\t";
    else if (letter == '\r') quoted += "\\r";
    else if (byte < 0x20U || byte == 0x7FU) quoted += fmt::format("\\u{:04X}", byte);
    else quoted += letter;
  }
  return quoted + "\"";
}

}  // namespace siaga
