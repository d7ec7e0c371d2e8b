// A table of the file against a table of options: every key to its value, every stray key to a
// complaint. Knows no table by name.
#pragma once

#include <initializer_list>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/findings.h"
#include "agent/config/option.h"
#include "agent/config/tree.h"

namespace siaga {

// The default of an option as a value; monostate where it has none. CHECKs that it is valid.
OptionValue fallback_value(const Option& option);

class TableSchema {
 public:
  // The tables' options one after the other.
  explicit TableSchema(std::initializer_list<std::span<const Option>> tables);

  struct Reading {
    std::vector<OptionValue> values;    // aligned with the options, defaults filled in
    std::vector<const Entry*> entries;  // where each was set; nullptr: nowhere
    bool is_good = true;                // nothing was complained of
  };
  // `section` names the table in complaints: `[[http]] "portal"`. With `is_whole` false, what is
  // missing may have been lost to a syntax error and is no fault.
  Reading read(const TomlNode& table, std::string_view section, Findings& findings,
               bool is_whole) const;
  // What an unknown key might have meant, as a hint.
  std::string suggest(std::string_view key, std::string_view prefix, Language language) const;

 private:
  struct Walk;
  void walk(const TomlNode& table, const std::string& prefix, Walk& walk) const;
  void take(std::size_t index, const Entry& entry, Walk& walk) const;

  std::vector<const Option*> options_;
  std::vector<OptionValue> fallbacks_;
  std::map<std::string_view, std::size_t> by_key_;
  std::set<std::string_view> sub_tables_;  // "expect" where there is "expect.status"
};

}  // namespace siaga
