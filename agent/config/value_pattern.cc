// Patterns, and dialogues, which are made of them.
#include <algorithm>

#include "agent/config/value.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

using Value = std::optional<OptionValue>;

std::optional<Pattern> read_one(const ValueReader& reader, const TomlNode& node) {
  const auto* text = reader.text(node, config_words::a_pattern);
  if (text == nullptr) return {};
  auto pattern = Pattern::compile(*text);
  if (pattern) return std::move(*pattern);
  reader.complain(node,
                  reader.words_for(config_words::bad_pattern, reader.option.key,
                                   printable(pattern.error().text, 200)),
                  text->contains('\\') ? reader.words_for(config_words::pattern_quotes) : "");
  return {};
}

Value read_patterns(const ValueReader& reader, const TomlNode& node) {
  std::vector<Pattern> patterns;
  bool is_good = true;
  const auto take = [&](const TomlNode& item) {
    if (auto pattern = read_one(reader, item)) patterns.push_back(std::move(*pattern));
    else is_good = false;
  };
  if (node.is(TomlNode::Type::array)) std::ranges::for_each(node.items, take);
  else take(node);
  if (!is_good) return std::nullopt;
  return patterns;
}

Value read_pattern_map(const ValueReader& reader, const TomlNode& node) {
  if (!node.is(TomlNode::Type::table)) {
    reader.complain_type(node, config_words::a_pattern_map);
    return {};
  }
  std::vector<NamedPattern> patterns;
  for (const Entry& entry : node.entries) {
    if (auto pattern = read_one(reader, entry.value))
      patterns.push_back({.name = entry.key, .pattern = std::move(*pattern)});
  }
  if (patterns.size() != node.entries.size()) return std::nullopt;
  return patterns;
}

std::optional<DialogueStep> read_step(const ValueReader& reader, const TomlNode& node) {
  if (!node.is(TomlNode::Type::table) || node.entries.size() != 1) {
    if (node.is(TomlNode::Type::table))
      reader.complain(node, reader.words_for(config_words::step_form));
    else
      reader.complain_type(node, config_words::a_step, reader.words_for(config_words::step_form));
    return {};
  }
  const Entry& entry = node.entries.front();
  if (entry.key == "send") {
    const auto* text = reader.text(entry.value, config_words::a_text);
    if (text == nullptr) return {};
    return DialogueStep{.send = *text};
  }
  if (entry.key == "expect") {
    auto pattern = read_one(reader, entry.value);
    if (!pattern) return {};
    DialogueStep step;
    step.expect.push_back(std::move(*pattern));
    return step;
  }
  if (entry.key == "starttls" && entry.value.is(TomlNode::Type::boolean) && entry.value.boolean)
    return DialogueStep{.starttls = true};
  reader.findings.add(entry.place,
                      reader.words_for(config_words::unknown_key,
                                       printable(entry.key, limits::name_bytes), reader.option.key),
                      reader.words_for(entry.key == "starttls" ? config_words::starttls_form
                                                               : config_words::step_form));
  return {};
}

Value read_dialogue(const ValueReader& reader, const TomlNode& node) {
  if (!node.is(TomlNode::Type::array)) {
    reader.complain_type(node, config_words::a_dialogue);
    return {};
  }
  if (node.items.size() > limits::dialogue_steps) {
    reader.complain(node, reader.words_for(config_words::too_many_steps, reader.option.key,
                                           limits::dialogue_steps));
    return {};
  }
  std::vector<DialogueStep> steps;
  for (const TomlNode& item : node.items) {
    if (auto step = read_step(reader, item)) steps.push_back(std::move(*step));
  }
  if (steps.size() != node.items.size()) return std::nullopt;
  return steps;
}

}  // namespace

std::optional<OptionValue> read_pattern_value(const ValueReader& reader, const TomlNode& node) {
  switch (reader.option.type) {
    case OptionType::patterns: return read_patterns(reader, node);
    case OptionType::pattern_map: return read_pattern_map(reader, node);
    case OptionType::dialogue: return read_dialogue(reader, node);
    default: {
      auto pattern = read_one(reader, node);
      if (!pattern) return std::nullopt;
      return std::move(*pattern);
    }
  }
}

}  // namespace siaga
