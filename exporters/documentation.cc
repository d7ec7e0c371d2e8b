#include "exporters/documentation.h"

#include <algorithm>
#include <nlohmann/json.hpp>
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

// How the list of labels ends of a metric that carries further ones: those the configuration gives,
// or a pattern captures.
constexpr std::string_view open_end = "and the ";

std::string_view name(MetricType type) {
  switch (type) {
    case MetricType::gauge: return "gauge";
    case MetricType::counter: return "counter";
    case MetricType::histogram: return "histogram";
    case MetricType::info: return "info";
  }
  return "";
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

// A metric of the documentation. `labels`: names by spaces; a name with its one value in backticks;
// last, words about names that the configuration gives.
struct Entry {
  std::string_view metric, help;
  MetricType type;
  std::string labels;
};

struct Section {
  std::string title, scope;
  std::vector<Entry> entries;
};

Section section(std::string_view title, std::string_view scope, std::span<const FamilyRow> rows) {
  Section made{.title = std::string(title), .scope = std::string(scope), .entries = {}};
  made.entries.reserve(rows.size());
  for (const FamilyRow& row : rows)
    made.entries.push_back({.metric = row.metric,
                            .help = row.help,
                            .type = row.type,
                            .labels = std::string(row.labels)});
  return made;
}

Section section(std::string_view title, std::span<const TargetFamily> families) {
  std::vector<FamilyRow> rows;
  rows.reserve(families.size());
  for (const TargetFamily& family : families) rows.push_back(family.row);
  return section(title, "target", rows);
}

// One entry for all rows of one metric.
Section section(const KindReadings& kind) {
  Section made{.title = "Kind `" + std::string(kind.kind) + "`",
               .scope = "kind:" + std::string(kind.kind),
               .entries = {}};
  for (const ReadingDefinition& row : kind.readings) {
    auto known = std::ranges::find(made.entries, row.metric, &Entry::metric);
    if (known == made.entries.end()) {
      made.entries.push_back({.metric = row.metric,
                              .help = row.help,
                              .type = metric_type(row.type),
                              .labels = std::string(dialect_labels(row.dialect))});
      known = std::prev(made.entries.end());
    }
    if (!row.label.empty()) known->labels.append(" `").append(row.label).append("`");
    if (!row.labels.empty()) known->labels.append(" ").append(row.labels);
  }
  return made;
}

std::vector<Section> sections(std::span<const KindReadings> kinds) {
  std::vector<Section> all;
  all.push_back(section("Every target", target_families()));
  all.push_back(section("Time and outages of every target", history_families()));
  for (const KindReadings& kind : kinds) all.push_back(section(kind));
  all.push_back(section("Links, mains and UPSes", "judge", judge_families()));
  all.push_back(section("The agent", "agent", agent_families()));
  all.push_back(section("Office and build", "office", constant_families()));
  return all;
}

void append_table(std::string& page, const Section& section) {
  page.append("\n## ").append(section.title);
  page.append("\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n");
  for (const Entry& entry : section.entries)
    page.append("| `")
        .append(entry.metric)
        .append("` | ")
        .append(name(entry.type))
        .append(" | ")
        .append(entry.labels)
        .append(" | ")
        .append(entry.help)
        .append(" |\n");
}

// "office kind `phase=\"tls\"` and the configured ones": the names office, kind, phase.
std::vector<std::string_view> names_of(std::string_view labels) {
  std::vector<std::string_view> names;
  while (!labels.empty() && !labels.starts_with(open_end)) {
    const std::size_t end = std::min(labels.find(' '), labels.size());
    std::string_view word = labels.substr(0, end);
    if (word.starts_with('`')) word = word.substr(1, word.find('=') - 1);
    if (std::ranges::find(names, word) == names.end()) names.push_back(word);
    labels.remove_prefix(std::min(end + 1, labels.size()));
  }
  return names;
}

}  // namespace

std::string document_metrics(std::span<const KindReadings> kinds) {
  std::string page(opening);
  for (const Section& section : sections(kinds)) append_table(page, section);
  return page;
}

std::string metrics_as_json(std::span<const KindReadings> kinds) {
  auto all = nlohmann::ordered_json::array();
  for (const Section& section : sections(kinds))
    for (const Entry& entry : section.entries)
      all.push_back({{"metric", entry.metric},
                     {"type", name(entry.type)},
                     {"scope", section.scope},
                     {"labels", names_of(entry.labels)},
                     {"has_more_labels", entry.labels.find(open_end) != std::string::npos},
                     {"help", entry.help}});
  return all.dump(1) + "\n";
}

}  // namespace siaga
