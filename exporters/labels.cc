#include "exporters/labels.h"

#include <algorithm>

#include "agent/core/reading.h"

namespace siaga {
namespace {

bool is_plain(char letter) {
  return letter != '\\' && letter != '"' && letter != '\n' &&
         static_cast<unsigned char>(letter) < 0x80;
}

bool is_name_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' ||
         (letter >= '0' && letter <= '9');
}

}  // namespace

void append_escaped(std::string& out, std::string_view value) {
  if (std::ranges::all_of(value, is_plain)) out += value;
  else out += escape_label_value(value);
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += ',';
  out += name;
  out += "=\"";
  append_escaped(out, value);
  out += '"';
}

std::string label_name(std::string_view name) {
  std::string clean(name);
  std::ranges::replace_if(clean, [](char letter) { return !is_name_letter(letter); }, '_');
  if (clean.empty() || (clean.front() >= '0' && clean.front() <= '9')) clean.insert(0, 1, '_');
  return clean;
}

}  // namespace siaga
