// Is the link up, and where does the path break? Anchors answer or not, the interface has a carrier
// or not, the gateway and the first hop beyond it answer or not; this weighs it. Pure: no clock, no
// socket; the rules and the table of cases stand in docs/links.md, and a test holds that table
// against this code.
#pragma once

#include <optional>
#include <vector>

#include "agent/judge/anchor_state.h"
#include "agent/judge/link_evidence.h"
#include "agent/judge/link_statistics.h"
#include "agent/judge/loss_watch.h"
#include "agent/judge/path_evidence.h"
#include "agent/judge/ruling.h"

namespace siaga {

class LinkJudge {
 public:
  LinkJudge(LinkRules rules, std::vector<Anchor> anchors);

  void hear_anchor(std::size_t place, const AnchorRun& run);
  void hear_way(const WayOut& way, BootTime at);
  // A ping of the gateway that is no anchor: for where the path breaks only.
  void hear_gateway(const AnchorRun& run);
  // The first hop beyond the gateway: a packet whose hop limit ends there. `answered`: it said so,
  // or the anchor itself answered.
  void hear_hop(bool answered, BootTime began);
  // A full-sized packet that must not be fragmented; only when anchors answer at the same time it
  // is evidence.
  void hear_mtu(const AnchorRun& run);

  const Ruling& judge(BootTime now);
  // Where the path breaks while it is not up; none otherwise, and while it is good again and held
  // down.
  PathBreak path_break() const { return path_break_; }
  // An anchor failed for the first time, or the way changed: ask all at once. True once per reason.
  bool take_wish_to_look();

  struct View {
    // Those that count for the quorum: gateways only where nothing else is an anchor.
    std::size_t anchors_up = 0, anchors = 0;
    std::vector<bool> is_up;                // by anchor, gateways too
    std::optional<double> loss_ratio;       // of the pings in the window
    std::optional<RoundTrips> round_trips;  // in the window; nothing without answers
    std::optional<bool> is_mtu_good;        // nothing when not checked, or not known
    bool is_held_down = false;              // good again, not for long enough
    bool is_degraded = false;               // up, and losing much of what goes through it
  };
  View view(BootTime now) const;

 private:
  struct Finding {
    State state = State::pending;  // pending: undecided, what was ruled holds
    Reason reason = Reason::none;
    BootTime since{};
    std::optional<BootTime> after, by;
    bool is_degraded = false;
    std::string evidence;
  };
  struct Tally {
    std::size_t up = 0, lost = 0, waiting = 0, blind = 0;
  };
  bool counts(std::size_t place) const;
  std::size_t counted() const;
  std::size_t quorum() const;
  bool is_way_fine() const;
  Tally tally(BootTime now) const;
  bool is_quorum_answering(BootTime now) const;
  std::optional<BootTime> good_since(BootTime now) const;
  std::optional<BootTime> last_bad(BootTime until) const;
  Finding find(BootTime now) const;
  Finding without_way() const;
  Finding down(const Tally& tally) const;
  Finding without_big_packets() const;
  Finding up(BootTime now) const;
  Finding with_loss(Finding found, BootTime now);
  Finding blind(BootTime now) const;
  Finding silence(BootTime until) const;
  bool was_silent(BootTime now);
  PathBreak locate(BootTime since) const;
  void rule(const Finding& found, BootTime now);

  LinkRules rules_;
  std::vector<Anchor> anchors_;
  std::vector<AnchorState> states_;
  bool do_gateways_count_ = false;
  std::optional<WayOut> way_;
  BootTime way_changed_{};                 // to fine, or to not fine
  std::optional<BootTime> way_seen_fine_;  // last
  std::optional<BootTime> judged_at_;      // the last time
  Answers mtu_;
  PathEvidence path_;
  LinkStatistics statistics_;
  LossWatch loss_;
  Ruling ruling_;
  State judged_ = State::pending;  // the last state that was up or down
  bool is_held_down_ = false;
  PathBreak path_break_ = PathBreak::none;
  bool wishes_to_look_ = false;
};

}  // namespace siaga
