// Snapshot -> metric families. The table of families in families.cc is the source of names, types,
// labels and help; docs/metrics.md is generated from it (tests hold the two together).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/reading.h"
#include "agent/engine/snapshot.h"

namespace prometheus {
class Registry;
}

namespace siaga {

struct OfficeLabels {
  std::string id, name, city;
  bool has_location = false;
  double latitude = 0, longitude = 0;
};

// The readings of one kind; exporters know kinds only by these.
struct KindReadings {
  std::string_view kind;
  std::span<const ReadingDefinition> readings;
};

enum class MetricType : std::uint8_t { gauge, counter, histogram, info, state_set };

struct FamilyRow {
  std::string metric;   // without _total for counters' families in OpenMetrics
  MetricType type;
  std::string labels;   // "office target kind reason", for the documentation
  std::string help;
};

}  // namespace siaga
