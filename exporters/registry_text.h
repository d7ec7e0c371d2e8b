// prometheus-cpp's collected families as text. Its own serializer is not used: it prints "Nan",
// knows no OpenMetrics, and every series must carry the office's label.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporters/families.h"

namespace prometheus {
struct MetricFamily;
}

namespace siaga {

// `office` is on every series. Families without series are left out. Summaries are not used here
// and CHECKed against.
std::string registry_text(const std::vector<prometheus::MetricFamily>& families,
                          std::string_view office, Format format);

}  // namespace siaga
