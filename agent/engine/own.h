// What a node's own evidence says: the state machine that turns the outcomes of one target's runs,
// or a judge's word on a link or the mains, into dated changes. Knows nothing of other nodes.
#pragma once

#include <optional>
#include <vector>

#include "agent/core/outcome.h"
#include "agent/core/stamp.h"
#include "agent/engine/share.h"
#include "agent/engine/snapshot.h"

namespace siaga {

// From `from` on the node's own state counts as this. The change happened after `earliest` (the
// last evidence of the state before, from the beginning of its run; not set: there was none) and by
// `latest` (the end of the run that brought the first evidence; not set: `from`). A failure counts
// from the beginning of its run, a success from the end.
struct OwnChange {
  BootTime from{};
  Stamp earliest, latest;
  State state = State::pending;  // pending, up, down or unknown
  Reason reason = Reason::none;
  Blind blind = Blind::not_probed;  // while pending or unknown
  bool is_degraded = false;         // up, and losing much of what goes through it

  bool operator==(const OwnChange&) const = default;
};

// What a run says to the state machine.
struct Evidence {
  Verdict verdict = Verdict::unknown;
  Reason reason = Reason::none;
  Blind blind = Blind::agent_trouble;  // with Verdict::unknown
  Stamp began, ended;                  // of the run; `ended` not set: it took no time
  Stamp hidden;  // with Verdict::unknown: since when it could not be seen; not set: `began`
  Stamp named;   // when the answer for its name was had; not set: in the run, or without a name
};

class Own {
 public:
  struct Rules {
    std::int64_t confirm = 2, recover = 1;
    Millis stale_after{};  // without a run for longer, the node is not probed; 0: never
    Millis run_max{};      // how long a run may be under way
  };

  // Pending from `since` on. `last_good` and `last_bad`: evidence from before a restart.
  Own(Rules rules, Stamp since, Stamp last_good = {}, Stamp last_bad = {});

  // A run's evidence, in the order in which runs began.
  void take(const Evidence& evidence);
  // A judge's word, confirmed already: holds from `from` on, which may lie back. Without `earliest`
  // the change came after the last that is known of the state before.
  void judge(OwnChange wanted);
  // Time passes: without runs for too long, nobody has seen what was since the last one. True when
  // that is news.
  bool pass(BootTime now);
  // Another probe begins from nothing; what was known of the target stays behind.
  void restart(Rules rules, Stamp now);
  // Forgets changes that ended before `until`; the one that holds then stays.
  void forget(BootTime until);

  // Ascending, at least one; the last holds now.
  const std::vector<OwnChange>& changes() const { return changes_; }
  State state() const { return changes_.back().state; }
  // Since when unconfirmed runs speak against the state; not set when they do not.
  std::optional<BootTime> doubt() const { return doubt_; }
  // Up to here nothing that a later run says can change anything.
  BootTime known_until(BootTime now) const;
  // The same for those who do not wait for a next run: none that is still to be heard of began
  // before.
  BootTime heard_until(BootTime now) const;
  std::uint32_t failures_in_a_row() const { return failures_; }
  std::uint32_t successes_in_a_row() const { return successes_; }
  Stamp last_good() const { return last_good_; }

 private:
  State next(Verdict verdict) const;
  void count(const Evidence& evidence);
  OwnChange turned(State to, Reason reason) const;
  Stamp last_known(const OwnChange& wanted) const;
  void change(OwnChange fresh);

  Rules rules_;
  std::vector<OwnChange> changes_;
  State judged_ = State::pending;  // the last state that was up or down
  std::uint32_t failures_ = 0, successes_ = 0;
  Evidence row_;  // the first run of the equal verdicts in a row
  Evidence last_run_;
  Stamp last_good_, last_bad_;  // beginnings of runs
  Stamp last_named_;            // when the name that the last good run used was resolved
  Stamp since_;                 // of the pending beginning
  bool was_blind_ = false;      // the last run saw nothing
  std::optional<BootTime> doubt_;
};

}  // namespace siaga
