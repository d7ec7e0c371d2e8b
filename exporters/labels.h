// Label text: `office="dinas",target="portal"`. Values are escaped here and nowhere else; names are
// checked here too, so that no configuration and no peer can break a scrape.
#pragma once

#include <string>
#include <string_view>

namespace siaga {

void append_escaped(std::string& out, std::string_view value);
// `name="value"`, with a comma before it when `out` is not empty.
void append_label(std::string& out, std::string_view name, std::string_view value);
// A label name that the formats accept: characters they refuse become underscores.
std::string label_name(std::string_view name);

}  // namespace siaga
