// A cumulative histogram of durations with fixed bounds.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/core/time.h"

namespace siaga {

// Upper bounds in seconds, ascending, without +Inf.
extern const std::span<const double> probe_duration_bounds;  // 5 ms to 30 s
extern const std::span<const double>
    round_trip_bounds;  // 50 us, doubled up to 26.2144 s: smokeping_prober's

class Histogram {
 public:
  explicit Histogram(std::span<const double> bounds)
      : bounds_(bounds), counts_(bounds.size() + 1) {}

  void observe(Duration duration);

  std::span<const double> bounds() const { return bounds_; }
  // One per bound and one for +Inf; not cumulative.
  std::span<const std::uint32_t> counts() const { return counts_; }
  std::uint64_t count() const;
  double sum_seconds() const { return sum_seconds_; }

 private:
  std::span<const double> bounds_;
  std::vector<std::uint32_t> counts_;
  double sum_seconds_ = 0;
};

}  // namespace siaga
