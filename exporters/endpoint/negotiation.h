// What a reader's Accept headers ask for (RFC 9110, 12.5). Pure; whatever the header holds, there
// is an answer: who asks for nothing that exists gets text 0.0.4, as Prometheus's own rules want.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/language.h"
#include "exporters/families.h"

namespace siaga {

struct MetricsType {
  Format format = Format::text;
  bool names_escaping = false;  // the reader knows OpenMetrics' `escaping` parameter

  bool operator==(const MetricsType&) const = default;
};

MetricsType negotiate_metrics(std::string_view accept);
std::string content_type(MetricsType type);
bool accepts_gzip(std::string_view accept_encoding);
// English unless Indonesian is preferred.
Language negotiate_language(std::string_view accept_language);

}  // namespace siaga
