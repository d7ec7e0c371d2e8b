// docs/metrics.md against the tables. SIAGA_UPDATE_DOCS=1 writes the page instead.
#include "exporters/documentation.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "probes/registry.h"

namespace siaga {
namespace {

TEST(MetricsPage, IsWhatTheTablesSay) {
  std::vector<KindReadings> tables;
  for (const Kind* kind : kinds())
    tables.push_back({.kind = kind->name, .readings = kind->readings});
  const std::string path = std::string(SIAGA_SOURCE_DIR) + "/docs/metrics.md";
  const std::string page = document_metrics(tables);

  if (std::getenv("SIAGA_UPDATE_DOCS") != nullptr) std::ofstream(path) << page;
  std::stringstream kept;
  kept << std::ifstream(path).rdbuf();

  EXPECT_EQ(kept.str(), page) << "write it anew with SIAGA_UPDATE_DOCS=1";
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
