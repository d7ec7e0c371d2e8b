// The formulas of reports, one by one, over plain values.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "agent/journal/dated.h"
#include "agent/report/report.h"

namespace siaga {

Availability availability_of(const Totals& totals);

// Of the time in which the target existed and was not under maintenance.
std::optional<double> observed_share(const Totals& totals, Millis existed);

// By what was seen, where that is limits::report_observed_percent at least; else only a failure
// that the unseen time could not mend counts.
Kpi kpi_of(const Totals& totals, Millis existed, double availability_target);

// What is left of days whose detail is gone, as outages.
struct RolledOutages {
  std::array<std::uint32_t, cause_count> by_cause{};
  Millis down{}, longest{};

  std::size_t count() const;
};
OutageNumbers outage_numbers(std::span<const OutageRow* const> rows, const RolledOutages& rolled,
                             Span span, Millis up);

// `stretches` are those of the mains, with their detail.
PowerIndices power_indices(std::span<const OutageRow* const> rows,
                           std::span<const DatedStretch> stretches, Span span, Duration momentary);

}  // namespace siaga
