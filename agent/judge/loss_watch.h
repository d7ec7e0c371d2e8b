// Is a link that is up degraded: do packets get lost on it, and how many? A link that loses all of
// them is down, and an anchor that answers nothing is that anchor's trouble: only what answers in
// part says something. Pure; the rule stands in docs/links.md.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "agent/judge/link_evidence.h"

namespace siaga {

struct LossRules {
  Millis interval = std::chrono::seconds(10);  // how often each anchor is asked
  int window = 6;                              // intervals that are looked at
  int calm = 4;                                // intervals without any loss, and it is over
  double share = 0.1;                          // of the packets of the window, at least
  std::size_t lost = 3;                        // packets, at least
  bool operator==(const LossRules&) const = default;
};

class LossWatch {
 public:
  LossWatch(std::size_t anchors, LossRules rules) : rules_(rules), rounds_(anchors) {}

  // A round of pings; other kinds of anchors say nothing of loss.
  void hear(std::size_t place, const AnchorRun& run);
  // The link was down, or nobody looked: what was lost then says nothing.
  void forget();

  // Since when it is degraded, or is not any more, with bounds.
  struct Finding {
    bool is_degraded = false;
    BootTime since{}, by{};
    std::optional<BootTime> after;
  };
  // None while nothing has changed yet, or all was forgotten.
  const std::optional<Finding>& judge(BootTime now);

 private:
  struct Round {
    BootTime began{}, ended{};
    std::size_t sent = 0, lost = 0;
  };
  // Of one anchor in the window; `first` is its first round with a loss.
  struct Sum {
    std::size_t sent = 0, lost = 0;
    const Round* first = nullptr;
    int lossy = 0;             // rounds; one alone is the edge of a cut
    bool is_followed = false;  // something came through after the first of them
  };
  Sum sum(const std::deque<Round>& rounds, BootTime from) const;
  std::optional<Finding> beginning(BootTime now) const;
  std::optional<Finding> end(BootTime now) const;

  LossRules rules_;
  std::vector<std::deque<Round>> rounds_;  // by anchor, ascending
  std::optional<Finding> found_;
};

}  // namespace siaga
