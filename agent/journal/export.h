// The past for other programs: OpenMetrics text that `promtool tsdb create-blocks-from openmetrics`
// takes, and one JSON document with every row. Written piece by piece, so that the text is never in
// memory as a whole. Keys and series: docs/reports.md.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "agent/journal/past.h"

namespace siaga {

// Takes the next piece; false ends the export.
using ExportSink = std::function<bool(std::string_view)>;

struct ExportQuery {
  WallTime since{}, until{};  // until is cut to what the journal speaks for
  std::string office;         // the label
  Zone zone = Zone::utc();    // of rolled-up days
  // Between samples while nothing changes. Prometheus looks back 5 min for a sample.
  Duration step = std::chrono::minutes(4);
};

// Samples of each series ascend; series of a family stand together. Counters start at 0 at `since`.
// False: the sink wanted no more.
bool export_openmetrics(const Past& past, const ExportQuery& query, const ExportSink& sink);
bool export_json(const Past& past, const ExportQuery& query, const ExportSink& sink);

}  // namespace siaga
