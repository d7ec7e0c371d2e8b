// docs/metrics.md and dashboards/src/metrics.json against the tables. SIAGA_UPDATE_DOCS=1 writes
// them instead.
#include "exporters/documentation.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "probes/registry.h"

namespace siaga {
namespace {

std::vector<KindReadings> tables() {
  std::vector<KindReadings> tables;
  for (const Kind* kind : kinds())
    tables.push_back({.kind = kind->name, .readings = kind->readings});
  return tables;
}

void expect_kept(const std::string& file, const std::string& text) {
  const std::string path = std::string(SIAGA_SOURCE_DIR) + "/" + file;
  if (std::getenv("SIAGA_UPDATE_DOCS") != nullptr) std::ofstream(path) << text;
  std::stringstream kept;
  kept << std::ifstream(path).rdbuf();
  EXPECT_EQ(kept.str(), text) << "write it anew with SIAGA_UPDATE_DOCS=1";
}

TEST(MetricsPage, IsWhatTheTablesSay) {
  expect_kept("docs/metrics.md", document_metrics(tables()));
}

TEST(MetricsPage, ListForDashboardsIsWhatTheTablesSay) {
  const std::string list = metrics_as_json(tables());

  expect_kept("dashboards/src/metrics.json", list);
  EXPECT_NE(list.find("siaga_link_outage_active"), std::string::npos);
  EXPECT_EQ(list.find('`'), std::string::npos) << "a value stands among the names of labels";
}

TEST(MetricsPage, OneMetricHasOneTypeAndOneHelpInAllKinds) {
  std::vector<const ReadingDefinition*> seen;
  for (const Kind* kind : kinds()) {
    for (const ReadingDefinition& row : kind->readings) {
      for (const ReadingDefinition* other : seen) {
        if (other->metric != row.metric) continue;
        EXPECT_EQ(other->type, row.type) << row.metric;
        EXPECT_EQ(other->help, row.help) << row.metric;
      }
      for (const TargetFamily& family : target_families()) EXPECT_NE(family.row.metric, row.metric);
      seen.push_back(&row);
    }
  }
}

}  // namespace
}  // namespace siaga
