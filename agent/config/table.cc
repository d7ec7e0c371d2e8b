#include "agent/config/table.h"

#include "agent/config/nearest.h"
#include "agent/config/toml.h"
#include "agent/config/value.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

std::string shown_key(std::string_view key) { return printable(key, limits::name_bytes); }

std::string_view last_part(std::string_view key) { return key.substr(key.rfind('.') + 1); }

// The part of `key` that stands directly below `prefix`; empty when it does not.
std::string_view part_below(std::string_view key, std::string_view prefix) {
  if (!key.starts_with(prefix)) return {};
  key.remove_prefix(prefix.size());
  return key.substr(0, key.find('.'));
}

}  // namespace

OptionValue fallback_value(const Option& option) {
  if (option.fallback.empty()) return {};
  const ConfigSources sources{
      {.name = "", .directory = "", .text = "v = " + std::string(option.fallback)}};
  const LoadOptions options;
  Findings findings(sources, options);
  const Parsed parsed = parse_toml(0, findings);
  const Entry* entry = parsed.root.find("v");
  CHECK(entry != nullptr && findings.empty());
  auto value = read_value(option, entry->value, findings);
  CHECK(value.has_value());
  return std::move(*value);
}

struct TableSchema::Walk {
  std::string_view section;
  Findings& findings;
  Reading& reading;
};

TableSchema::TableSchema(std::initializer_list<std::span<const Option>> tables) {
  for (const auto& table : tables) {
    for (const Option& option : table) {
      const bool is_new = by_key_.emplace(option.key, options_.size()).second;
      CHECK(is_new);
      options_.push_back(&option);
      fallbacks_.push_back(fallback_value(option));
      for (auto dot = option.key.find('.'); dot != std::string_view::npos;
           dot = option.key.find('.', dot + 1))
        sub_tables_.insert(option.key.substr(0, dot));
    }
  }
}

TableSchema::Reading TableSchema::read(const TomlNode& table, std::string_view section,
                                       Findings& findings, bool is_whole) const {
  Reading reading{.values = fallbacks_,
                  .entries = std::vector<const Entry*>(options_.size(), nullptr)};
  Walk walking{section, findings, reading};
  walk(table, "", walking);
  for (std::size_t index = 0; is_whole && index < options_.size(); ++index) {
    const Option& option = *options_[index];
    if (!option.is_required || reading.entries[index] != nullptr) continue;
    reading.is_good = false;
    const std::string hint =
        option.example.empty()
            ? ""
            : say(findings.language(), config_words::for_example, option.key, option.example);
    findings.add(table.place,
                 say(findings.language(), config_words::missing_key, option.key, section), hint);
  }
  return reading;
}

void TableSchema::walk(const TomlNode& table, const std::string& prefix, Walk& walking) const {
  Findings& findings = walking.findings;
  for (const Entry& entry : table.entries) {
    const std::string path = prefix + entry.key;
    // A dot in a quoted key is no sub-table.
    const bool is_plain = !entry.key.contains('.');
    const auto known = is_plain ? by_key_.find(path) : by_key_.end();
    if (known != by_key_.end()) {
      take(known->second, entry, walking);
    } else if (is_plain && sub_tables_.contains(path)) {
      if (entry.value.is(TomlNode::Type::table)) {
        walk(entry.value, path + ".", walking);
        continue;
      }
      walking.reading.is_good = false;
      findings.add(entry.place,
                   say(findings.language(), config_words::not_a_table, shown_key(path)),
                   suggest("", path + ".", findings.language()));
    } else {
      walking.reading.is_good = false;
      findings.add(
          entry.place,
          say(findings.language(), config_words::unknown_key, shown_key(path), walking.section),
          findings.is_full() ? "" : suggest(entry.key, prefix, findings.language()));
    }
  }
}

void TableSchema::take(std::size_t index, const Entry& entry, Walk& walking) const {
  auto value = read_value(*options_[index], entry.value, walking.findings);
  walking.reading.entries[index] = &entry;
  if (value) walking.reading.values[index] = std::move(*value);
  else walking.reading.is_good = false;
}

std::string TableSchema::suggest(std::string_view key, std::string_view prefix,
                                 Language language) const {
  std::set<std::string_view> here;
  for (const Option* option : options_) {
    const auto part = part_below(option->key, prefix);
    if (!part.empty()) here.insert(part);
  }
  const std::vector<std::string_view> parts(here.begin(), here.end());
  if (const auto near = nearest(key, parts); !near.empty())
    return say(language, config_words::did_you_mean, std::string(prefix) + std::string(near));
  // The right word in the wrong sub-table: "status" for "expect.status".
  for (const Option* option : options_) {
    const bool is_deeper = option->key.contains('.') || !prefix.empty();
    if (!key.empty() && is_deeper && last_part(option->key) == key)
      return say(language, config_words::did_you_mean, option->key);
  }
  if (prefix.empty()) return {};
  std::string list;
  for (const auto part : parts) list += (list.empty() ? "" : ", ") + std::string(part);
  return say(language, config_words::keys_are, list);
}

}  // namespace siaga
