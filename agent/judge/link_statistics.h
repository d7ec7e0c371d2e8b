// Loss, round trips and jitter of a link's anchors over a sliding window. Pure.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "agent/judge/link_evidence.h"

namespace siaga {

// Of answers; quantiles by nearest rank.
struct RoundTrips {
  Duration min{}, p50{}, p95{}, p99{}, max{};
  Duration jitter{};  // mean difference of neighbours of one anchor (RFC 3550, 6.4.1, unsmoothed)
};

class LinkStatistics {
 public:
  LinkStatistics(std::size_t anchors, Millis window) : runs_(anchors), window_(window) {}

  void hear(std::size_t place, const AnchorRun& run);
  std::optional<double> loss_ratio(BootTime now) const;
  std::optional<RoundTrips> round_trips(BootTime now) const;

 private:
  struct Run {
    BootTime began{};
    int sent = 0;
    std::vector<Duration> round_trips;
  };
  bool is_in(const Run& run, BootTime now) const { return now - run.began <= window_; }

  std::vector<std::deque<Run>> runs_;  // by anchor, ascending
  Millis window_;
};

}  // namespace siaga
