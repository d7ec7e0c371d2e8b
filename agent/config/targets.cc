#include "agent/config/targets.h"

#include <algorithm>
#include <array>
#include <list>
#include <tuple>

#include "agent/config/names.h"
#include "agent/config/table.h"
#include "agent/config/tables.h"
#include "agent/config/value.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr std::array<std::string_view, 3> own_labels{"office", "target", "kind"};

struct KindTables {
  const KindSchema* kind;
  TableSchema schema;
};

// A kind's table in the file.
struct Table {
  const KindTables* tables;
  const TomlNode* node;
};

bool is_label_name(std::string_view name) {
  const auto is_letter = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
  };
  if (name.empty() || name.starts_with("__") || !is_letter(name.front())) return false;
  return std::ranges::all_of(
      name, [&](char letter) { return is_letter(letter) || (letter >= '0' && letter <= '9'); });
}

class Reader {
 public:
  Reader(const TargetDefaults& defaults, Findings& findings, bool is_whole)
      : defaults_(defaults),
        findings_(findings),
        is_whole_(is_whole),
        names_(config_words::names_unique, findings) {}

  TargetDraft read(const Table& table);

 private:
  template <typename... Arguments>
  std::string words_for(const Text& text, const Arguments&... arguments) const {
    return say(findings_.language(), text, arguments...);
  }
  const Entry* entry(std::string_view key) const { return reading_.entries[index(key)]; }
  static std::size_t index(std::string_view key) {
    const auto options = target_options();
    const auto option = std::ranges::find(options, key, &Option::key);
    CHECK(option != options.end());
    return static_cast<std::size_t>(option - options.begin());
  }
  template <typename Value>
  Value get(std::string_view key, const Value& otherwise) const {
    const auto* value = std::get_if<Value>(&reading_.values[index(key)]);
    return value != nullptr ? *value : otherwise;
  }

  void check_labels() const;
  Duration fit(std::string_view key, Duration inherited, bool is_set_in_defaults,
               Duration interval) const;
  void check_kind(const Table& table, TargetConfig& target);
  Place place_of_key(const Table& table, std::string_view key) const;

  const TargetDefaults& defaults_;
  Findings& findings_;
  bool is_whole_;
  TableSchema::Reading reading_;  // of the table in hand
  Names names_;
};

TargetDraft Reader::read(const Table& table) {
  const KindSchema& kind = *table.tables->kind;
  reading_ = table.tables->schema.read(*table.node, section_name(kind.name, *table.node), findings_,
                                       is_whole_);
  TargetDraft draft{.place = table.node->place, .needs = entry("needs"), .via = entry("via")};
  TargetConfig& target = draft.target;
  target.kind = kind.name;
  target.name = get<std::string>("name", {});
  names_.check(entry("name"), kind.name);
  target.interval =
      get("interval", kind.interval > Duration::zero() ? kind.interval : defaults_.interval);
  target.timeout = fit("timeout", defaults_.timeout, defaults_.is_timeout_set, target.interval);
  target.retry_interval = fit("retry_interval", defaults_.retry_interval,
                              defaults_.is_retry_interval_set, target.interval);
  target.confirm = get("confirm", defaults_.confirm);
  target.recover = get("recover", defaults_.recover);
  target.priority = get<std::int64_t>("priority", 0);
  target.needs = get<std::vector<std::string>>("needs", {});
  target.via = get<std::vector<std::string>>("via", {});
  target.labels = get<StringMap>("labels", {});
  check_labels();
  const auto own = static_cast<std::ptrdiff_t>(target_options().size());
  for (std::size_t option = 0; option < kind.options.size(); ++option) {
    const Entry* const written = reading_.entries[target_options().size() + option];
    const std::string_view wanted = kind.options[option].refers_to;
    if (!wanted.empty() && written != nullptr) draft.mentions.push_back({written, wanted});
  }
  target.options.assign(std::make_move_iterator(reading_.values.begin() + own),
                        std::make_move_iterator(reading_.values.end()));
  if (reading_.is_good && is_whole_) check_kind(table, target);
  return draft;
}

