// Times of the office's calendar.
#include "agent/config/value.h"

namespace siaga {
namespace {

using Value = std::optional<OptionValue>;

Value read_weekly(const ValueReader& reader, const TomlNode& node) {
  const auto* text = reader.text(node, config_words::a_weekly);
  if (text == nullptr) return {};
  if (const auto times = parse_weekly(*text)) return *times;
  const std::string guess = guess_weekly(*text);
  reader.complain_value(node, config_words::a_weekly,
                        guess.empty()
                            ? reader.words_for(config_words::weekly_form)
                            : reader.words_for(config_words::write_this, quoted_text(guess)));
  return {};
}

Value read_local_time(const ValueReader& reader, const TomlNode& node) {
  if (!node.is(TomlNode::Type::date) && reader.text(node, config_words::a_local_time) == nullptr)
    return {};
  if (const auto local = parse_local_time(node.text)) return *local;
  reader.complain_value(node, config_words::a_local_time,
                        reader.words_for(config_words::local_time_form));
  return {};
}

}  // namespace

std::optional<OptionValue> read_calendar_value(const ValueReader& reader, const TomlNode& node) {
  return reader.option.type == OptionType::weekly ? read_weekly(reader, node)
                                                  : read_local_time(reader, node);
}

}  // namespace siaga
