#include "agent/config/settings.h"

#include <sys/un.h>

#include <algorithm>

#include "agent/config/table.h"
#include "agent/config/tables.h"
#include "agent/config/value.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

// One of the tables, read, with its values taken by key.
class ReadTable {
 public:
  ReadTable(const TomlNode& root, std::string_view name, std::span<const Option> options,
            Findings& findings)
      : options_(options) {
    static const TomlNode absent;
    const Entry* entry = root.find(name);
    const bool is_table = entry != nullptr && entry->value.is(TomlNode::Type::table);
    reading_ = TableSchema({options}).read(is_table ? entry->value : absent,
                                           "[" + std::string(name) + "]", findings, true);
  }

  template <typename Value>
  Value get(std::string_view key) const {
    const auto* value = std::get_if<Value>(&reading_.values[index(key)]);
    return value != nullptr ? *value : Value{};
  }
  const Entry* entry(std::string_view key) const { return reading_.entries[index(key)]; }

 private:
  std::size_t index(std::string_view key) const {
    const auto option = std::ranges::find(options_, key, &Option::key);
    CHECK(option != options_.end());
    return static_cast<std::size_t>(option - options_.begin());
  }

  std::span<const Option> options_;
  TableSchema::Reading reading_;
};

// Each text of a list against a rule; a wrong type was complained of already.
template <typename Rule>
void check_texts(const Entry* entry, Findings& findings, const Text& sort, const Text& form,
                 const Rule& is_right) {
  if (entry == nullptr) return;
  const auto check = [&](const TomlNode& node) {
    if (!node.is(TomlNode::Type::text) || is_right(node.text)) return;
    const Option option{.key = entry->key};
    const ValueReader reader{option, findings};
    reader.complain_value(node, sort, reader.words_for(form));
  };
  if (entry->value.is(TomlNode::Type::array)) std::ranges::for_each(entry->value.items, check);
  else check(entry->value);
}

bool is_listen_address(std::string_view text) {
  constexpr std::string_view unix_scheme = "unix:";
  if (text.starts_with(unix_scheme)) {
    const auto path = text.substr(unix_scheme.size());
    return path.starts_with('/') && path.size() < sizeof(sockaddr_un::sun_path);
  }
  return parse_endpoint(text).has_value();
}

bool is_resolver(std::string_view text) {
  return parse_address(text).has_value() || parse_endpoint(text).has_value();
}

bool is_office_id(std::string_view text) {
  const bool is_plain = std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || std::string_view(".-_").contains(letter);
  });
  return is_plain && !text.empty() && text.size() <= limits::name_bytes;
}

bool is_plain_name(std::string_view text) {
  return text.size() <= limits::name_bytes && printable(text, text.size()) == text;
}

OfficeConfig read_office(const TomlNode& root, Findings& findings) {
  const ReadTable table(root, "office", office_options(), findings);
  check_texts(table.entry("id"), findings, config_words::an_office_id, config_words::office_id_form,
              is_office_id);
  for (const std::string_view key : {"name", "city"}) {
    const Entry* entry = table.entry(key);
    if (entry == nullptr || !entry->value.is(TomlNode::Type::text)) continue;
    if (!is_plain_name(entry->value.text))
      findings.add(entry->value.place,
                   entry->value.text.size() > limits::name_bytes
                       ? say(findings.language(), config_words::name_too_long, limits::name_bytes)
                       : say(findings.language(), config_words::name_not_printable));
  }
  OfficeConfig office{.id = table.get<std::string>("id"),
                      .name = table.get<std::string>("name"),
                      .city = table.get<std::string>("city"),
                      .timezone = table.get<std::string>("timezone")};
  if (office.id.empty()) office.id = fallback_office_id();
  const Entry* location = table.entry("location");
  if (location != nullptr) office.location = table.get<Location>("location");
  return office;
}

AgentConfig read_agent(const TomlNode& root, Findings& findings) {
  const ReadTable table(root, "agent", agent_options(), findings);
  check_texts(table.entry("resolvers"), findings, config_words::a_resolver,
              config_words::resolver_form, is_resolver);
  return {.state_dir = table.get<std::string>("state_dir"),
          .flights_max = table.get<std::int64_t>("flights_max"),
          .flights_per_kind = table.get<std::int64_t>("flights_per_kind"),
          .log_level = table.get<std::string>("log_level"),
          .clock = table.get<std::string>("clock"),
          .resolvers = table.get<std::vector<std::string>>("resolvers")};
}

WebConfig read_web(const TomlNode& root, Findings& findings) {
  const ReadTable table(root, "web", web_options(), findings);
  check_texts(table.entry("listen"), findings, config_words::a_listen, config_words::listen_form,
              is_listen_address);
  return {.listen = table.get<std::vector<std::string>>("listen")};
}

JournalConfig read_journal(const TomlNode& root, Findings& findings) {
  const ReadTable table(root, "journal", journal_options(), findings);
  return {.retention = table.get<Duration>("retention"),
          .max_bytes = static_cast<std::int64_t>(table.get<Bytes>("max_size").count)};
}

// A value of [defaults] longer than its interval: complained of when the file says so, cut when it
// is only the built-in default.
Duration fit(const ReadTable& table, std::string_view key, Duration interval, Findings& findings) {
  const auto value = table.get<Duration>(key);
  const Entry* entry = table.entry(key);
  if (value > interval && entry != nullptr)
    findings.add(entry->value.place,
                 say(findings.language(), config_words::longer_than_interval, key, to_string(value),
                     to_string(interval)),
                 say(findings.language(), config_words::shorten_or_widen, key));
  return std::min(value, interval);
}

void read_defaults(const TomlNode& root, Findings& findings, Settings& settings) {
  const ReadTable table(root, "defaults", defaults_options(), findings);
  settings.defaults = {.settle = table.get<Duration>("settle"),
                       .recovery_grace = table.get<Duration>("recovery_grace"),
                       .availability_target = table.get<double>("availability_target"),
                       .momentary = table.get<Duration>("momentary"),
                       .flap_limit = table.get<std::int64_t>("flap_limit"),
                       .flap_window = table.get<Duration>("flap_window")};
  const auto interval = table.get<Duration>("interval");
  settings.target_defaults = {.interval = interval,
                              .timeout = fit(table, "timeout", interval, findings),
                              .retry_interval = fit(table, "retry_interval", interval, findings),
                              .confirm = table.get<std::int64_t>("confirm"),
                              .recover = table.get<std::int64_t>("recover"),
                              .is_timeout_set = table.entry("timeout") != nullptr,
                              .is_retry_interval_set = table.entry("retry_interval") != nullptr};
}

}  // namespace

Settings read_settings(const TomlNode& root, Findings& findings) {
  Settings settings;
  settings.office = read_office(root, findings);
  settings.agent = read_agent(root, findings);
  settings.web = read_web(root, findings);
  settings.journal = read_journal(root, findings);
  read_defaults(root, findings, settings);
  return settings;
}

}  // namespace siaga
