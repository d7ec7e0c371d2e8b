// Shares of time and their sums.
#include "agent/engine/share.h"

#include <algorithm>
#include <numeric>

#include "agent/core/check.h"

namespace siaga {
namespace {

constexpr std::array<std::string_view, time_class_count> class_names{"up", "down", "unknown",
                                                                     "maintenance"};
constexpr std::array<std::string_view, blind_count> blind_names{"via_down", "agent_dark",
                                                                "agent_trouble", "not_probed"};

Millis& place_of(Totals& totals, Share share) {
  switch (share.time_class) {
    case TimeClass::up: return totals.up;
    case TimeClass::down: return totals.down.at(static_cast<std::size_t>(share.cause));
    case TimeClass::unknown: return totals.unknown.at(static_cast<std::size_t>(share.blind));
    case TimeClass::maintenance: break;
  }
  return totals.maintenance;
}

Millis sum_of(const auto& parts) {
  return std::accumulate(parts.begin(), parts.end(), Millis::zero());
}

}  // namespace

std::string_view name(TimeClass time_class) {
  return class_names.at(static_cast<std::size_t>(time_class));
}
std::string_view name(Blind blind) { return blind_names.at(static_cast<std::size_t>(blind)); }

void Totals::add(Share share, Millis span) {
  CHECK(span >= Millis::zero());
  place_of(*this, share) += span;
}

void Totals::add(const Totals& other) {
  up += other.up;
  maintenance += other.maintenance;
  for (std::size_t index = 0; index < cause_count; ++index) down[index] += other.down[index];
  for (std::size_t index = 0; index < blind_count; ++index) unknown[index] += other.unknown[index];
}

Millis Totals::of(Share share) const {
  Totals copy = *this;
  return place_of(copy, share);
}

Millis Totals::down_sum() const { return sum_of(down); }
Millis Totals::unknown_sum() const { return sum_of(unknown); }
Millis Totals::sum() const { return up + down_sum() + unknown_sum() + maintenance; }

}  // namespace siaga
