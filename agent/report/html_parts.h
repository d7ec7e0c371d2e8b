// Pieces of the HTML page: the two drawings as inline SVG. Colours differ in
// brightness and in hatching, so that a print in grey can be read too.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/language.h"
#include "agent/report/report.h"

namespace siaga {

// Defines the hatchings that the drawings use; once per page, before them.
std::string_view svg_patterns();
// The colour of a class as a small square.
std::string class_swatch(TimeClass time_class);
std::string cause_swatch(Cause cause);

// One column per day, filled from below: down, then not known, maintenance, up. A day of which
// nothing is recorded stays empty.
std::string day_bars(const Report& report, const TargetReport& target, Language language);
// One bar of the time down, divided by cause.
std::string cause_bar(const Totals& totals, Language language);

// The style sheet.
std::string_view page_style();

}  // namespace siaga
