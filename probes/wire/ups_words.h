// What the statuses of upsd and apcupsd have in common: words with spaces between them, some of
// which are known.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/core/ups.h"

namespace siaga {

inline constexpr std::size_t ups_status_bytes = 128;  // kept of a server's own words

struct UpsStatusWord {
  std::string_view text;
  UpsFlag flag;
};

// What stands between NUT's quotes, without the backslashes that \" and \\ have (RFC 9271).
std::string nut_unescaped(std::string_view text);

bool has_ups_word(std::string_view status, std::string_view word);
// Keeps the words, and adds the flags of those that are known. Others are no fault: drivers invent
// them (NUT's docs/new-drivers.txt, "ups.status").
void read_ups_words(std::string_view status, std::span<const UpsStatusWord> known, UpsFacts& facts);

}  // namespace siaga
