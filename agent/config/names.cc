#include "agent/config/names.h"

#include "agent/config/value.h"
#include "agent/core/limits.h"
#include "agent/core/target.h"
#include "agent/core/utf8.h"

namespace siaga {

std::string section_name(std::string_view table, const TomlNode& node) {
  constexpr std::size_t shown_bytes = 64;
  std::string section = "[[" + std::string(table) + "]]";
  const Entry* name = node.find("name");
  if (name != nullptr && name->value.is(TomlNode::Type::text))
    section += " " + quoted_text(printable(name->value.text, shown_bytes));
  return section;
}

void Names::check(const Entry* written, std::string_view table) {
  if (written == nullptr || !written->value.is(TomlNode::Type::text)) return;
  const std::string& name = written->value.text;
  const Place& place = written->value.place;
  const Language language = findings_.language();
  if (name.empty()) return findings_.add(place, say(language, config_words::name_empty));
  if (name.size() > limits::name_bytes)
    return findings_.add(place, say(language, config_words::name_too_long, limits::name_bytes));
  if (printable(name, name.size()) != name)
    return findings_.add(place, say(language, config_words::name_not_printable));
  if (name.front() == ' ' || name.back() == ' ')
    return findings_.add(place, say(language, config_words::name_spaces));
  if (name.starts_with(own_names))
    return findings_.add(place, say(language, config_words::name_reserved));
  const auto [first, is_new] = taken_.try_emplace(name, Taken{table, place});
  if (is_new) return;
  const Taken& taken = first->second;
  findings_.add(place,
                say(language, config_words::name_repeated, name, taken.table,
                    findings_.file_name(taken.place), taken.place.line),
                say(language, unique_));
}

}  // namespace siaga
