#include "exporters/families.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/core/address.h"
#include "agent/core/dates.h"
#include "agent/core/units.h"
#include "exporters/labels.h"

namespace siaga {
namespace {

using Metric = std::string_view;
using Target = const TargetView&;

// One label's end of a line for each value of a closed list.
constexpr std::array<std::string_view, reason_count> reason_tails{
    "",
#define REASON(name, cause, group, meaning) ",reason=\"" #name "\"} ",
#include "agent/core/reasons.def"
#undef REASON
};
constexpr std::array<std::string_view, verdict_count> verdict_tails{
    ",verdict=\"ok\"} ", ",verdict=\"failed\"} ", ",verdict=\"unknown\"} "};
constexpr std::array<std::string_view, state_count> state_tails{
    ",state=\"pending\"} ", ",state=\"up\"} ", ",state=\"down\"} ", ",state=\"unknown\"} ",
    ",state=\"maintenance\"} "};

void write_success(LineWriter& lines, Metric metric, Target target) {
  const TargetStatus& status = target.status;
  if (!status.has_run || status.verdict == Verdict::unknown) return;
  lines.sample(metric, target.blackbox, "", std::uint64_t{status.verdict == Verdict::ok});
}

void write_duration(LineWriter& lines, Metric metric, Target target) {
  if (target.status.has_run)
    lines.sample(metric, target.blackbox, "", seconds(target.status.duration));
}

void write_runs(LineWriter& lines, Metric metric, Target target) {
  const std::string_view begin = series_head(metric, target);
  for (std::size_t index = 0; index < verdict_count; ++index)
    lines.line(begin, verdict_tails[index], target.status.runs[index]);
}

void write_failures(LineWriter& lines, Metric metric, Target target) {
  const std::string_view begin = series_head(metric, target);
  const std::vector<Reason>& reasons = target.status.info->reasons;
  const std::vector<std::uint32_t>& counts = target.status.failures;
  for (std::size_t index = 0; index < reasons.size(); ++index) {
    const std::uint64_t count = index < counts.size() ? counts[index] : 0;
    lines.line(begin, reason_tails.at(static_cast<std::size_t>(reasons[index])), count);
  }
}

void write_durations(LineWriter& lines, Metric metric, Target target) {
  write_histogram(lines, metric, target.core, "", target.status.durations, target.buckets,
                  target.scratch);
}

void write_last_run(LineWriter& lines, Metric metric, Target target) {
  if (target.status.has_run)
    lines.sample(metric, target.core, "", rounded_unix_seconds(target.status.last_run));
}

void write_state(LineWriter& lines, Metric metric, Target target) {
  const std::string_view begin = series_head(metric, target);
  for (std::size_t index = 0; index < state_count; ++index)
    lines.line(begin, state_tails[index],
               std::uint64_t{index == static_cast<std::size_t>(target.status.state)});
}

constexpr std::array<std::string_view, 10> own_info_labels{
    "office",   "target",  "kind",    "url",     "host",
    "interval", "timeout", "confirm", "recover", "state"};

bool is_in(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != std::ranges::end(names);
}

void append_configured_labels(std::string& text, const TargetInfo& info) {
  std::vector<std::string> taken;
  for (const auto& [key, value] : info.labels) {
    std::string name = label_name(key);
    // Prometheus's own way out of a clash of names.
    if (is_in(own_info_labels, name)) name.insert(0, "exported_");
    if (value.empty() || is_in(taken, name)) continue;
    append_label(text, name, value);
    taken.push_back(std::move(name));
  }
}

void write_info(LineWriter& lines, Metric metric, Target target) {
  const TargetInfo& info = *target.status.info;
  std::string& text = target.scratch;
  text.assign(target.core);
  append_label(text, "url", info.instance);
  append_label(text, "host", info.host);
  append_label(text, "interval", to_string(info.interval));
  append_label(text, "timeout", to_string(info.timeout));
  append_label(text, "confirm", std::to_string(info.confirm));
  append_label(text, "recover", std::to_string(info.recover));
  append_configured_labels(text, info);
  lines.sample(metric, text, "", std::uint64_t{1});
}

constexpr std::string_view core_labels = "office target kind";
constexpr std::string_view blackbox_labels = "office target kind instance";

constexpr std::array<TargetFamily, 8> target_family_rows{{
    {{"probe_success", MetricType::gauge, blackbox_labels,
      "Whether the last run was ok (1) or failed (0); absent before the first run and when the "
      "agent itself was in trouble. Siaga probes at its own interval, not when it is scraped."},
     write_success},
    {{"probe_duration_seconds", MetricType::gauge, blackbox_labels,
      "How long the last run took in all."},
     write_duration},
    {{"siaga_probe_runs_total", MetricType::counter, "office target kind verdict",
      "Runs by verdict: ok, failed, or unknown when the agent itself was in trouble."},
     write_runs},
    {{"siaga_probe_failures_total", MetricType::counter, "office target kind reason",
      "Runs that were not ok, by the reason; from 0 for every reason that the target can have."},
     write_failures},
    {{"siaga_probe_duration_seconds", MetricType::histogram, core_labels,
      "How long runs took in all."},
     write_durations},
    {{"siaga_probe_last_run_timestamp_seconds", MetricType::gauge, core_labels,
      "When the last run began; absent before the first."},
     write_last_run},
    {{"siaga_target_state", MetricType::gauge, "office target kind state",
      "1 for the present state, 0 for the others: pending, up, down, unknown, maintenance."},
     write_state},
    {{"siaga_target_info", MetricType::info,
      "office target kind url host interval timeout confirm recover and the configured ones",
      "What is configured for the target, to be joined with group_left."},
     write_info},
}};

constexpr std::array<FamilyRow, 2> constants{{
    {"siaga_build_info", MetricType::info, "office version compiler", "The agent's build."},
    {"siaga_office_info", MetricType::info, "office name city latitude longitude",
     "The office that this agent watches for."},
}};

constexpr std::string_view compiler() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

std::string number_text(double value) {
  std::array<char, number_bytes> text{};
  return {text.data(), write_number(text.data(), value)};
}

void write_constant(LineWriter& lines, const FamilyRow& row, std::string_view labels,
                    Format format) {
  lines.raw(family_header(row.metric, row.type, row.help, format));
  lines.sample(row.metric, labels, "", std::uint64_t{1});
}

std::string office_info_labels(const OfficeLabels& office) {
  std::string text;
  append_label(text, "office", office.id);
  if (!office.name.empty()) append_label(text, "name", office.name);
  if (!office.city.empty()) append_label(text, "city", office.city);
  if (office.has_location) {
    append_label(text, "latitude", number_text(office.latitude));
    append_label(text, "longitude", number_text(office.longitude));
  }
  return text;
}

std::string_view type_name(MetricType type, Format format) {
  switch (type) {
    case MetricType::gauge: return "gauge";
    case MetricType::counter: return "counter";
    case MetricType::histogram: return "histogram";
    case MetricType::info: return format == Format::openmetrics ? "info" : "gauge";
  }
  return "";
}

// OpenMetrics 1.0.0, "MetricFamily": the family of a counter or info lacks the suffix.
std::string_view family_name(Metric metric, MetricType type, Format format) {
  if (format == Format::text) return metric;
  if (type == MetricType::counter && metric.ends_with("_total")) metric.remove_suffix(6);
  if (type == MetricType::info && metric.ends_with("_info")) metric.remove_suffix(5);
  return metric;
}

void write_smokeping_labels(std::string& text, Target target, std::string_view address) {
  text.assign(target.core).append(target.host);
  append_escaped(text, address);
  text.append(target.source);
}

// The address that pings go to: the last one used, or the configured one before that.
std::string_view smokeping_address(const TargetStatus& status) {
  if (!status.address.empty()) return status.address;
  return parse_address(status.info->host) ? std::string_view(status.info->host)
                                          : std::string_view();
}

void write_row(LineWriter& lines, Metric metric, const ReadingRow& row, std::string_view labels,
               Target target) {
  const TargetStatus& status = target.status;
  switch (row.type) {
    case ReadingType::gauge:
      if (status.has_run && row.id < status.values.size() && !std::isnan(status.values[row.id]))
        lines.sample(metric, labels, row.more, status.values[row.id]);
      return;
    case ReadingType::counter:
      if (row.id >= status.values.size()) lines.sample(metric, labels, row.more, std::uint64_t{0});
      else if (!std::isnan(status.values[row.id]))
        lines.sample(metric, labels, row.more, status.values[row.id]);
      return;
    case ReadingType::histogram:
      for (const auto& [id, histogram] : status.histograms)
        if (id == row.id)
          write_histogram(lines, metric, labels, row.more, histogram, target.buckets,
                          target.scratch);
      return;
    case ReadingType::info:
      if (!status.has_run) return;
      for (const Readings::Info& info : status.infos) {
        if (info.id != row.id || !info.labels) continue;
        target.scratch.assign(row.more);
        if (!info.labels->empty()) target.scratch.append(",").append(*info.labels);
        lines.sample(metric, labels, target.scratch, std::uint64_t{1});
      }
      return;
  }
}

}  // namespace

std::string family_header(Metric metric, MetricType type, std::string_view help, Format format) {
  const std::string name(family_name(metric, type, format));
  std::string text;
  text.append("# HELP ").append(name).append(" ");
  for (const char letter : help) {
    if (letter == '\\') text += "\\\\";
    else if (letter == '\n') text += "\\n";
    else if (letter == '"' && format == Format::openmetrics) text += "\\\"";
    else text += letter;
  }
  return text.append("\n# TYPE ").append(name).append(" ").append(type_name(type, format)) + "\n";
}

std::span<const std::string> BucketTails::of(std::span<const double> bounds) {
  for (const Tails& tails : known_)
    if (tails.bounds == bounds.data()) return tails.texts;
  Tails& fresh = known_.emplace_back(Tails{.bounds = bounds.data(), .texts = {}});
  // The same text in both formats ("1", not OpenMetrics's preferred "1.0"): Prometheus before 3.0
  // takes them for two series when a scrape changes its format.
  for (const double bound : bounds) fresh.texts.push_back(number_text(bound) + "\"} ");
  fresh.texts.emplace_back("+Inf\"} ");
  return fresh.texts;
}

std::string_view series_head(Metric metric, Target target) {
  target.scratch.assign(metric);
  target.scratch += '{';
  target.scratch += target.core;
  return target.scratch;
}

void write_histogram(LineWriter& lines, Metric metric, std::string_view labels,
                     std::string_view more, const Histogram& histogram, BucketTails& buckets,
                     std::string& scratch) {
  scratch.assign(metric).append("_bucket{").append(labels).append(more).append(",le=\"");
  const auto tails = buckets.of(histogram.bounds());
  std::uint64_t sum = 0;
  for (std::size_t index = 0; index < tails.size(); ++index) {
    sum += histogram.counts()[index];
    lines.line(scratch, tails[index], sum);
  }
  scratch.assign(metric).append("_sum{").append(labels).append(more);
  lines.line(scratch, "} ", histogram.sum_seconds());
  scratch.assign(metric).append("_count{").append(labels).append(more);
  lines.line(scratch, "} ", sum);
}

std::span<const TargetFamily> target_families() { return target_family_rows; }
std::span<const FamilyRow> constant_families() { return constants; }

MetricType metric_type(ReadingType type) {
  switch (type) {
    case ReadingType::gauge: return MetricType::gauge;
    case ReadingType::counter: return MetricType::counter;
    case ReadingType::histogram: return MetricType::histogram;
    case ReadingType::info: return MetricType::info;
  }
  return MetricType::gauge;
}

void write_reading(LineWriter& lines, Metric metric, const ReadingRow& row, Target target) {
  if (row.dialect == ReadingDialect::siaga) {
    write_row(lines, metric, row, target.core, target);
  } else if (row.dialect == ReadingDialect::blackbox) {
    write_row(lines, metric, row, target.blackbox, target);
  } else if (row.dialect == ReadingDialect::nut) {
    target.address_scratch.assign(target.core);
    append_label(target.address_scratch, "ups", target.status.info->name);
    write_row(lines, metric, row, target.address_scratch, target);
  } else if (const std::string_view address = smokeping_address(target.status); !address.empty()) {
    write_smokeping_labels(target.address_scratch, target, address);
    write_row(lines, metric, row, target.address_scratch, target);
  }
}

void write_constant_families(LineWriter& lines, const OfficeLabels& office, Format format) {
  std::string build;
  append_label(build, "office", office.id);
  append_label(build, "version", SIAGA_VERSION);
  append_label(build, "compiler", compiler());
  write_constant(lines, constants[0], build, format);
  write_constant(lines, constants[1], office_info_labels(office), format);
}

}  // namespace siaga
