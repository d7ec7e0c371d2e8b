#include "agent/judge/resolver_judge.h"

#include <algorithm>

namespace siaga {

void ResolverJudge::hear(const AnchorRun& run) {
  if (heard_ && run.began - *heard_ > stale_intervals * interval_) answers_.forget_row();
  answers_.take(run.verdict, run.began, run.ended);
  if (run.verdict != Verdict::unknown) heard_ = std::max(run.began, run.ended);
}

const Ruling& ResolverJudge::judge(BootTime now) {
  if (!heard_) return ruling_;
  Ruling found = ruling_;
  found.after.reset();
  found.by.reset();
  found.reason = Reason::none;
  if (now - *heard_ > stale_intervals * interval_) {
    found.state = State::unknown;
    found.since = *heard_;
    found.evidence = "the resolver could not be asked of late";
  } else if (answers_.failures >= confirm) {
    found.state = State::down;
    found.since = *answers_.first_bad;
    found.after = answers_.last_good;
    found.by = answers_.first_bad_ended;
    found.reason = Reason::own_resolver;
    found.evidence = "the resolver does not answer";
  } else if (answers_.is_good()) {
    found.state = State::up;
    found.since = *answers_.first_good_ended;
    found.after = answers_.last_bad;
    found.evidence = "the resolver answers";
  } else {
    return ruling_;
  }
  if (found.state == ruling_.state) return ruling_;
  if (ruling_.state != State::pending) found.since = std::max(found.since, ruling_.since);
  if (found.after) found.after = std::min(*found.after, found.since);
  return ruling_ = found;
}

}  // namespace siaga
