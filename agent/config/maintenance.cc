#include "agent/config/maintenance.h"

#include <algorithm>
#include <string_view>

#include "agent/config/names.h"
#include "agent/config/table.h"
#include "agent/config/tables.h"
#include "agent/config/value.h"
#include "agent/core/check.h"
#include "agent/core/limits.h"

namespace siaga {
namespace {

constexpr std::string_view table_name = "maintenance";

class WindowReader {
 public:
  WindowReader(Findings& findings, bool is_whole)
      : findings_(findings), is_whole_(is_whole), names_(config_words::windows_unique, findings) {}

  MaintenanceDraft read(const TomlNode& table) {
    const std::string section = section_name(table_name, table);
    reading_ = schema_.read(table, section, findings_, is_whole_);
    names_.check(entry("name"), table_name);
    check_form(table, section);
    MaintenanceDraft draft{.targets = entry("targets")};
    draft.window.name = get<std::string>("name");
    draft.window.targets = get<std::vector<std::string>>("targets");
    draft.window.from = get<LocalTime>("from");
    draft.window.until = get<LocalTime>("until");
    if (entry("weekly") != nullptr) draft.window.weekly = get<WeeklyTimes>("weekly");
    return draft;
  }

 private:
  template <typename... Arguments>
  std::string words_for(const Text& text, const Arguments&... arguments) const {
    return say(findings_.language(), text, arguments...);
  }
  static std::size_t index(std::string_view key) {
    const auto options = maintenance_options();
    const auto option = std::ranges::find(options, key, &Option::key);
    CHECK(option != options.end());
    return static_cast<std::size_t>(option - options.begin());
  }
  const Entry* entry(std::string_view key) const { return reading_.entries[index(key)]; }
  template <typename Value>
  Value get(std::string_view key) const {
    const auto* value = std::get_if<Value>(&reading_.values[index(key)]);
    return value != nullptr ? *value : Value{};
  }

  // Weekly, or from and until: one of the two, and the second whole.
  void check_form(const TomlNode& table, const std::string& section) {
    const Entry* weekly = entry("weekly");
    const Entry* from = entry("from");
    const Entry* until = entry("until");
    if (weekly != nullptr && (from != nullptr || until != nullptr)) {
      findings_.add((from != nullptr ? from : until)->place,
                    words_for(config_words::window_both, section),
                    words_for(config_words::window_form));
    } else if (weekly == nullptr && from == nullptr && until == nullptr) {
      if (is_whole_)
        findings_.add(table.place, words_for(config_words::window_never, section),
                      words_for(config_words::window_form));
    } else if (weekly == nullptr && (from == nullptr || until == nullptr)) {
      const std::string_view missing = from == nullptr ? "from" : "until";
      if (is_whole_)
        findings_.add((from != nullptr ? from : until)->place,
                      words_for(config_words::missing_key, missing, section),
                      words_for(config_words::for_example, missing,
                                maintenance_options()[index(missing)].example));
    } else if (weekly == nullptr) {
      check_order(*until);
    }
  }

  void check_order(const Entry& until) {
    if (!reading_.is_good || is_before(get<LocalTime>("from"), get<LocalTime>("until"))) return;
    findings_.add(until.value.place,
                  words_for(config_words::window_order, to_string(get<LocalTime>("until")),
                            to_string(get<LocalTime>("from"))),
                  words_for(config_words::window_order_hint));
  }

  Findings& findings_;
  bool is_whole_;
  TableSchema schema_{{maintenance_options()}};
  Names names_;
  TableSchema::Reading reading_;  // of the table in hand
};

}  // namespace

std::vector<MaintenanceDraft> read_maintenance(const TomlNode& root, Findings& findings,
                                               bool is_whole) {
  std::vector<MaintenanceDraft> drafts;
  const Entry* entry = root.find(table_name);
  if (entry == nullptr || !entry->value.is_table_array()) return drafts;
  WindowReader reader(findings, is_whole);
  drafts.reserve(std::min(entry->value.items.size(), limits::maintenance_windows));
  for (const TomlNode& table : entry->value.items) {
    if (drafts.size() == limits::maintenance_windows) {
      findings.add(table.place, say(findings.language(), config_words::too_many_windows,
                                    limits::maintenance_windows));
      break;
    }
    drafts.push_back(reader.read(table));
  }
  return drafts;
}

}  // namespace siaga
