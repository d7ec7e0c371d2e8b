// The metric families that come from a snapshot. The table in families.cc is the source of names,
// types, labels and help; docs/metrics.md is generated from it (tests hold the two together).
// A family writes one target's series at a time; which targets, and when, is the exposition's
// business. Nothing here knows a kind of probe: a kind is its table of readings.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/reading.h"
#include "agent/engine/snapshot.h"
#include "exporters/line_writer.h"

namespace siaga {

struct OfficeLabels {
  std::string id, name, city;
  bool has_location = false;
  double latitude = 0, longitude = 0;
  bool operator==(const OfficeLabels&) const = default;
};

// The readings of one kind; exporters know kinds only by these.
struct KindReadings {
  std::string_view kind;
  std::span<const ReadingDefinition> readings;
};

enum class MetricType : std::uint8_t { gauge, counter, histogram, info };
enum class Format : std::uint8_t { text, openmetrics };

struct FamilyRow {
  std::string_view metric;  // as Prometheus stores it: _total and _info included
  MetricType type;
  std::string_view labels;  // "office target kind reason": for the documentation
  std::string_view help;
};

// The HELP and TYPE lines of a family.
std::string family_header(std::string_view metric, MetricType type, std::string_view help,
                          Format format);

// The ends of a histogram's bucket lines, from the bounds' to +Inf's: `0.005"} `. Made once per
// scrape and set of bounds.
class BucketTails {
 public:
  std::span<const std::string> of(std::span<const double> bounds);

 private:
  struct Tails {
    const double* bounds;
    std::vector<std::string> texts;
  };
  std::vector<Tails> known_;
};

// One target as the families see it.
struct TargetView {
  const TargetStatus& status;
  std::string_view core;      // office, target, kind
  std::string_view blackbox;  // core and instance
  std::string_view host;      // `,host="...",ip="`; empty without smokeping rows
  std::string_view source;    // `",source="...",tos="0"`
  std::string& scratch;       // of the exposition, reused
  std::string& address_scratch;
  BucketTails& buckets;
  const Dating& dating;
};

// `metric{office="...",target="...",kind="..."`, as LineWriter::line wants it; in target.scratch.
std::string_view series_head(std::string_view metric, const TargetView& target);

// All lines of one histogram. `more` brings its own comma; `scratch` is overwritten.
void write_histogram(LineWriter& lines, std::string_view metric, std::string_view labels,
                     std::string_view more, const Histogram& histogram, BucketTails& buckets,
                     std::string& scratch);

struct TargetFamily {
  FamilyRow row;
  void (*write)(LineWriter& lines, std::string_view metric, const TargetView& target);
};
// What every target has, whatever its kind: its runs and state, then its time and outages.
std::span<const TargetFamily> target_families();
std::span<const TargetFamily> history_families();

// A row of a kind's readings in a family: what it adds to the labels.
struct ReadingRow {
  ReadingId id;
  ReadingType type;
  ReadingDialect dialect;
  std::string more;  // `,phase="resolve"`
};
void write_reading(LineWriter& lines, std::string_view metric, const ReadingRow& row,
                   const TargetView& target);
MetricType metric_type(ReadingType type);

// siaga_office_info and siaga_build_info: one series each.
std::span<const FamilyRow> constant_families();
void write_constant_families(LineWriter& lines, const OfficeLabels& office, Format format);

}  // namespace siaga
