// Numbers and quantities with their bounds.
#include <array>
#include <charconv>
#include <cmath>

#include "agent/config/value.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

using Value = std::optional<OptionValue>;

struct OtherName {
  std::string_view typed, unit;
};

// What people type, in both languages.
constexpr std::array<OtherName, 33> duration_names{{{"sec", "s"},
                                                    {"secs", "s"},
                                                    {"second", "s"},
                                                    {"seconds", "s"},
                                                    {"detik", "s"},
                                                    {"S", "s"},
                                                    {"min", "m"},
                                                    {"mins", "m"},
                                                    {"minute", "m"},
                                                    {"minutes", "m"},
                                                    {"menit", "m"},
                                                    {"hr", "h"},
                                                    {"hrs", "h"},
                                                    {"hour", "h"},
                                                    {"hours", "h"},
                                                    {"jam", "h"},
                                                    {"H", "h"},
                                                    {"D", "d"},
                                                    {"day", "d"},
                                                    {"days", "d"},
                                                    {"hari", "d"},
                                                    {"week", "w"},
                                                    {"weeks", "w"},
                                                    {"W", "w"},
                                                    {"minggu", "w"},
                                                    {"pekan", "w"},
                                                    {"msec", "ms"},
                                                    {"millis", "ms"},
                                                    {"milliseconds", "ms"},
                                                    {"milidetik", "ms"},
                                                    {"usec", "us"},
                                                    {"nsec", "ns"},
                                                    {"MS", "ms"}}};
constexpr std::array<OtherName, 14> byte_names{{{"K", "KiB"},
                                                {"k", "KiB"},
                                                {"M", "MiB"},
                                                {"G", "GiB"},
                                                {"m", "MiB"},
                                                {"g", "GiB"},
                                                {"KB", "kB"},
                                                {"kb", "kB"},
                                                {"mb", "MB"},
                                                {"gb", "GB"},
                                                {"kib", "KiB"},
                                                {"mib", "MiB"},
                                                {"b", "B"},
                                                {"bytes", "B"}}};

struct SplitNumber {
  std::string digits, unit;
};

SplitNumber split_number(std::string_view text) {
  SplitNumber parts;
  for (const char letter : text) {
    if (letter == ' ') continue;
    const bool is_digit = letter >= '0' && letter <= '9';
    (is_digit && parts.unit.empty() ? parts.digits : parts.unit) += letter;
  }
  return parts;
}

template <std::size_t count>
std::string_view unit_named(const std::array<OtherName, count>& names, std::string_view typed) {
  for (const OtherName& name : names) {
    if (name.typed == typed) return name.unit;
  }
  return typed;
}

bool is_number_only(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

void complain_range(const ValueReader& reader, const TomlNode& node) {
  const Option& option = reader.option;
  std::string range;
  if (option.max.empty()) range = reader.words_for(config_words::at_least, option.min);
  else if (option.min.empty()) range = reader.words_for(config_words::at_most, option.max);
  else range = reader.words_for(config_words::from_to, option.min, option.max);
  reader.complain(node, reader.words_for(config_words::out_of_range, option.key, range));
}

template <typename Number>
Number parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  CHECK(error == std::errc{} && end == text.data() + text.size());
  return number;
}

// Bounds are in the option's own notation; a bound that is wrong is a wrong table.
template <typename Quantity, typename Parse>
Value within_bounds(const ValueReader& reader, const TomlNode& node, Quantity value,
                    const Parse& parse) {
  const Option& option = reader.option;
  const bool is_below = !option.min.empty() && value < parse(option.min);
  const bool is_above = !option.max.empty() && value > parse(option.max);
  if (!is_below && !is_above) return value;
  complain_range(reader, node);
  return std::nullopt;
}

Value read_integer(const ValueReader& reader, const TomlNode& node) {
  if (node.is(TomlNode::Type::integer))
    return within_bounds(reader, node, node.integer, parse_number<std::int64_t>);
  std::string hint;
  if (node.is(TomlNode::Type::text) && is_number_only(node.text) && !node.text.contains('.') &&
      node.text.size() < 19)
    hint = reader.words_for(config_words::write_without_quotes, node.text);
  reader.complain_type(node, config_words::an_integer, hint);
  return std::nullopt;
}

