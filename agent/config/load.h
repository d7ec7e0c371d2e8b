// TOML to Config, with all complaints at once. The only door to toml++.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/section.h"
#include "agent/core/language.h"

namespace siaga {

struct Complaint {
  std::string file;                    // as given; "" for the embedded default
  std::uint32_t line = 0, column = 0;  // 1-based; 0: the file as a whole
  std::uint32_t width = 0;             // of what is wrong, in characters
  std::string message;                 // in the language asked for; secrets never in it
  std::string hint;                    // what would be right: "did you mean 'interval'?"
  std::string source_line;             // with secrets masked, cut around the fault when it is long
  std::uint32_t marker = 0, marker_width = 0;  // the fault's place in `source_line`
  bool operator==(const Complaint&) const = default;
};
using Complaints = std::vector<Complaint>;  // in order of file and place, never empty when returned

struct LoadOptions {
  std::span<const KindSchema> kinds;
  Language language = Language::english;
  std::string credentials_directory;  // $CREDENTIALS_DIRECTORY; empty: none
};

// One file as text. Pure: reads nothing but the secrets that the text names.
std::expected<Config, Complaints> parse_config(std::string_view text, std::string_view file,
                                               const LoadOptions& options);
// `path` and then `path`'s directory's conf.d/*.toml in order of name: tables of arrays are joined,
// a single key that two files set is a complaint. Complaints about files that cannot be read too.
std::expected<Config, Complaints> load_config(const std::string& path, const LoadOptions& options);
// What runs when there is no file.
std::string_view default_config_text();

// The frames of design: file:line:column, source line, marker, hint. `colour` for terminals.
std::string format(const Complaints& complaints, Language language, bool colour);
std::string to_json(const Complaints& complaints);

// The tables that are not a kind's; for documentation and schema.
struct OptionTable {
  std::string_view name;  // "office", "agent", ..., "" for the keys of every target
  std::string_view help, help_id;
  std::span<const Option> options;
  bool is_list = false;  // there may be several: [[name]]
};
std::span<const OptionTable> option_tables();

}  // namespace siaga
