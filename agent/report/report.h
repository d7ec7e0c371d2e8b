// From the past to numbers that officials read: a pure computation over plain values. Formats
// (agent/report/formats.h) turn the numbers into text; no words and no rounding here.
// The definitions are written out in docs/reports.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/limits.h"
#include "agent/engine/maintenance.h"
#include "agent/journal/past.h"

namespace siaga {

struct ReportQuery {
  Span span;  // of dates; since <= until
  Zone zone = Zone::utc();
  std::string office_id, office_name;
  double availability_target = 0;          // 0.999
  Duration momentary = limits::momentary;  // a longer power cut is sustained
  bool with_days = true;                   // the split by days, which a table does not need
};

// One outage as far as it is known, in dates.
struct OutageRow {
  OutageId id = 0;
  std::string target, kind;
  NodeRole role = NodeRole::target;
  Cause cause = Cause::none;
  Reason reason = Reason::none;
  std::string explained_by;  // a node's name; empty: its own fault
  struct Piece {
    WallTime from{};
    Cause cause = Cause::none;
    Reason reason = Reason::none;
    std::string explained_by;
    bool operator==(const Piece&) const = default;
  };
  std::vector<Piece> pieces;  // how the cause went on; the first is the outage's own
  OutageEnd end = OutageEnd::open;
  WallTime start_min{}, start_max{};  // it began between these; booked from start_max
  WallTime end_min{};                 // it was still down then
  std::optional<WallTime> end_max;    // not while it is open
  // Between the bounds; nothing where a clock was not trusted. While it is open `duration` is the
  // one so far and there is no longest.
  std::optional<Millis> duration, duration_min, duration_max;
  bool was_seen_up = true;  // before it; else it may have been down since it was added
  bool is_settled = false, is_date_certain = true;
  std::string detail;

  bool is_open() const { return end == OutageEnd::open; }
  bool operator==(const OutageRow&) const = default;
};

// All outages of the past but those that were taken back, by their beginning.
std::vector<OutageRow> outage_rows(const Past& past);

// Up over up and down; nothing where neither was seen. "Net of" does not count that cause's time.
struct Availability {
  std::optional<double> gross, net_of_power, net_of_link, net_of_both;
  bool operator==(const Availability&) const = default;
};

enum class Kpi : std::uint8_t { pass, fail, not_enough_seen };
inline constexpr std::size_t kpi_count = 3;
std::string_view name(Kpi kpi);  // "pass"

struct OutageNumbers {
  std::size_t count = 0;  // that overlap the span
  std::size_t began = 0;  // of them, in it
  std::size_t open = 0;   // of them, at its end or still
  std::array<std::uint32_t, cause_count> by_cause{};
  std::optional<Millis> mttr;     // mean duration of the closed ones, their whole length
  std::optional<Millis> mtbf;     // up time over number
  std::optional<Millis> longest;  // whole length; of an open one so far

  bool operator==(const OutageNumbers&) const = default;
};

// IEEE 1366 for the one customer that an office is, over the time in which the mains was seen.
struct PowerIndices {
  std::size_t sustained = 0;  // SAIFI: longer than momentary, that began in the span
  std::size_t momentary = 0;  // MAIFI
  std::size_t undecided = 0;  // open and not longer yet, or of unknown length
  Millis sustained_time{};    // SAIDI: within the span
  Millis observed{};          // up and down
  std::optional<Millis> caidi;
  std::optional<double> asai;

  bool operator==(const PowerIndices&) const = default;
};

// One day's time in milliseconds, by TimeClass.
using DaySplit = std::array<std::uint32_t, time_class_count>;

struct TargetReport {
  std::string name, kind;
  NodeRole role = NodeRole::target;
  bool is_removed = false;  // at the end of the span
  Totals totals;
  Millis existed{};     // the part of the span in which it was configured
  Millis unrecorded{};  // of that, what the journal does not speak for
  Availability availability;
  std::optional<double> observed;  // (up + down) / (existed - maintenance)
  Kpi kpi = Kpi::not_enough_seen;
  OutageNumbers outages;
  std::optional<PowerIndices> power;  // of mains only
  std::vector<DaySplit> days;         // aligned with Report::days

  bool operator==(const TargetReport&) const = default;
};

struct DarkRow {
  WallTime from{}, to{};
  Millis slack{};
  DarkClass dark_class = DarkClass::crash;
  bool is_mains_off = false, is_date_certain = true;
  std::optional<Millis> length;  // not known yet
  std::string evidence;

  bool operator==(const DarkRow&) const = default;
};

// Something that did not come back in time after power or a link did.
struct LateRow {
  std::string target, root;
  Cause after = Cause::none;
  WallTime returned{};
  std::optional<WallTime> recovered;

  bool operator==(const LateRow&) const = default;
};

struct Report {
  ReportQuery query;
  Span span;  // what it is about: wider than asked for where only whole days are known
  bool is_by_whole_days = false;
  WallTime known_until{};      // the journal's last word
  std::vector<WallTime> days;  // beginnings of the zone's days; the first and last may be partial
  std::vector<TargetReport> targets;
  std::vector<OutageRow> outages;
  std::vector<DarkRow> darks;
  std::vector<LateRow> late;
  std::size_t uncertain_dates = 0;  // stretches, outages and darks of boots with untrusted clocks
  std::size_t unknown_lengths = 0;  // stretches over a restart whose length is not known
};

Report make_report(const Past& past, const ReportQuery& query);

}  // namespace siaga
