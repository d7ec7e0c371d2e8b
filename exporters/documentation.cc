#include "exporters/documentation.h"

#include <algorithm>
#include <vector>

#include "exporters/agent_metrics.h"
#include "exporters/judge_families.h"

namespace siaga {
namespace {

constexpr std::string_view opening = R"(# Metrics

Generated from the tables in the code; a test holds the two together. Every series carries `office`.
`/metrics` speaks Prometheus text 0.0.4 and OpenMetrics 1.0.0, whichever the reader prefers, with gzip.

A value that is not known is absent, never 0. A counter that can occur is there from the start at 0.
The agent probes at its own interval, not when it is scraped; `siaga_probe_last_run_timestamp_seconds` says when.
A target that a reload removed is gone from the next scrape.
)";

std::string_view name(MetricType type) {
  switch (type) {
    case MetricType::gauge: return "gauge";
    case MetricType::counter: return "counter";
    case MetricType::histogram: return "histogram";
    case MetricType::info: return "info";
  }
  return "";
}

void append_table(std::string& page, std::string_view title, std::span<const FamilyRow> rows) {
  page.append("\n## ").append(title);
  page.append("\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n");
  for (const FamilyRow& row : rows)
    page.append("| `")
        .append(row.metric)
        .append("` | ")
        .append(name(row.type))
        .append(" | ")
        .append(row.labels)
        .append(" | ")
        .append(row.help)
        .append(" |\n");
}

std::string_view dialect_labels(ReadingDialect dialect) {
  switch (dialect) {
    case ReadingDialect::siaga: return "office target kind";
    case ReadingDialect::blackbox: return "office target kind instance";
    case ReadingDialect::nut: return "office target kind ups";
    case ReadingDialect::smokeping: return "office target kind host ip source tos";
  }
  return "";
}

// One line for the rows of one metric in one kind's table.
struct Reading {
  std::string_view metric, help;
  MetricType type;
  std::string labels;
};

std::vector<Reading> merged(const KindReadings& kind) {
  std::vector<Reading> readings;
  for (const ReadingDefinition& row : kind.readings) {
    auto known = std::ranges::find(readings, row.metric, &Reading::metric);
    if (known == readings.end()) {
      readings.push_back({.metric = row.metric,
                          .help = row.help,
                          .type = metric_type(row.type),
                          .labels = std::string(dialect_labels(row.dialect))});
      known = std::prev(readings.end());
    }
    if (!row.label.empty()) known->labels.append(" `").append(row.label).append("`");
  }
  return readings;
}

}  // namespace

std::string document_metrics(std::span<const KindReadings> kinds) {
  std::string page(opening);
  std::vector<FamilyRow> targets;
  targets.reserve(target_families().size());
  for (const TargetFamily& family : target_families()) targets.push_back(family.row);
  std::vector<FamilyRow> times;
  times.reserve(history_families().size());
  for (const TargetFamily& family : history_families()) times.push_back(family.row);
  append_table(page, "Every target", targets);
  append_table(page, "Time and outages of every target", times);
  for (const KindReadings& kind : kinds) {
    const std::vector<Reading> readings = merged(kind);
    std::vector<FamilyRow> rows;
    rows.reserve(readings.size());
    for (const Reading& reading : readings)
      rows.push_back({reading.metric, reading.type, reading.labels, reading.help});
    append_table(page, "Kind `" + std::string(kind.kind) + "`", rows);
  }
  append_table(page, "Links, mains and UPSes", judge_families());
  append_table(page, "The agent", agent_families());
  append_table(page, "Office and build", constant_families());
  return page;
}

}  // namespace siaga