void Reader::check_labels() const {
  const Entry* labels = entry("labels");
  if (labels == nullptr || !labels->value.is(TomlNode::Type::table)) return;
  for (const Entry& label : labels->value.entries) {
    if (!is_label_name(label.key))
      findings_.add(label.place,
                    words_for(config_words::label_name, printable(label.key, limits::name_bytes)),
                    words_for(config_words::label_form));
    else if (std::ranges::find(own_labels, label.key) != own_labels.end())
      findings_.add(label.place, words_for(config_words::label_taken, label.key));
  }
}

// The target's own value or the inherited one. Longer than the interval is a fault where a person
// wrote it; the built-in default is cut to the interval.
Duration Reader::fit(std::string_view key, Duration inherited, bool is_set_in_defaults,
                     Duration interval) const {
  const auto value = get(key, inherited);
  if (value <= interval) return value;
  const Entry* written = entry(key);
  const Entry* cause = written != nullptr ? written : entry("interval");
  if (cause == nullptr || (written == nullptr && !is_set_in_defaults)) return interval;
  findings_.add(
      cause->value.place,
      words_for(config_words::longer_than_interval, key, to_string(value), to_string(interval)),
      written != nullptr ? words_for(config_words::shorten_or_widen, key)
                         : words_for(config_words::from_defaults, key));
  return interval;
}

Place Reader::place_of_key(const Table& table, std::string_view key) const {
  const auto own = target_options().size();
  const auto& options = table.tables->kind->options;
  for (std::size_t option = 0; option < options.size(); ++option) {
    if (options[option].key == key && reading_.entries[own + option] != nullptr)
      return reading_.entries[own + option]->place;
  }
  return table.node->place;
}

// The values of a target's secrets, so that no sentence of a kind can carry one out.
std::vector<std::string_view> secrets_of(const std::vector<OptionValue>& values) {
  std::vector<std::string_view> secrets;
  for (const OptionValue& value : values) {
    if (const auto* secret = std::get_if<Secret>(&value)) secrets.push_back(secret->value);
    if (const auto* map = std::get_if<std::map<std::string, Secret>>(&value)) {
      for (const auto& [name, secret] : *map) secrets.push_back(secret.value);
    }
  }
  return secrets;
}

std::string without_secrets(std::string text, const std::vector<std::string_view>& secrets) {
  for (const std::string_view secret : secrets) {
    if (secret.empty()) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3))
      text.replace(at, secret.size(), "***");
  }
  return without_user(text);
}

void Reader::check_kind(const Table& table, TargetConfig& target) {
  const KindSchema& kind = *table.tables->kind;
  if (!kind.check) return;
  const auto secrets = secrets_of(target.options);
  Section section(target.name, kind.options, target.options,
                  [&](std::string_view key, std::string message, std::string hint) {
                    findings_.add(place_of_key(table, key),
                                  without_secrets(std::move(message), secrets),
                                  without_secrets(std::move(hint), secrets));
                  });
  kind.check(section);
}

std::vector<Table> tables_in_order(const TomlNode& root, const std::list<KindTables>& kinds) {
  std::vector<Table> tables;
  for (const KindTables& kind : kinds) {
    const Entry* entry = root.find(kind.kind->name);
    if (entry == nullptr || !entry->value.is_table_array()) continue;
    for (const TomlNode& node : entry->value.items) tables.push_back({&kind, &node});
  }
  std::ranges::stable_sort(tables, {}, [](const Table& table) {
    const Place& place = table.node->place;
    return std::tuple(place.file, place.line, place.column);
  });
  return tables;
}

}  // namespace

std::vector<TargetDraft> read_targets(const TomlNode& root, const TargetDefaults& defaults,
                                      Findings& findings, bool is_whole) {
  std::list<KindTables> kinds;
  for (const KindSchema& kind : findings.options().kinds) {
    if (root.find(kind.name) != nullptr)
      kinds.push_back({&kind, TableSchema({target_options(), kind.options})});
  }
  Reader reader(defaults, findings, is_whole);
  std::vector<TargetDraft> drafts;
  for (const Table& table : tables_in_order(root, kinds)) {
    if (drafts.size() == limits::targets) {
      findings.add(table.node->place,
                   say(findings.language(), config_words::too_many_targets, limits::targets));
      break;
    }
    drafts.push_back(reader.read(table));
  }
  return drafts;
}

}  // namespace siaga
