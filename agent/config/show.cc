#include "agent/config/show.h"

#include <algorithm>

#include <fmt/format.h>

#include "agent/config/scan.h"
#include "agent/config/tables.h"
#include "agent/config/value.h"

namespace siaga {
namespace {

std::string key_text(std::string_view key) {
  const bool is_bare = !key.empty() && std::ranges::all_of(key, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
  });
  return is_bare ? std::string(key) : quoted_text(key);
}

std::string pattern_text(const Pattern& pattern) { return quoted_text(pattern.text()); }

std::string status_text(const StatusRange& range) {
  if (range.first == range.last) return fmt::format("{}", range.first);
  if (range.first % 100 == 0 && range.last == range.first + 99)
    return fmt::format("\"{}xx\"", range.first / 100);
  return fmt::format("\"{}-{}\"", range.first, range.last);
}

std::string secret_text(const Secret& secret) {
  for (const std::string_view way : {"file", "credential", "env"}) {
    const std::string prefix = std::string(way) + " ";
    if (secret.source.starts_with(prefix))
      return fmt::format("{{ {} = {} }}", way, quoted_text(secret.source.substr(prefix.size())));
  }
  return "\"***\"";
}

std::string step_text(const DialogueStep& step) {
  if (step.starttls) return "{ starttls = true }";
  if (!step.expect.empty())
    return fmt::format("{{ expect = {} }}", pattern_text(step.expect.front()));
  return fmt::format("{{ send = {} }}", quoted_text(step.send));
}

template <typename List, typename Show>
std::string list_text(const List& list, const Show& show) {
  std::string text;
  for (const auto& item : list) text += (text.empty() ? "" : ", ") + show(item);
  return "[" + text + "]";
}

template <typename Map, typename Show>
std::string map_text(const Map& map, const Show& show) {
  std::string text;
  for (const auto& item : map) text += (text.empty() ? " " : ", ") + show(item);
  return text.empty() ? "{}" : "{" + text + " }";
}

std::string number_text(double number) {
  std::string text = fmt::format("{}", number);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

std::string network_text(const IpNetwork& network) {
  return quoted_text(fmt::format("{}/{}", to_string(network.base), network.prefix));
}

struct Show {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return number_text(value); }
  std::string operator()(Duration value) const { return quoted_text(to_string(value)); }
  std::string operator()(Bytes value) const { return quoted_text(to_string(value)); }
  std::string operator()(const std::string& value) const { return quoted_text(value); }
  std::string operator()(const std::vector<std::string>& value) const {
    return list_text(value, [](const std::string& text) { return quoted_text(text); });
  }
  std::string operator()(const std::vector<std::int64_t>& value) const {
    return list_text(value, [](std::int64_t number) { return std::to_string(number); });
  }
  std::string operator()(const StringMap& value) const {
    return map_text(value, [](const auto& item) {
      return key_text(item.first) + " = " + quoted_text(item.second);
    });
  }
  std::string operator()(const Pattern& value) const { return pattern_text(value); }
  std::string operator()(const std::vector<Pattern>& value) const {
    return list_text(value, pattern_text);
  }
  std::string operator()(const std::vector<NamedPattern>& value) const {
    return map_text(value, [](const NamedPattern& item) {
      return key_text(item.name) + " = " + pattern_text(item.pattern);
    });
  }
  std::string operator()(const std::vector<StatusRange>& value) const {
    return list_text(value, status_text);
  }
  std::string operator()(const HostPort& value) const { return quoted_text(to_string(value)); }
  std::string operator()(const std::vector<IpNetwork>& value) const {
    return list_text(value, network_text);
  }
  std::string operator()(const Secret& value) const { return secret_text(value); }
  std::string operator()(const std::map<std::string, Secret>& value) const {
    return map_text(value, [](const auto& item) {
      return key_text(item.first) + " = " + secret_text(item.second);
    });
  }
  std::string operator()(const Location& value) const {
    return fmt::format("[{}, {}]", number_text(value.latitude), number_text(value.longitude));
  }
  std::string operator()(const std::vector<DialogueStep>& value) const {
    return list_text(value, step_text);
  }
  std::string operator()(const WeeklyTimes& value) const { return quoted_text(to_string(value)); }
  std::string operator()(const LocalTime& value) const { return quoted_text(to_string(value)); }
};

void add(std::string& text, std::string_view key, const OptionValue& value) {
  const std::string shown = std::visit(Show{}, value);
  if (!shown.empty()) text += fmt::format("{} = {}\n", key, shown);
}

void add_text(std::string& text, std::string_view key, const std::string& value) {
  if (!value.empty()) add(text, key, OptionValue(value));
}

std::string show_settings(const Config& config) {
  std::string text = "[office]\n";
  add_text(text, "id", config.office.id);
  add_text(text, "name", config.office.name);
  add_text(text, "city", config.office.city);
  if (config.office.location) add(text, "location", *config.office.location);
  add_text(text, "timezone", config.office.timezone);
  text += "\n[agent]\n";
  add_text(text, "state_dir", config.agent.state_dir);
  add(text, "flights_max", config.agent.flights_max);
  add(text, "flights_per_kind", config.agent.flights_per_kind);
  add(text, "resolvers", config.agent.resolvers);
  add_text(text, "log_level", config.agent.log_level);
  add_text(text, "clock", config.agent.clock);
  text += "\n[web]\n";
  add(text, "listen", config.web.listen);
  text += "\n[journal]\n";
  add(text, "retention", config.journal.retention);
  add(text, "max_size", Bytes{static_cast<std::uint64_t>(config.journal.max_bytes)});
  text += "\n[defaults]\n";
  add(text, "settle", config.defaults.settle);
  add(text, "recovery_grace", config.defaults.recovery_grace);
  add(text, "availability_target", config.defaults.availability_target);
  add(text, "momentary", config.defaults.momentary);
  add(text, "flap_limit", config.defaults.flap_limit);
  add(text, "flap_window", config.defaults.flap_window);
  return text;
}

std::string show_window(const MaintenanceConfig& window) {
  std::string text = "\n[[maintenance]]\n";
  add(text, "name", window.name);
  if (!window.targets.empty()) add(text, "targets", window.targets);
  if (window.weekly) {
    add(text, "weekly", *window.weekly);
  } else {
    add(text, "from", window.from);
    add(text, "until", window.until);
  }
  return text;
}

std::string show_target(const TargetConfig& target, const KindSchema* kind) {
  std::string text = fmt::format("\n[[{}]]\n", target.kind);
  add(text, "name", target.name);
  add(text, "interval", target.interval);
  add(text, "timeout", target.timeout);
  add(text, "confirm", target.confirm);
  add(text, "recover", target.recover);
  add(text, "retry_interval", target.retry_interval);
  if (!target.needs.empty()) add(text, "needs", target.needs);
  if (!target.via.empty()) add(text, "via", target.via);
  if (!target.labels.empty()) add(text, "labels", target.labels);
  add(text, "priority", target.priority);
  if (kind == nullptr) return text;
  for (std::size_t index = 0; index < kind->options.size(); ++index) {
    const std::string shown = show_value(kind->options[index], target.options[index]);
    if (!shown.empty()) text += fmt::format("{} = {}\n", kind->options[index].key, shown);
  }
  return text;
}

}  // namespace

std::string show_value(const Option& option, const OptionValue& value) {
  // A user name and password in a URL are a secret without a key of its own.
  if (option.type == OptionType::url && std::holds_alternative<std::string>(value))
    return quoted_text(without_user(std::get<std::string>(value)));
  return std::visit(Show{}, value);
}

std::string show_config(const Config& config, std::span<const KindSchema> kinds) {
  std::string text = show_settings(config);
  for (const MaintenanceConfig& window : config.maintenance) text += show_window(window);
  for (const TargetConfig& target : config.targets) {
    const auto kind = std::ranges::find(kinds, target.kind, &KindSchema::name);
    text += show_target(target, kind == kinds.end() ? nullptr : &*kind);
  }
  return text;
}

}  // namespace siaga
