// What a report says in whole sentences, the same in every form that people read. Plain text:
// whoever shows it escapes it.
#pragma once

#include <string>
#include <vector>

#include "agent/core/language.h"
#include "agent/report/report.h"

namespace siaga {

// "November 2026".
std::string report_period(const Report& report, Language language);

// "Power failed 3 times, 2 h 14 min."; "No power cut was seen." Of a mains.
std::string power_sentence(const TargetReport& mains, Language language);
// "SAIFI 3 (longer than 5 min), SAIDI 134.0 min, ..., 700 hours observed." `momentary`: the longest
// cut that counts as one.
std::string index_sentence(const TargetReport& mains, Duration momentary, Language language);
// "The link was down 3 times, 2 h 14 min." Of a link.
std::string link_sentence(const TargetReport& link, Language language);
// "power 2 h, service 14 min"; empty when it was never down.
std::string cause_list(const Totals& totals, Language language);
std::string blind_list(const Totals& totals, Language language);
// "power cut, 2026-11-21 08:00:00 for 2 h 14 min"; "... length not known yet".
std::string dark_sentence(const DarkRow& dark, const Report& report, Language language);
std::string late_sentence(const LateRow& row, const Report& report, Language language);
Text words(Kpi kpi);

// What a reader must know before believing the numbers: how much was seen, how sure the dates are.
std::vector<std::string> report_notes(const Report& report, Language language);

}  // namespace siaga
