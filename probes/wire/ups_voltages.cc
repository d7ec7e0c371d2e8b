#include "probes/wire/ups_voltages.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace siaga {
namespace {

// The world's mains: 100 V in Japan to 480 V between phases in North America. Drivers also say 24
// (the battery's) and 2300 (ten times too much).
constexpr double mains_volts_min = 90, mains_volts_max = 500;
// More than this is from phase to phase: no single phase has it.
constexpr double phase_volts_max = 300;
constexpr double transfer_volts_min = 60, transfer_volts_max = 600;
constexpr double root_3_share = 0.1;  // a ratio that is off by no more is the square root of 3

using Names = std::array<std::string_view, 3>;
constexpr Names to_neutral{"input.L1-N.voltage", "input.L2-N.voltage", "input.L3-N.voltage"};
constexpr Names of_lines{"input.L1.voltage", "input.L2.voltage", "input.L3.voltage"};
constexpr Names between{"input.L1-L2.voltage", "input.L2-L3.voltage", "input.L3-L1.voltage"};

struct Input {
  double lowest = 0, highest = 0;
};

std::optional<Input> input_named(const UpsTelling& telling, const Names& names) {
  std::optional<Input> found;
  for (const std::string_view name : names) {
    const auto volts = telling.number(name);
    if (!volts) continue;
    if (!found) found = {.lowest = *volts, .highest = *volts};
    found = {.lowest = std::min(found->lowest, *volts),
             .highest = std::max(found->highest, *volts)};
  }
  return found;
}

std::optional<Input> input_of(const UpsTelling& telling) {
  if (const auto volts = telling.number("input.voltage")) return Input{*volts, *volts};
  for (const Names* names : {&to_neutral, &of_lines, &between})
    if (const auto found = input_named(telling, *names)) return found;
  return std::nullopt;
}

// A UPS with one phase may name L1-N and L1-L2, too.
bool has_three_phases(const UpsTelling& telling) {
  return telling.number("input.phases").value_or(0) >= 3 || telling.find(to_neutral[1]) ||
         telling.find(of_lines[1]) || telling.find(between[1]);
}

bool is_root_3(double ratio) { return std::abs(ratio / std::numbers::sqrt3 - 1) <= root_3_share; }

// "399" is what lies between the phases of which each has 231: brought to what is measured.
double as_measured(double nominal, double highest, bool has_phases) {
  const bool may_differ = has_phases || nominal > phase_volts_max;
  if (may_differ && is_root_3(nominal / highest)) return nominal / std::numbers::sqrt3;
  if (has_phases && is_root_3(highest / nominal)) return nominal * std::numbers::sqrt3;
  return nominal;
}

struct Transfer {
  double low = 0, high = 0;
};

std::optional<Transfer> transfer_of(const UpsTelling& telling) {
  const auto low = telling.number("input.transfer.low");
  const auto high = telling.number("input.transfer.high");
  if (!low || !high || *low < transfer_volts_min || *high > transfer_volts_max || *low >= *high)
    return std::nullopt;
  return Transfer{.low = *low, .high = *high};
}

class Nominal {
 public:
  Nominal(const UpsTelling& telling, const Input& input)
      : telling_(telling), input_(input), has_phases_(has_three_phases(telling)) {
    if (auto transfer = transfer_of(telling))
      transfer_ = {.low = brought(transfer->low, *transfer),
                   .high = brought(transfer->high, *transfer)};
  }

  std::optional<double> told(std::string_view name) const {
    const auto volts = telling_.number(name);
    if (!volts || *volts < mains_volts_min || *volts > mains_volts_max) return std::nullopt;
    const double nominal = as_measured(*volts, input_.highest, has_phases_);
    // A UPS that leaves its mains at 123 V was not made for 228.
    if (transfer_ && (nominal <= transfer_->low || nominal >= transfer_->high)) return std::nullopt;
    return nominal;
  }

  std::optional<double> between_transfers() const {
    if (!transfer_) return std::nullopt;
    return (transfer_->low + transfer_->high) / 2;
  }

  double configured(double volts) const { return as_measured(volts, input_.highest, has_phases_); }

 private:
  double brought(double volts, const Transfer& transfer) const {
    const double middle = (transfer.low + transfer.high) / 2;
    return volts * as_measured(middle, input_.highest, has_phases_) / middle;
  }

  const UpsTelling& telling_;
  const Input& input_;
  bool has_phases_;
  std::optional<Transfer> transfer_;
};

}  // namespace

UpsVoltages voltages_of(const UpsTelling& telling, std::optional<double> configured) {
  const std::optional<Input> input = input_of(telling);
  UpsVoltages found{.input = {}, .nominal = {}, .nominal_source = {}};
  if (!input) return found;
  found.input = input->lowest;
  const Nominal nominal(telling, *input);
  const auto take = [&found](std::optional<double> volts, std::string_view source) {
    if (found.nominal || !volts) return;
    found.nominal = volts;
    found.nominal_source = source;
  };
  take(nominal.told("input.voltage.nominal"), "input.voltage.nominal");
  if (configured) take(nominal.configured(*configured), "nominal_voltage");
  take(nominal.told("output.voltage.nominal"), "output.voltage.nominal");
  take(nominal.between_transfers(), "input.transfer.low and .high");
  return found;
}

}  // namespace siaga