Value read_number(const ValueReader& reader, const TomlNode& node) {
  const bool is_whole = node.is(TomlNode::Type::integer);
  const double number = is_whole ? static_cast<double>(node.integer) : node.number;
  if (is_whole || (node.is(TomlNode::Type::number) && std::isfinite(number)))
    return within_bounds(reader, node, number, parse_number<double>);
  std::string hint;
  if (node.is(TomlNode::Type::text) && is_number_only(node.text) && node.text.size() < 19)
    hint = reader.words_for(config_words::write_without_quotes, node.text);
  reader.complain_type(node, config_words::a_number, hint);
  return std::nullopt;
}

template <typename Quantity>
Quantity parse_bound(std::string_view text) {
  std::optional<Quantity> value;
  if constexpr (std::is_same_v<Quantity, Duration>) value = parse_duration(text);
  else value = parse_bytes(text);
  CHECK(value.has_value());
  return *value;
}

struct QuantityWords {
  const Text& sort;
  const Text& units;
  std::string_view likely_unit;  // of a bare number
};

void complain_quantity(const ValueReader& reader, const TomlNode& node, const QuantityWords& said,
                       const std::string& guess) {
  const bool is_bare_integer = node.is(TomlNode::Type::integer) && node.integer >= 0;
  if (!node.is(TomlNode::Type::text) && !is_bare_integer)
    return reader.complain_type(node, said.sort, reader.words_for(said.units));
  const std::string typed = is_bare_integer ? std::to_string(node.integer) : node.text;
  if (is_bare_integer || is_number_only(typed)) {
    const bool is_whole = !typed.contains('.') && typed.size() < 15;
    return reader.complain(
        node, reader.words_for(config_words::unit_missing, reader.option.key),
        is_whole ? reader.words_for(config_words::write_this,
                                    quoted_text(typed + std::string(said.likely_unit)))
                 : reader.words_for(said.units));
  }
  if (!guess.empty())
    return reader.complain_value(node, said.sort,
                                 reader.words_for(config_words::write_this, quoted_text(guess)));
  reader.complain_value(node, said.sort, reader.words_for(said.units));
}

Value read_duration(const ValueReader& reader, const TomlNode& node) {
  if (node.is(TomlNode::Type::text)) {
    if (const auto value = parse_duration(node.text))
      return within_bounds(reader, node, *value, parse_bound<Duration>);
  }
  complain_quantity(reader, node, {config_words::a_duration, config_words::duration_units, "s"},
                    guess_duration(node.text));
  return std::nullopt;
}

Value read_size(const ValueReader& reader, const TomlNode& node) {
  if (node.is(TomlNode::Type::text)) {
    if (const auto value = parse_bytes(node.text))
      return within_bounds(reader, node, *value, parse_bound<Bytes>);
  }
  complain_quantity(reader, node, {config_words::a_size, config_words::size_units, "B"},
                    guess_bytes(node.text));
  return std::nullopt;
}

}  // namespace

std::string guess_duration(std::string_view text) {
  if (text.size() > 32) return {};
  const SplitNumber parts = split_number(text);
  std::string guess = parts.digits + std::string(unit_named(duration_names, parts.unit));
  if (parse_duration(guess)) return guess;
  // "1.5s" and "1,5s": in the next smaller unit that makes it whole.
  const auto point = text.find_first_of(".,");
  if (point == std::string_view::npos) return {};
  const SplitNumber whole = split_number(text.substr(0, point));
  const SplitNumber part = split_number(text.substr(point + 1));
  const auto unit = parse_duration("1" + std::string(unit_named(duration_names, part.unit)));
  if (!unit || !whole.unit.empty() || whole.digits.empty() || part.digits.empty() ||
      whole.digits.size() + part.digits.size() > 6)
    return {};
  const double value = parse_number<double>(whole.digits + "." + part.digits);
  const double nanoseconds = value * static_cast<double>(unit->count());
  if (nanoseconds > 1e18) return {};
  return to_string(Duration(std::llround(nanoseconds)));
}

std::string guess_bytes(std::string_view text) {
  if (text.size() > 32) return {};
  const SplitNumber parts = split_number(text);
  const std::string guess = parts.digits + std::string(unit_named(byte_names, parts.unit));
  return parse_bytes(guess) ? guess : std::string();
}

std::optional<OptionValue> read_quantity(const ValueReader& reader, const TomlNode& node) {
  switch (reader.option.type) {
    case OptionType::integer: return read_integer(reader, node);
    case OptionType::number: return read_number(reader, node);
    case OptionType::duration: return read_duration(reader, node);
    default: return read_size(reader, node);
  }
}

}  // namespace siaga
