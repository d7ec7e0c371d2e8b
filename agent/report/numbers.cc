#include "agent/report/numbers.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "agent/core/limits.h"

namespace siaga {
namespace {

std::optional<double> ratio(Millis part, Millis whole) {
  if (whole <= Millis::zero()) return std::nullopt;
  return static_cast<double>(part.count()) / static_cast<double>(whole.count());
}

Millis down_by(const Totals& totals, Cause cause) { return totals.of(Share::down(cause)); }

bool began_in(const OutageRow& row, Span span) {
  return row.start_max >= span.from && row.start_max < span.until;
}

enum class Length : std::uint8_t { momentary, sustained, undecided };

// Where a clock was not trusted the shortest possible length may be known still.
Length length_of(const OutageRow& row, Duration momentary) {
  const auto least = row.duration ? row.duration : row.duration_min;
  if (least && *least > momentary) return Length::sustained;
  if (row.is_open() || !row.duration) return Length::undecided;
  return Length::momentary;
}

}  // namespace

Availability availability_of(const Totals& totals) {
  const Millis down = totals.down_sum();
  const Millis power = down_by(totals, Cause::power);
  const Millis link = down_by(totals, Cause::link);
  const auto share = [&](Millis counted) { return ratio(totals.up, totals.up + counted); };
  return {.gross = share(down),
          .net_of_power = share(down - power),
          .net_of_link = share(down - link),
          .net_of_both = share(down - power - link)};
}

std::optional<double> observed_share(const Totals& totals, Millis existed) {
  return ratio(totals.up + totals.down_sum(), existed - totals.maintenance);
}

Kpi kpi_of(const Totals& totals, Millis existed, double availability_target) {
  // 0.999 has no exact binary form; what meets it to the millisecond must pass.
  constexpr double slack = 1e-12;
  const auto observed = observed_share(totals, existed);
  if (!observed) return Kpi::not_enough_seen;
  if (*observed * 100 >= limits::report_observed_percent) {
    const auto reached = availability_of(totals).gross;
    return *reached + slack >= availability_target ? Kpi::pass : Kpi::fail;
  }
  const Millis whole = existed - totals.maintenance;
  const auto best = ratio(whole - totals.down_sum(), whole);
  return *best + slack < availability_target ? Kpi::fail : Kpi::not_enough_seen;
}

std::size_t RolledOutages::count() const {
  return std::accumulate(by_cause.begin(), by_cause.end(), std::size_t{0});
}

OutageNumbers outage_numbers(std::span<const OutageRow* const> rows, const RolledOutages& rolled,
                             Span span, Millis up) {
  const std::size_t rolled_count = rolled.count();
  OutageNumbers numbers{.count = rolled_count, .began = rolled_count, .by_cause = rolled.by_cause};
  Millis sum = rolled.down;
  std::size_t measured = rolled_count;
  Millis longest = rolled.longest;
  for (const OutageRow* row : rows) {
    ++numbers.count;
    numbers.began += began_in(*row, span) ? 1U : 0U;
    ++numbers.by_cause.at(static_cast<std::size_t>(row->cause));
    numbers.open += row->is_open() || *row->end_max > span.until ? 1U : 0U;
    if (!row->duration) continue;
    longest = std::max(longest, *row->duration);
    if (row->is_open()) continue;
    sum += *row->duration;
    ++measured;
  }
  if (measured > 0) numbers.mttr = sum / static_cast<std::int64_t>(measured);
  if (numbers.count > 0) {
    numbers.mtbf = up / static_cast<std::int64_t>(numbers.count);
    if (longest > Millis::zero()) numbers.longest = longest;
  }
  return numbers;
}

PowerIndices power_indices(std::span<const OutageRow* const> rows,
                           std::span<const DatedStretch> stretches, Span span, Duration momentary) {
  PowerIndices indices;
  std::unordered_set<OutageId> sustained;
  for (const OutageRow* row : rows) {
    const Length length = length_of(*row, momentary);
    if (length == Length::sustained) sustained.insert(row->id);
    indices.undecided += length == Length::undecided ? 1U : 0U;
    if (!began_in(*row, span)) continue;
    indices.sustained += length == Length::sustained ? 1U : 0U;
    indices.momentary += length == Length::momentary ? 1U : 0U;
  }
  for (const auto& [part, stretch] : stretches) {
    const bool is_down = stretch->share.is(TimeClass::down);
    if (is_down || stretch->share.is(TimeClass::up)) indices.observed += part.length();
    if (is_down && sustained.contains(stretch->outage)) indices.sustained_time += part.length();
  }
  if (indices.sustained > 0)
    indices.caidi = indices.sustained_time / static_cast<std::int64_t>(indices.sustained);
  indices.asai = ratio(indices.observed - indices.sustained_time, indices.observed);
  return indices;
}

}  // namespace siaga
