// Text cut from its front, without copies: the lines of a file, the words of a line.
#pragma once

#include <string_view>

namespace siaga {

// Takes the text up to the first `separator`, and the separator, off the front; all of it when
// there is none. Empty text gives empty text.
std::string_view take_until(std::string_view& text, std::string_view separator);

// Takes the next word off the front, with what is `between` words before it; empty when there is
// none left.
std::string_view take_word(std::string_view& text, std::string_view between = " \t\r\f\v");

}  // namespace siaga
