#include "agent/judge/self_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace siaga {

bool SelfJudge::is_way_fine() const {
  return way_->has_interface && way_->has_carrier && way_->has_address;
}

void SelfJudge::hear_way(const WayOut& way, BootTime at) {
  if (way_ == way) return;
  const bool is_first = !way_.has_value(), was_fine = way_ && is_way_fine();
  const bool is_new_path = is_first || way_->gateway != way.gateway ||
                           way_->has_route != way.has_route || way_->interface != way.interface;
  way_ = way;
  wishes_to_look_ = true;
  if (is_first || was_fine != is_way_fine()) {
    way_changed_ = at;
    is_first_way_ = is_first;
    gateway_answers_.forget_row();
  }
  if (!is_new_path) return;
  gateway_since_ = at;
  gateway_answers_ = {};
  is_gateway_missing_ = false;
  last_beyond_.reset();
}

void SelfJudge::hear_gateway(const AnchorRun& run) {
  // It speaks of another gateway, or of a time without a way out.
  if (!way_ || run.began < std::max(gateway_since_, way_changed_)) return;
  const bool was_failing = gateway_answers_.failures > 0;
  gateway_answers_.take(run.verdict, run.began, run.ended);
  if (run.verdict == Verdict::unknown) return;
  is_gateway_missing_ = run.verdict == Verdict::failed && run.reason == Reason::host_unreachable;
  if (!was_failing && gateway_answers_.failures == 1) wishes_to_look_ = true;
}

// Takes back the failures before it.
void SelfJudge::hear_beyond(BootTime began, BootTime ended) {
  if (!way_ || began < std::max(gateway_since_, way_changed_)) return;
  if (!last_beyond_ || began >= *last_beyond_) {
    last_beyond_ = began;
    last_beyond_ended_ = std::max(began, ended);
  }
  if (gateway_answers_.failures > 0 && *gateway_answers_.last_bad <= began)
    gateway_answers_.forget_row();
}

const Ruling& SelfJudge::interface(BootTime now) {
  if (!way_) return interface_;
  const bool is_awaited = is_way_fine() && !is_first_way_ && now - way_changed_ < rules_.neighbours;
  if (is_awaited) return interface_;
  const std::string_view what = !way_->has_interface ? "is not there, or is down"
                                : !way_->has_carrier ? "has no carrier"
                                : !way_->has_address ? "has no address"
                                                     : "is up";
  const std::string name = way_->interface.empty() ? "of this host" : way_->interface;
  rule(interface_,
       {.state = is_way_fine() ? State::up : State::down,
        .since = way_changed_,
        .after = way_changed_ - rules_.carrier,
        .evidence = fmt::format("interface {} {}", name, what)},
       Reason::own_interface, now);
  return interface_;
}

SelfJudge::Finding SelfJudge::lost_gateway() const {
  std::optional<BootTime> after = gateway_answers_.last_good;
  if (last_beyond_ && (!after || *last_beyond_ > *after)) after = last_beyond_;
  return {.state = State::down,
          .since = *gateway_answers_.first_bad,
          .after = after,
          .by = gateway_answers_.first_bad_ended,
          .evidence = fmt::format("gateway {} does not answer{}", to_string(*way_->gateway),
                                  is_gateway_missing_ ? ", not even to ARP" : "")};
}

SelfJudge::Finding SelfJudge::find_gateway() const {
  if (!is_way_fine())
    return {.state = State::unknown,
            .since = way_changed_,
            .after = {},
            .evidence = "there is no interface to see it through"};
  const BootTime since = std::max(gateway_since_, way_changed_);
  if (!way_->has_route)
    return {.state = State::unknown, .since = since, .after = {}, .evidence = "no default route"};
  if (!way_->gateway)
    return {
        .state = State::up, .since = since, .after = {}, .evidence = "no gateway is in the way"};
  const Answers& answers = gateway_answers_;
  if (answers.failures >= rules_.confirm && (answers.last_good || is_gateway_missing_))
    return lost_gateway();
  std::optional<BootTime> good;
  if (answers.is_good() && *answers.first_good >= since &&
      (!answers.last_bad || *answers.last_good > *answers.last_bad))
    good = answers.first_good_ended;
  else if (answers.failures == 0 && last_beyond_ && *last_beyond_ >= since)
    good = last_beyond_ended_;
  const bool is_silent =
      !answers.last_good && !is_gateway_missing_ && answers.failures >= rules_.silent;
  if (!good && is_silent && gateway_.state == State::unknown) good = answers.last_bad;
  if (!good) return {.after = {}, .evidence = {}};
  return {.state = State::up,
          .since = *good,
          .after = answers.last_bad,
          .evidence = fmt::format("gateway {} works", to_string(*way_->gateway))};
}

// When nobody judged for longer than a word stands, nobody saw what was in between.
SelfJudge::Finding SelfJudge::unheard_gateway(BootTime now) {
  const std::optional<BootTime> before = std::exchange(judged_at_, now);
  if (!before || now - *before <= rules_.stands) return {.after = {}, .by = {}, .evidence = {}};
  gateway_answers_.forget_row();
  return {.state = State::unknown,
          .since = *before,
          .after = {},
          .by = {},
          .evidence = "the agent stood still"};
}

const Ruling& SelfJudge::gateway(BootTime now) {
  if (!way_) return gateway_;
  Finding found = unheard_gateway(now);
  if (found.state == State::pending) found = find_gateway();
  if (found.state != State::pending) rule(gateway_, found, Reason::own_gateway, now);
  return gateway_;
}

void SelfJudge::rule(Ruling& ruling, const Finding& found, Reason reason, BootTime now) {
  ruling.evidence = found.evidence;
  if (ruling.state == found.state) return;
  const BootTime since =
      ruling.state == State::pending ? found.since : std::max(found.since, ruling.since);
  ruling.state = found.state;
  ruling.since = std::min(since, now);
  ruling.after = found.after;
  ruling.by = found.by;
  if (ruling.after) ruling.after = std::min(*ruling.after, ruling.since);
  ruling.reason = found.state == State::down ? reason : Reason::none;
}

bool SelfJudge::take_wish_to_look() { return std::exchange(wishes_to_look_, false); }

}  // namespace siaga
