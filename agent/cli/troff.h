// Text for manual pages: what troff would take for its own is escaped, `code` is bold, lines are
// short. For man(7), read by groff and mandoc alike.
#pragma once

#include <string>
#include <string_view>

namespace siaga::troff {

// Words to be filled, `code` in bold; ends with a newline.
std::string prose(std::string_view text);
// To be typed as it stands: every dash a minus, quotes straight.
std::string literal(std::string_view text);
std::string bold(std::string_view text);
std::string italic(std::string_view text);

std::string section(std::string_view heading);
std::string subsection(std::string_view heading);
// A paragraph hung below `term`, which is troff already; what is described follows.
std::string item(std::string_view term);
// Lines as they stand, not filled.
std::string example(std::string_view text);

}  // namespace siaga::troff
