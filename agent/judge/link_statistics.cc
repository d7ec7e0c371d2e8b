#include "agent/judge/link_statistics.h"

#include <algorithm>
#include <cmath>

#include "agent/core/limits.h"

namespace siaga {
namespace {

Duration quantile(const std::vector<Duration>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

}  // namespace

void LinkStatistics::hear(std::size_t place, const AnchorRun& run) {
  if (run.verdict == Verdict::unknown) return;
  std::deque<Run>& runs = runs_.at(place);
  runs.push_back({.began = run.began, .sent = run.sent, .round_trips = run.round_trips});
  while (!is_in(runs.front(), run.began) || runs.size() > limits::link_window_runs)
    runs.pop_front();
}

std::optional<double> LinkStatistics::loss_ratio(BootTime now) const {
  std::size_t sent = 0, answered = 0;
  for (const std::deque<Run>& runs : runs_) {
    for (const Run& run : runs) {
      if (run.sent <= 0 || !is_in(run, now)) continue;
      sent += static_cast<std::size_t>(run.sent);
      answered += std::min(run.round_trips.size(), static_cast<std::size_t>(run.sent));
    }
  }
  if (sent == 0) return std::nullopt;
  return static_cast<double>(sent - answered) / static_cast<double>(sent);
}

std::optional<RoundTrips> LinkStatistics::round_trips(BootTime now) const {
  std::vector<Duration> all;
  Duration differences{};
  std::int64_t pairs = 0;
  for (const std::deque<Run>& runs : runs_) {
    std::optional<Duration> last;
    for (const Run& run : runs) {
      if (!is_in(run, now)) continue;
      for (const Duration trip : run.round_trips) {
        all.push_back(trip);
        if (last) {
          differences += std::chrono::abs(trip - *last);
          ++pairs;
        }
        last = trip;
      }
    }
  }
  if (all.empty()) return std::nullopt;
  std::ranges::sort(all);
  return RoundTrips{.min = all.front(),
                    .p50 = quantile(all, 0.5),
                    .p95 = quantile(all, 0.95),
                    .p99 = quantile(all, 0.99),
                    .max = all.back(),
                    .jitter = pairs > 0 ? differences / pairs : Duration::zero()};
}

}  // namespace siaga
