#include "agent/judge/anchor_state.h"

#include <algorithm>

namespace siaga {
namespace {}  // namespace

void AnchorState::take(const AnchorRun& run, const LinkRules& rules) {
  if (run.began < asked_since) return;
  if (told && run.began - *told > anchor_stale_intervals * rules.interval) answers.forget_row();
  answers.take(run.verdict, run.began, run.ended);
  if (run.verdict == Verdict::unknown) {
    if (!blind) blind = run.began;
    return;
  }
  told = run.began;
  blind.reset();
}

void AnchorState::start_over(BootTime at) {
  answers.forget_row();
  asked_since = at;
  waiting_since = at;
  told.reset();
  blind.reset();
}

AnchorWord AnchorState::word(const LinkRules& rules, BootTime now) const {
  const BootTime heard = told.value_or(waiting_since.value_or(now));
  if (now - heard > anchor_stale_intervals * rules.interval) return AnchorWord::unknown;
  if (!told) return AnchorWord::waiting;
  if (answers.failures >= rules.confirm) return AnchorWord::lost;
  const bool answered = answers.last_good && *answers.last_good >= asked_since;
  return answered ? AnchorWord::up : AnchorWord::waiting;
}

BootTime AnchorState::known_until(BootTime now) const {
  return std::min({now, blind.value_or(now), told.value_or(waiting_since.value_or(now))});
}

}  // namespace siaga
