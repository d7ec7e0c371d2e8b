// The documentation of all metrics, from the tables that the code itself uses.
#pragma once

#include <span>
#include <string>

#include "exporters/families.h"

namespace siaga {

// docs/metrics.md.
std::string document_metrics(std::span<const KindReadings> kinds);

// dashboards/src/metrics.json, for the tests of dashboards and rules: [{"metric", "type" (gauge,
// counter, histogram, info), "scope" (target, kind:NAME, judge, agent, office), "labels" (names,
// without a histogram's le), "has_more_labels" (those that a configuration or pattern names),
// "help"}].
std::string metrics_as_json(std::span<const KindReadings> kinds);

}  // namespace siaga
