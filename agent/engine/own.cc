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
  last_run_ = row_ = {};
  failures_ = successes_ = 0;
  judged_ = State::pending;
  was_blind_ = false;
  doubt_.reset();
  change({.from = now.at, .earliest = now, .latest = now});
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
  if (same == 1 || was_blind_) row_ = evidence;
}

// To up or down, by the row that led there. That a name can be resolved was seen when it was
// resolved, however long its answer is good for.
OwnChange Own::turned(State to, Reason reason) const {
  const bool is_up = to == State::up;
  const bool is_by_name = !is_up && cause(reason) == Cause::dns;
  return {.from = is_up ? row_.ended.at : row_.began.at,
          .earliest = is_up        ? last_bad_
                      : is_by_name ? std::min(last_good_, last_named_)
                                   : last_good_,
          .latest = row_.ended,
          .state = to,
          .reason = reason,
          .blind = {}};
}

void Own::take(const Evidence& given) {
  Evidence evidence = given;
  evidence.ended = std::max(evidence.began, evidence.ended);
  if (!evidence.named.is_set()) evidence.named = evidence.began;
  pass(evidence.began.at);
  const bool is_blind = evidence.verdict == Verdict::unknown;
  if (!is_blind) count(evidence);
  const State from = state();
  const State to = next(evidence.verdict);
  const bool is_news = to != from || (to == State::down && evidence.verdict == Verdict::failed &&
                                      changes_.back().reason != evidence.reason);
  if (is_blind && (to != from || changes_.back().blind != evidence.blind)) {
    // A failure that was not confirmed before the agent went blind stays undecided.
    change({.from = doubt_.value_or(std::max(evidence.began, evidence.hidden).at),
            .earliest = last_run_.began,
            .latest = evidence.ended,
            .state = to,
            .reason = evidence.reason,
            .blind = evidence.blind});
  } else if (to != from) {
    change(turned(to, evidence.reason));
  } else if (is_news && cause(evidence.reason) == cause(changes_.back().reason)) {
    changes_.back().reason = evidence.reason;  // from timing out to refusing: the latest evidence
  } else if (is_news) {
    change({.from = evidence.began.at,
            .earliest = last_bad_,
            .latest = evidence.ended,
            .state = to,
            .reason = evidence.reason,
            .blind = {}});
  }
  if (to == State::up || to == State::down) judged_ = to;
  if (evidence.verdict == Verdict::ok) {
    last_good_ = evidence.began;
    last_named_ = evidence.named;
  }
  if (evidence.verdict == Verdict::failed)
    last_bad_ = cause(evidence.reason) == Cause::dns ? evidence.named : evidence.began;
  last_run_ = evidence;
  was_blind_ = is_blind;
  const bool speaks_against = (evidence.verdict == Verdict::failed && to != State::down) ||
                              (evidence.verdict == Verdict::ok && to != State::up);
  if (speaks_against) doubt_ = std::max(row_.began.at, changes_.back().from);
  else doubt_.reset();
}

// The last moment of which something else is known than what is wanted.
Stamp Own::last_known(const OwnChange& wanted) const {
  if (wanted.state == State::unknown) return {.boot = since_.boot, .at = wanted.from};
  if (state() == State::unknown && judged_ != State::pending) return changes_.back().earliest;
  return wanted.state == State::up ? last_bad_ : last_good_;
}

void Own::judge(OwnChange wanted) {
  const OwnChange& last = changes_.back();
  const bool is_same = wanted.state == last.state && wanted.reason == last.reason &&
                       wanted.is_degraded == last.is_degraded;
  if (!wanted.earliest.is_set()) wanted.earliest = last_known(wanted);
  const bool is_known = wanted.state == State::up || wanted.state == State::down;
  if (wanted.state == State::up) last_good_ = {.boot = since_.boot, .at = wanted.from};
  if (wanted.state == State::down) last_bad_ = {.boot = since_.boot, .at = wanted.from};
  if (!is_same) change(wanted);
  if (is_known) judged_ = wanted.state;
}

bool Own::pass(BootTime now) {
  if (rules_.stale_after <= Millis::zero() || !last_run_.began.is_set()) return false;
  if (state() == State::pending || now - last_run_.began.at <= rules_.stale_after) return false;
  if (state() == State::unknown && changes_.back().blind == Blind::not_probed) return false;
  // A failure that was seen stays seen, for however short a time.
  const BootTime seen = changes_.back().from + Millis(state() == State::down ? 1 : 0);
  change({.from = std::max(doubt_.value_or(last_run_.ended.at), seen),
          .earliest = last_run_.began,
          .latest = last_run_.ended,
          .state = State::unknown,
          .reason = Reason::none,
          .blind = Blind::not_probed});
  was_blind_ = true;
  doubt_.reset();
  return true;
}

// Changes only ever are in order: evidence from before the last one counts from there.
void Own::change(OwnChange fresh) {
  fresh.from = std::max(fresh.from, changes_.back().from);
  const Stamp from{.boot = since_.boot, .at = fresh.from};
  fresh.earliest = std::min(fresh.earliest, from);
  fresh.latest = std::max(fresh.latest, from);
  if (changes_.back().from == fresh.from) changes_.back() = fresh;
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
  return last_run_.began.is_set() ? std::max(last_run_.began.at, last.from) : last.from;
}

BootTime Own::heard_until(BootTime now) const {
  return doubt_ ? *doubt_ : std::max(known_until(now), now - rules_.run_max);
}

}  // namespace siaga
