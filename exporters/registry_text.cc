#include "exporters/registry_text.h"

#include <prometheus/metric_family.h>

#include "agent/core/check.h"
#include "exporters/labels.h"

namespace siaga {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

MetricType type_of(const MetricFamily& family) {
  switch (family.type) {
    case prometheus::MetricType::Counter: return MetricType::counter;
    case prometheus::MetricType::Histogram: return MetricType::histogram;
    default: break;
  }
  CHECK(family.type == prometheus::MetricType::Gauge);
  return MetricType::gauge;
}

void write_histogram(LineWriter& lines, const std::string& name, const std::string& labels,
                     const ClientMetric::Histogram& histogram) {
  for (const ClientMetric::Bucket& bucket : histogram.bucket) {
    std::array<char, number_bytes> bound{};
    const std::string_view text(bound.data(), write_number(bound.data(), bucket.upper_bound));
    std::string with_bound = labels;
    append_label(with_bound, "le", text);
    lines.sample(name + "_bucket", with_bound, "", bucket.cumulative_count);
  }
  lines.sample(name + "_sum", labels, "", histogram.sample_sum);
  lines.sample(name + "_count", labels, "", histogram.sample_count);
}

void write_metric(LineWriter& lines, const MetricFamily& family, MetricType type,
                  const ClientMetric& metric, std::string_view office) {
  std::string labels;
  append_label(labels, "office", office);
  for (const ClientMetric::Label& label : metric.label)
    append_label(labels, label.name, label.value);
  if (type == MetricType::histogram) write_histogram(lines, family.name, labels, metric.histogram);
  else if (type == MetricType::counter) lines.sample(family.name, labels, "", metric.counter.value);
  else lines.sample(family.name, labels, "", metric.gauge.value);
}

}  // namespace

std::string registry_text(const std::vector<MetricFamily>& families, std::string_view office,
                          Format format) {
  return lines_text([&](LineWriter& lines) {
    for (const MetricFamily& family : families) {
      if (family.metric.empty()) continue;
      const MetricType type = type_of(family);
      lines.raw(family_header(family.name, type, family.help, format));
      for (const ClientMetric& metric : family.metric)
        write_metric(lines, family, type, metric, office);
    }
  });
}

}  // namespace siaga
