// The state machine of docs/outages.md, "A target's own state".
#include "agent/engine/own.h"

#include <algorithm>

namespace siaga {

Own::Own(Rules rules, Stamp since, Stamp last_good, Stamp last_bad)
    : rules_(rules), last_good_(last_good), last_bad_(last_bad), since_(since) {
  changes_.push_back({.from = since.at, .earliest = since});
}

void Own::restart(Rules rules, Stamp now) {
  rules_ = rules;
  since_ = now;
  last_run_ = row_began_ = {};
  failures_ = successes_ = 0;
  judged_ = State::pending;
  was_blind_ = false;
  doubt_.reset();
  change(now.at, now, State::pending, Reason::none, Blind::not_probed);
}

// The state that the counts and this verdict lead to. What the agent could not see in between
// neither confirms nor clears anything.
State Own::next(Verdict verdict) const {
  if (verdict == Verdict::unknown) return State::unknown;
  const bool is_ok = verdict == Verdict::ok;
  if (judged_ == State::down) {
    if (!is_ok) return State::down;
    return successes_ >= rules_.recover ? State::up : state();
  }
  if (is_ok) return State::up;
  return failures_ >= rules_.confirm ? State::down : state();
}

void Own::count(const Evidence& evidence) {
  const bool is_ok = evidence.verdict == Verdict::ok;
  std::uint32_t& same = is_ok ? successes_ : failures_;
  std::uint32_t& other = is_ok ? failures_ : successes_;
  other = 0;
  ++same;
  // What the agent could not see does not date a state, although the counts go on.
  if (same == 1 || was_blind_) row_began_ = evidence.began;
}

void Own::take(const Evidence& evidence) {
  pass(evidence.began.at);
  const bool is_blind = evidence.verdict == Verdict::unknown;
  if (!is_blind) count(evidence);
  const State from = state();
  const State to = next(evidence.verdict);
  const bool is_news = to != from || (to == State::down && evidence.verdict == Verdict::failed &&
                                      changes_.back().reason != evidence.reason);
  if (is_blind && (to != from || changes_.back().blind != evidence.blind)) {
    // A failure that was not confirmed before the agent went blind stays undecided.
    change(doubt_.value_or(evidence.began.at), last_run_, to, evidence.reason, evidence.blind);
  } else if (to != from) {
    change(row_began_.at, to == State::up ? last_bad_ : last_good_, to, evidence.reason, {});
  } else if (is_news && cause(evidence.reason) == cause(changes_.back().reason)) {
    changes_.back().reason = evidence.reason;  // from timing out to refusing: the latest evidence
  } else if (is_news) {
    change(evidence.began.at, last_bad_, to, evidence.reason, {});
  }
  if (to == State::up || to == State::down) judged_ = to;
  if (evidence.verdict == Verdict::ok) last_good_ = evidence.began;
  if (evidence.verdict == Verdict::failed) last_bad_ = evidence.began;
  last_run_ = evidence.began;
  was_blind_ = is_blind;
  const bool speaks_against = (evidence.verdict == Verdict::failed && to != State::down) ||
                              (evidence.verdict == Verdict::ok && to != State::up);
  if (speaks_against) doubt_ = std::max(row_began_.at, changes_.back().from);
  else doubt_.reset();
}

void Own::judge(const OwnChange& wanted) {
  if (wanted.state == State::up) last_good_ = {.boot = since_.boot, .at = wanted.from};
  if (wanted.state == State::down) last_bad_ = {.boot = since_.boot, .at = wanted.from};
  if (wanted.state == state() && wanted.reason == changes_.back().reason) return;
  change(wanted.from, wanted.earliest, wanted.state, wanted.reason, wanted.blind);
}

void Own::pass(BootTime now) {
  if (rules_.stale_after <= Millis::zero() || !last_run_.is_set()) return;
  if (state() == State::pending || now - last_run_.at <= rules_.stale_after) return;
  if (state() == State::unknown && changes_.back().blind == Blind::not_probed) return;
  change(last_run_.at + rules_.stale_after, last_run_, State::unknown, Reason::none,
         Blind::not_probed);
  was_blind_ = true;
  doubt_.reset();
}

// Changes only ever are in order: evidence from before the last one counts from there.
void Own::change(BootTime from, Stamp earliest, State state, Reason reason, Blind blind) {
  from = std::max(from, changes_.back().from);
  if (earliest.boot == since_.boot) earliest.at = std::min(earliest.at, from);
  const OwnChange fresh{
      .from = from, .earliest = earliest, .state = state, .reason = reason, .blind = blind};
  if (changes_.back().from == from) changes_.back() = fresh;
  else changes_.push_back(fresh);
}

void Own::forget(BootTime until) {
  auto keep = changes_.begin();
  while (keep + 1 != changes_.end() && (keep + 1)->from <= until) ++keep;
  changes_.erase(changes_.begin(), keep);
}

BootTime Own::known_until(BootTime now) const {
  if (doubt_) return *doubt_;
  const OwnChange& last = changes_.back();
  const bool is_unprobed = last.state == State::pending || last.blind == Blind::not_probed;
  const bool is_waiting = last.state == State::pending || last.state == State::unknown;
  // A run that began before may still be under way; its deadline may be extended once.
  if (is_waiting && is_unprobed) return std::max(last.from, now - rules_.run_max);
  return last_run_.is_set() ? std::max(last_run_.at, last.from) : last.from;
}

BootTime Own::heard_until(BootTime now) const {
  return doubt_ ? *doubt_ : std::max(known_until(now), now - rules_.run_max);
}

}  // namespace siaga
