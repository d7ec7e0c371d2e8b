// A report in the forms that machines take. Durations are seconds, dates ISO 8601 with the offset
// of the office's zone; what is not known is null (JSON) or empty (CSV). Keys: docs/reports.md.
#pragma once

#include <span>
#include <string>

#include "agent/core/language.h"
#include "agent/report/report.h"

namespace siaga {

std::string report_as_json(const Report& report);
// RFC 4180: a header line, one line per target, CRLF, quotes where they are needed.
std::string report_as_csv(const Report& report);
// One page that needs nothing else: no script, nothing loaded, printable.
std::string report_as_html(const Report& report, Language language);

// {"outages": [...], ...}
std::string outages_as_json(std::span<const OutageRow> rows, const Report& report);

}  // namespace siaga
