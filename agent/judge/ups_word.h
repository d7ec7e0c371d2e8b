// What one reading of a UPS says of the mains, vendors' quirks judged. Knows nothing of earlier
// readings. Pure; the table of cases stands in docs/power.md.
#pragma once

#include <optional>
#include <string>

#include "agent/judge/ups_judge.h"

namespace siaga {

struct UpsWord {
  PowerWord word = PowerWord::none;
  std::string text;  // "on battery (OB DISCHRG)"
  // With `none`: OB beside an input and a battery that are well. Off after all when the input
  // voltage is only remembered, which one reading does not show: UpsJudge decides.
  bool is_off_denied = false;
};

UpsWord word_of(const UpsFacts& facts, const UpsRules& rules);

// "BOOST, input 181 V of 220 V" while the mains is there and too low or too high; else nothing.
std::optional<std::string> brown_out_of(const UpsFacts& facts, const UpsRules& rules);

}  // namespace siaga
