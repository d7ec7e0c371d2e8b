// A parsed file as plain values with places: what the rest of agent/config knows of TOML. Reads and
// checks nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siaga {

struct Place {
  std::uint32_t file = 0;              // index into ConfigSources
  std::uint32_t line = 0, column = 0;  // 1-based, columns in characters; 0: the file as a whole
  std::uint32_t width = 0;             // characters on that line
};

struct Entry;

struct TomlNode {
  enum class Type : std::uint8_t { text, integer, number, boolean, date, array, table };
  Type type = Type::table;
  bool boolean = false;
  Place place;  // a table's is its header
  std::int64_t integer = 0;
  double number = 0;
  std::string text;             // of a date too, as TOML writes it
  std::vector<TomlNode> items;  // of an array
  std::vector<Entry> entries;   // of a table, in the file's order

  bool is(Type wanted) const { return type == wanted; }
  // [[name]] tables, as opposed to a list of values.
  bool is_table_array() const {
    return is(Type::array) && !items.empty() &&
           std::ranges::all_of(items, [](const TomlNode& item) { return item.is(Type::table); });
  }
  const Entry* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Place place;  // of the key
  TomlNode value;
};

inline const Entry* TomlNode::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace siaga
