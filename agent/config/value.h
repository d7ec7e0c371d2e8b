// One TOML value to one OptionValue, by the option's type. Files a complaint for everything that is
// not exactly what the option asks for; converts nothing silently but one value to a list of one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/config/findings.h"
#include "agent/config/option.h"
#include "agent/config/tree.h"
#include "agent/config/words.h"

namespace siaga {

// Nothing after a complaint.
std::optional<OptionValue> read_value(const Option& option, const TomlNode& node,
                                      Findings& findings);

// The sort of value in words: "a duration such as "30s"".
const Text& sort_of(OptionType type);
const Text& sort_of(const TomlNode& node);

// For the readers of single types, which stand in value*.cc.
struct ValueReader {
  const Option& option;
  Findings& findings;

  void complain(const TomlNode& node, std::string message, std::string hint = {}) const;
  void complain_type(const TomlNode& node, const Text& wanted, std::string hint = {}) const;
  // "'KEY' is not a URL: VALUE"; for values that are no secrets.
  void complain_value(const TomlNode& node, const Text& wanted, std::string hint = {}) const;
  // A text without control characters; complains otherwise.
  const std::string* text(const TomlNode& node, const Text& wanted) const;
  template <typename... Arguments>
  std::string words_for(const Text& text, const Arguments&... arguments) const {
    return say(findings.language(), text, arguments...);
  }
};

std::optional<OptionValue> read_quantity(const ValueReader& reader, const TomlNode& node);
std::optional<OptionValue> read_network_value(const ValueReader& reader, const TomlNode& node);
std::optional<OptionValue> read_pattern_value(const ValueReader& reader, const TomlNode& node);
std::optional<OptionValue> read_place_value(const ValueReader& reader, const TomlNode& node);
std::optional<OptionValue> read_calendar_value(const ValueReader& reader, const TomlNode& node);
std::optional<Secret> read_secret(const ValueReader& reader, const TomlNode& node);

// Why a URL is refused; nullptr when it is an absolute http or https URL.
bool is_web_url(std::string_view text);
bool is_timezone(std::string_view name);
// "30 sec" as it should be written: "30s"; empty where no guess is good.
std::string guess_duration(std::string_view text);
std::string guess_bytes(std::string_view text);
// The path as seen from the file in which it was written.
std::string resolved_path(const std::string& path, const TomlNode& node, const Findings& findings);
// As TOML: with quotation marks and escapes.
std::string quoted_text(std::string_view text);

}  // namespace siaga
