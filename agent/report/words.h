// The words and quantities of reports, as officials read them, in both languages.
#pragma once

#include <optional>
#include <string>

#include "agent/core/language.h"
#include "agent/engine/history.h"

namespace siaga {

Text words(Cause cause);
Text words(Blind blind);
Text words(TimeClass time_class);
Text words(DarkClass dark);
Text words(NodeRole role);

// "2 h 14 min", "3 hari 4 jam": the two largest units that count; "0 s" for nothing.
std::string human_duration(Millis duration, Language language);
// "99.953 %", cut and not rounded: only what is whole is 100 %. "-" where it is not known.
std::string human_share(std::optional<double> share, Language language);
// "never", "once", "3 times".
std::string human_times(std::size_t count, Language language);
// A number with so many decimals and the language's decimal sign.
std::string human_number(double number, int decimals, Language language);

}  // namespace siaga
