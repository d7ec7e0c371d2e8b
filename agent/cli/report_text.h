// A report and a list of outages as people read them on a terminal.
#pragma once

#include <span>
#include <string>

#include "agent/cli/commands.h"
#include "agent/report/report.h"

namespace siaga {

std::string report_as_text(const Report& report, const CommonOptions& common);
std::string outages_as_text(std::span<const OutageRow> rows, const Report& report,
                            const CommonOptions& common);

}  // namespace siaga
