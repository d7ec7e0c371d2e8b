// The JSON Schema: a row per type of option, the rest follows from the tables.
#include <nlohmann/json.hpp>

#include "agent/config/document.h"
#include "agent/config/load.h"

namespace siaga {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view duration_pattern =
    "^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?([0-9]+us)?([0-9]+ns)?$";
constexpr std::string_view weekly_pattern =
    "^(daily|[A-Z][a-z]{2}([-,][A-Z][a-z]{2})*) [0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$";
constexpr std::string_view local_time_pattern =
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$";
constexpr std::string_view size_pattern = "^[0-9]+(B|kB|MB|GB|KiB|MiB|GiB)$";

Json text() { return {{"type", "string"}}; }
Json one_or_list(const Json& item) {
  return {{"oneOf", {item, {{"type", "array"}, {"items", item}}}}};
}
Json map_of(const Json& item) { return {{"type", "object"}, {"additionalProperties", item}}; }
Json pattern(std::string_view expression) { return {{"type", "string"}, {"pattern", expression}}; }

Json one_property(std::string_view key, const Json& value) {
  return {{"type", "object"},
          {"properties", {{std::string(key), value}}},
          {"required", Json::array({key})},
          {"additionalProperties", false}};
}

Json secret() {
  return {{"oneOf",
           {text(), one_property("file", text()), one_property("credential", text()),
            one_property("env", text())}}};
}

Json step() {
  return {{"oneOf",
           {one_property("send", text()), one_property("expect", text()),
            one_property("starttls", {{"const", true}})}}};
}

Json number(const Option& option, std::string_view type) {
  Json schema{{"type", type}};
  if (!option.min.empty()) schema["minimum"] = Json::parse(option.min);
  if (!option.max.empty()) schema["maximum"] = Json::parse(option.max);
  return schema;
}

Json choice(const Option& option) {
  Json names = Json::array();
  for (const std::string_view name : option.choices) names.push_back(name);
  return {{"enum", names}};
}

Json status() {
  return {{"oneOf",
           {{{"type", "integer"}, {"minimum", 100}, {"maximum", 599}},
            pattern("^([1-5]xx|[1-5][0-9][0-9](-[1-5][0-9][0-9])?)$")}}};
}

Json location() {
  return {{"type", "array"}, {"items", {{"type", "number"}}}, {"minItems", 2}, {"maxItems", 2}};
}

Json value_schema(const Option& option) {
  switch (option.type) {
    case OptionType::boolean: return {{"type", "boolean"}};
    case OptionType::integer: return number(option, "integer");
    case OptionType::number: return number(option, "number");
    case OptionType::duration: return pattern(duration_pattern);
    case OptionType::size: return pattern(size_pattern);
    case OptionType::choice: return choice(option);
    case OptionType::texts:
    case OptionType::patterns:
    case OptionType::networks: return one_or_list(text());
    case OptionType::choices: return one_or_list(choice(option));
    case OptionType::integers: return one_or_list(number(option, "integer"));
    case OptionType::text_map:
    case OptionType::pattern_map: return map_of(text());
    case OptionType::statuses: return one_or_list(status());
    case OptionType::url: return pattern("^https?://");
    case OptionType::secret: return secret();
    case OptionType::secret_map: return map_of(secret());
    case OptionType::location: return location();
    case OptionType::dialogue: return {{"type", "array"}, {"items", step()}};
    case OptionType::weekly: return pattern(weekly_pattern);
    case OptionType::local_time: return pattern(local_time_pattern);
    case OptionType::text:
    case OptionType::pattern:
    case OptionType::host_port:
    case OptionType::host:
    case OptionType::address:
    case OptionType::file:
    case OptionType::timezone: return text();
  }
  return text();
}

// The default as JSON where TOML and JSON write it alike; left out otherwise.
void add_default(Json& schema, const Option& option) {
  if (option.fallback.empty()) return;
  Json value = Json::parse(option.fallback, nullptr, false);
  if (!value.is_discarded()) schema["default"] = std::move(value);
}

Json& object_at(Json& object, std::string_view path) {
  Json* at = &object;
  for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
    Json& below = (*at)["properties"][std::string(path.substr(0, dot))];
    if (below.is_null())
      below = {{"type", "object"}, {"properties", Json::object()}, {"additionalProperties", false}};
    at = &below;
    path.remove_prefix(dot + 1);
  }
  return *at;
}

void add_options(Json& object, std::span<const Option> options) {
  for (const Option& option : options) {
    Json schema = value_schema(option);
    schema["description"] = option.help;
    add_default(schema, option);
    const auto dot = option.key.rfind('.');
    const std::string last(option.key.substr(dot == std::string_view::npos ? 0 : dot + 1));
    Json& parent = object_at(object, option.key);
    parent["properties"][last] = std::move(schema);
    if (option.is_required && dot == std::string_view::npos) parent["required"].push_back(last);
  }
}

Json table_schema(std::string_view help) {
  return {{"type", "object"},
          {"description", help},
          {"properties", Json::object()},
          {"additionalProperties", false}};
}

}  // namespace

std::string config_schema(std::span<const KindSchema> kinds) {
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "siaga.toml"},
              {"type", "object"},
              {"properties", Json::object()},
              {"additionalProperties", false}};
  std::span<const Option> common;
  for (const OptionTable& table : option_tables()) {
    if (table.name.empty()) {
      common = table.options;
      continue;
    }
    Json made = table_schema(table.help);
    add_options(made, table.options);
    schema["properties"][std::string(table.name)] =
        table.is_list ? Json{{"type", "array"}, {"items", made}} : made;
  }
  for (const KindSchema& kind : kinds) {
    Json target = table_schema(kind.help);
    add_options(target, common);
    add_options(target, kind.options);
    schema["properties"][std::string(kind.name)] = {{"type", "array"}, {"items", target}};
  }
  return schema.dump(2) + "\n";
}

}  // namespace siaga
