// UTF-8 for text that came from outside: peers' banners, certificates, bodies.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace siaga {

bool is_valid_utf8(std::string_view text);
// How many bytes at its start are valid; all of them when the text is.
std::size_t valid_utf8_prefix(std::string_view text);

// The text with every byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

// For excerpts and log lines: valid UTF-8, control characters shown as spaces, cut at a character
// border to at most `limit_bytes` with "..." added when something was cut.
std::string printable(std::string_view text, std::size_t limit_bytes);

}  // namespace siaga
