// Where things are: files, coordinates, time zones.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <filesystem>

#include "agent/config/value.h"
#include "agent/core/zone.h"

namespace siaga {
namespace {

using Value = std::optional<OptionValue>;

struct ZoneName {
  std::string_view typed, zone;
};
constexpr std::array<ZoneName, 6> indonesian_zones{{{"WIB", "Asia/Jakarta"},
                                                    {"WITA", "Asia/Makassar"},
                                                    {"WIT", "Asia/Jayapura"},
                                                    {"Asia/Samarinda", "Asia/Makassar"},
                                                    {"Asia/Balikpapan", "Asia/Makassar"},
                                                    {"Asia/Surabaya", "Asia/Jakarta"}}};

std::optional<double> coordinate(const TomlNode& node, double limit) {
  double value = 0;
  if (node.is(TomlNode::Type::integer)) value = static_cast<double>(node.integer);
  else if (node.is(TomlNode::Type::number)) value = node.number;
  else return {};
  return std::abs(value) <= limit ? std::optional(value) : std::nullopt;
}

Value read_location(const ValueReader& reader, const TomlNode& node) {
  if (node.is(TomlNode::Type::array) && node.items.size() == 2) {
    const auto latitude = coordinate(node.items[0], 90);
    const auto longitude = coordinate(node.items[1], 180);
    if (latitude && longitude) return Location{*latitude, *longitude};
  }
  reader.complain_type(node, config_words::a_location,
                       reader.words_for(config_words::location_form));
  return {};
}

Value read_timezone(const ValueReader& reader, const TomlNode& node) {
  const auto* text = reader.text(node, config_words::a_timezone);
  if (text == nullptr) return {};
  if (is_timezone(*text)) return *text;
  const auto known = std::ranges::find(indonesian_zones, *text, &ZoneName::typed);
  reader.complain_value(node, config_words::a_timezone,
                        known != indonesian_zones.end()
                            ? reader.words_for(config_words::write_this, quoted_text(known->zone))
                            : reader.words_for(config_words::timezone_form));
  return {};
}

Value read_file_path(const ValueReader& reader, const TomlNode& node) {
  const auto* text = reader.text(node, config_words::a_file);
  if (text == nullptr) return {};
  if (text->empty()) {
    reader.complain(node, reader.words_for(config_words::empty_text, reader.option.key));
    return {};
  }
  return resolved_path(*text, node, reader.findings);
}

}  // namespace

bool is_timezone(std::string_view name) {
  const bool is_plain = std::ranges::all_of(name, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || std::string_view("/_+-").contains(letter);
  });
  if (name.empty() || name.size() > 64 || !is_plain || name.starts_with('/')) return false;
  // Without a tz database on the machine every well-formed name may be right.
  const auto zone = Zone::named(name);
  return zone.has_value() || zone.error().code == ENOENT;
}

std::string resolved_path(const std::string& path, const TomlNode& node, const Findings& findings) {
  const std::string& directory = findings.source(node.place).directory;
  if (path.starts_with('/') || directory.empty()) return path;
  return (std::filesystem::path(directory) / path).lexically_normal().string();
}

std::optional<OptionValue> read_place_value(const ValueReader& reader, const TomlNode& node) {
  switch (reader.option.type) {
    case OptionType::location: return read_location(reader, node);
    case OptionType::timezone: return read_timezone(reader, node);
    default: return read_file_path(reader, node);
  }
}

}  // namespace siaga
