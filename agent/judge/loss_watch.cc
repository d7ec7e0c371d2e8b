#include "agent/judge/loss_watch.h"

#include <algorithm>

namespace siaga {

void LossWatch::hear(std::size_t place, const AnchorRun& run) {
  if (run.verdict == Verdict::unknown || run.sent <= 0) return;
  std::deque<Round>& rounds = rounds_.at(place);
  const auto sent = static_cast<std::size_t>(run.sent);
  rounds.push_back({.began = run.began,
                    .ended = std::max(run.began, run.ended),
                    .sent = sent,
                    .lost = sent - std::min(sent, run.round_trips.size())});
  const BootTime from = run.began - 2 * rules_.window * rules_.interval;
  while (rounds.front().began < from) rounds.pop_front();
}

void LossWatch::forget() {
  for (std::deque<Round>& rounds : rounds_) rounds.clear();
  found_.reset();
}

LossWatch::Sum LossWatch::sum(const std::deque<Round>& rounds, BootTime from) const {
  Sum sum;
  for (const Round& round : rounds) {
    if (round.began < from) continue;
    sum.sent += round.sent;
    sum.lost += round.lost;
    if (sum.first != nullptr && round.lost < round.sent) sum.is_followed = true;
    if (round.lost == 0) continue;
    ++sum.lossy;
    if (sum.first == nullptr) sum.first = &round;
  }
  return sum;
}

// All anchors that answer must lose something: one that loses alone is in trouble itself.
std::optional<LossWatch::Finding> LossWatch::beginning(BootTime now) const {
  std::size_t sent = 0, lost = 0;
  const Round* first = nullptr;
  for (const std::deque<Round>& rounds : rounds_) {
    const Sum one = sum(rounds, now - rules_.window * rules_.interval);
    if (one.sent == one.lost) continue;  // not asked, or away altogether
    if (one.lossy < 2 || !one.is_followed) return std::nullopt;
    sent += one.sent;
    lost += one.lost;
    if (first == nullptr || one.first->began < first->began) first = one.first;
  }
  const bool is_much =
      lost >= rules_.lost && static_cast<double>(lost) >= rules_.share * static_cast<double>(sent);
  if (!is_much) return std::nullopt;
  Finding found{.is_degraded = true, .since = first->began, .by = first->ended, .after = {}};
  for (const std::deque<Round>& rounds : rounds_)
    for (const Round& round : rounds)
      if (round.began < first->began && round.lost == 0)
        found.after = std::max(found.after.value_or(round.began), round.began);
  return found;
}

std::optional<LossWatch::Finding> LossWatch::end(BootTime now) const {
  const BootTime from = now - rules_.calm * rules_.interval;
  std::optional<BootTime> last_lossy, first_clean;
  for (const std::deque<Round>& rounds : rounds_)
    for (const Round& round : rounds)
      if (round.lost > 0) last_lossy = std::max(last_lossy.value_or(round.began), round.began);
  if (last_lossy && *last_lossy >= from) return std::nullopt;
  for (const std::deque<Round>& rounds : rounds_)
    for (const Round& round : rounds)
      if (!last_lossy || round.began > *last_lossy)
        first_clean = std::min(first_clean.value_or(round.ended), round.ended);
  if (!first_clean) return std::nullopt;
  return Finding{
      .is_degraded = false, .since = *first_clean, .by = *first_clean, .after = last_lossy};
}

const std::optional<LossWatch::Finding>& LossWatch::judge(BootTime now) {
  const bool is_degraded = found_ && found_->is_degraded;
  if (const auto news = is_degraded ? end(now) : beginning(now)) found_ = news;
  return found_;
}

}  // namespace siaga
