// Text from outside in HTML. No template language: pages are literals, and what stands between them
// goes through here.
#pragma once

#include <string>
#include <string_view>

namespace siaga {

// For text and for attributes in double quotes; control characters become spaces.
std::string html_escaped(std::string_view text);

}  // namespace siaga
