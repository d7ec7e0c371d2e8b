#include "agent/engine/histogram.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace siaga {
namespace {

constexpr std::array<double, 12> probe_durations{0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                 0.5,   1,    2.5,   5,    10,  30};

constexpr std::array<double, 20> doubled_from_50_us() {
  std::array<double, 20> bounds{};
  double bound = 50e-6;
  for (double& slot : bounds) {
    slot = bound;
    bound *= 2;
  }
  return bounds;
}
constexpr auto round_trips = doubled_from_50_us();

}  // namespace

const std::span<const double> probe_duration_bounds{probe_durations};
const std::span<const double> round_trip_bounds{round_trips};

void Histogram::observe(Duration duration) {
  const double value = seconds(duration);
  const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
  ++counts_[static_cast<std::size_t>(bucket)];
  sum_seconds_ += value;
}

std::uint64_t Histogram::count() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

}  // namespace siaga
