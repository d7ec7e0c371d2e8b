#include "agent/judge/link_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace siaga {

std::string_view name(PathBreak at) {
  constexpr std::array<std::string_view, path_break_count> names{"none", "interface", "gateway",
                                                                 "isp", "beyond"};
  return names.at(static_cast<std::size_t>(at));
}

LinkJudge::LinkJudge(LinkRules rules, std::vector<Anchor> anchors)
    : rules_(rules),
      anchors_(std::move(anchors)),
      states_(anchors_.size()),
      do_gateways_count_(std::ranges::all_of(
          anchors_, [](const Anchor& anchor) { return anchor.role == AnchorRole::gateway; })),
      path_(std::max<std::int64_t>(rules_.confirm, 1), rules_.interval),
      statistics_(anchors_.size(), rules_.window),
      loss_(anchors_.size(), {.interval = rules_.interval}) {
  rules_.confirm = std::max<std::int64_t>(rules_.confirm, 1);
}

// A gateway that answers says nothing of what is behind it.
bool LinkJudge::counts(std::size_t place) const {
  return do_gateways_count_ || anchors_[place].role != AnchorRole::gateway;
}

std::size_t LinkJudge::counted() const {
  std::size_t count = 0;
  for (std::size_t place = 0; place < anchors_.size(); ++place) count += counts(place) ? 1U : 0U;
  return count;
}

std::size_t LinkJudge::quorum() const {
  return std::clamp<std::size_t>(rules_.quorum, 1, std::max<std::size_t>(counted(), 1));
}

void LinkJudge::hear_anchor(std::size_t place, const AnchorRun& run) {
  if (place >= anchors_.size()) return;
  // Without a way out, none can answer.
  if (run.verdict == Verdict::failed && !is_way_fine()) return;
  AnchorState& state = states_[place];
  const bool was_good = state.answers.is_good();
  state.take(run, rules_);
  if (was_good && state.answers.failures == 1) wishes_to_look_ = true;
  if (anchors_[place].role == AnchorRole::gateway) path_.hear_gateway(run);
  else path_.hear_beyond(run);
  if (!counts(place)) return;
  statistics_.hear(place, run);
  loss_.hear(place, run);
}

void LinkJudge::hear_gateway(const AnchorRun& run) { path_.hear_gateway(run); }

void LinkJudge::hear_hop(bool answered, BootTime began) { path_.hear_hop(answered, began); }

// While small packets are lost, too, the size is not to blame.
void LinkJudge::hear_mtu(const AnchorRun& run) {
  if (run.verdict == Verdict::failed && !is_quorum_answering(run.began)) return;
  const bool was_good = mtu_.is_good();
  mtu_.take(run.verdict, run.began, run.ended);
  if (was_good && mtu_.failures == 1) wishes_to_look_ = true;
}

bool LinkJudge::is_way_fine() const {
  return !way_ || (way_->has_interface && way_->has_carrier && way_->has_address);
}

void LinkJudge::hear_way(const WayOut& way, BootTime at) {
  const bool was_fine = is_way_fine(), is_news = way_ != way;
  if (way_ && was_fine) way_seen_fine_ = at;
  way_ = way;
  path_.set_gateway(way.gateway);
  if (is_way_fine()) way_seen_fine_ = at;
  if (!is_news) return;
  wishes_to_look_ = true;
  if (was_fine == is_way_fine()) return;
  way_changed_ = at;
  for (AnchorState& state : states_) state.start_over(at);
  mtu_.forget_row();
}

LinkJudge::Tally LinkJudge::tally(BootTime now) const {
  Tally tally;
  for (std::size_t place = 0; place < states_.size(); ++place) {
    if (!counts(place)) continue;
    switch (states_[place].word(rules_, now)) {
      case AnchorWord::up: ++tally.up; break;
      case AnchorWord::lost: ++tally.lost; break;
      case AnchorWord::waiting: ++tally.waiting; break;
      case AnchorWord::unknown: break;
    }
    if (states_[place].blind) ++tally.blind;
  }
  return tally;
}

// When so many had answered in a row, each, as the quorum wants; nothing while too few do.
std::optional<BootTime> LinkJudge::good_since(BootTime now) const {
  std::vector<BootTime> rows;
  rows.reserve(states_.size());
  for (std::size_t place = 0; place < states_.size(); ++place) {
    const AnchorState& state = states_[place];
    if (counts(place) && state.answers.is_good() && state.word(rules_, now) == AnchorWord::up)
      rows.push_back(*state.answers.first_good_ended);
  }
  if (rows.size() < quorum()) return std::nullopt;
  std::ranges::sort(rows);
  return rows[quorum() - 1];
}

bool LinkJudge::is_quorum_answering(BootTime now) const { return good_since(now).has_value(); }

std::optional<BootTime> LinkJudge::last_bad(BootTime until) const {
  std::optional<BootTime> last;
  for (std::size_t place = 0; place < states_.size(); ++place) {
    const std::optional<BootTime> bad = states_[place].answers.last_bad;
    if (counts(place) && bad && *bad <= until && (!last || *bad > *last)) last = bad;
  }
  return last;
}

LinkJudge::Finding LinkJudge::find(BootTime now) const {
  if (!is_way_fine()) return without_way();
  const Tally tally = this->tally(now);
  if (tally.blind > 0 && tally.blind == counted()) return blind(now);
  if (tally.lost > counted() - quorum()) return down(tally);
  // After a cut only rows without a failure count, so that one that flaps stays down.
  if (judged_ == State::down ? is_quorum_answering(now) : tally.up >= quorum()) {
    const bool is_mtu_lost = rules_.checks_mtu && mtu_.failures >= rules_.confirm;
    return is_mtu_lost ? without_big_packets() : up(now);
  }
  if (tally.waiting > 0 || tally.up >= quorum()) return {.after = {}, .evidence = {}};
  return blind(now);
}

LinkJudge::Finding LinkJudge::without_way() const {
  const std::string_view what = !way_->has_interface ? "is not there, or is down"
                                : !way_->has_carrier ? "has no carrier"
                                                     : "has no address";
  Finding found{.state = rules_.owns_interface ? State::down : State::unknown,
                .reason = rules_.owns_interface ? Reason::link_no_carrier : Reason::none,
                .since = way_changed_,
                .after = way_seen_fine_,
                .evidence = fmt::format("interface {} {}", way_->interface, what)};
  for (const AnchorState& state : states_) {
    const std::optional<BootTime> good = state.answers.last_good;
    if (good && *good <= way_changed_ && (!found.after || *good > *found.after)) found.after = good;
  }
  return found;
}

// Dated to the first failure of the anchor whose loss took it below its quorum.
LinkJudge::Finding LinkJudge::down(const Tally& tally) const {
  std::vector<std::pair<BootTime, BootTime>> rows;
  rows.reserve(states_.size());
  for (std::size_t place = 0; place < states_.size(); ++place) {
    const Answers& answers = states_[place].answers;
    if (counts(place) && answers.failures >= rules_.confirm)
      rows.emplace_back(*answers.first_bad, *answers.first_bad_ended);
  }
  std::ranges::sort(rows);
  const auto& [began, ended] = rows[counted() - quorum()];
  Finding found{.state = State::down,
                .reason = Reason::link_down,
                .since = began,
                .after = {},
                .by = ended,
                .evidence = fmt::format("{} of {} anchors lost", tally.lost, counted())};
  for (std::size_t place = 0; place < states_.size(); ++place) {
    const Answers& answers = states_[place].answers;
    const std::optional<BootTime> good = answers.last_good;
    if (counts(place) && answers.failures >= rules_.confirm && good && *good <= found.since &&
        (!found.after || *good > *found.after))
      found.after = good;
  }
  return found;
}

LinkJudge::Finding LinkJudge::without_big_packets() const {
  return {.state = State::down,
          .reason = Reason::link_mtu,
          .since = *mtu_.first_bad,
          .after = mtu_.last_good,
          .by = mtu_.first_bad_ended,
          .evidence = "anchors answer, packets of the wanted size are lost"};
}

LinkJudge::Finding LinkJudge::up(BootTime now) const {
  const std::optional<BootTime> good = good_since(now);
  Finding found{.state = State::up, .since = now, .after = {}, .evidence = {}};
  // Without a row each, some have one failure that is not confirmed: they were up all the time.
  if (good) found.since = *good;
  else if (ruling_.state != State::up) return {.after = {}, .evidence = {}};
  if (rules_.checks_mtu && ruling_.reason == Reason::link_mtu && mtu_.first_good)
    found.since = std::max(found.since, *mtu_.first_good_ended);
  found.after = last_bad(found.since);
  const Tally tally = this->tally(now);
  found.evidence = fmt::format("{} of {} anchors answer", tally.up, counted());
  return found;
}

// While it is up and nothing else is new: does it lose packets, and since when?
LinkJudge::Finding LinkJudge::with_loss(Finding found, BootTime now) {
  if (found.state == State::down || found.state == State::unknown) loss_.forget();
  if (found.state != State::up) return found;
  const std::optional<LossWatch::Finding>& loss = loss_.judge(now);
  if (!loss) return found;
  found.is_degraded = loss->is_degraded;
  const bool is_news = ruling_.state == State::up && ruling_.is_degraded != found.is_degraded;
  if (is_news) {
    found.since = loss->since;
    found.after = loss->after;
    found.by = loss->by;
  }
  if (found.is_degraded) found.evidence += ", and much is lost on the way";
  return found;
}

LinkJudge::Finding LinkJudge::silence(BootTime until) const {
  BootTime since{};
  for (std::size_t place = 0; place < states_.size(); ++place)
    if (counts(place)) since = std::max(since, states_[place].told.value_or(BootTime()));
  return {.state = State::unknown,
          .since = std::min(since, until),
          .after = {},
          .evidence = "the agent stood still"};
}

LinkJudge::Finding LinkJudge::blind(BootTime now) const {
  BootTime since{};
  for (std::size_t place = 0; place < states_.size(); ++place)
    if (counts(place)) since = std::max(since, states_[place].known_until(now));
  return {.state = State::unknown,
          .since = since,
          .after = {},
          .evidence = "too few anchors could be asked of late"};
}

PathBreak LinkJudge::locate(BootTime since) const {
  if (ruling_.reason == Reason::link_mtu) return PathBreak::beyond;
  for (std::size_t place = 0; place < states_.size(); ++place) {
    const Answers& answers = states_[place].answers;
    if (anchors_[place].role == AnchorRole::beyond && answers.is_good() &&
        *answers.last_good >= since)
      return PathBreak::beyond;
  }
  return path_.locate(since);
}

// Nobody judged for longer than any word stands: what was in between, nobody saw.
bool LinkJudge::was_silent(BootTime now) {
  const std::optional<BootTime> before = std::exchange(judged_at_, now);
  return before && now - *before > anchor_stale_intervals * rules_.interval;
}

const Ruling& LinkJudge::judge(BootTime now) {
  for (AnchorState& state : states_)
    if (!state.waiting_since) state.waiting_since = now;
  const std::optional<BootTime> before = judged_at_;
  const Finding found = with_loss(was_silent(now) ? silence(*before) : find(now), now);
  const bool is_good_again = found.state == State::up && judged_ == State::down;
  is_held_down_ = is_good_again && now - std::max(found.since, ruling_.since) < rules_.hold_down;
  if (found.state != State::pending && !is_held_down_) rule(found, now);
  if (!is_way_fine()) path_break_ = PathBreak::interface;
  else if (ruling_.state != State::down || is_held_down_) path_break_ = PathBreak::none;
  else path_break_ = locate(std::max(ruling_.since, way_changed_));
  return ruling_;
}

void LinkJudge::rule(const Finding& found, BootTime now) {
  ruling_.evidence = found.evidence;
  if (ruling_.state == found.state && ruling_.reason == found.reason &&
      ruling_.is_degraded == found.is_degraded)
    return;
  const BootTime since =
      ruling_.state == State::pending ? found.since : std::max(found.since, ruling_.since);
  ruling_.state = found.state;
  ruling_.reason = found.reason;
  ruling_.since = std::min(since, now);
  ruling_.after = found.after;
  ruling_.by = found.by;
  ruling_.is_degraded = found.is_degraded;
  if (ruling_.after) ruling_.after = std::min(*ruling_.after, ruling_.since);
  if (found.state != State::unknown) judged_ = found.state;
}

bool LinkJudge::take_wish_to_look() { return std::exchange(wishes_to_look_, false); }

LinkJudge::View LinkJudge::view(BootTime now) const {
  View view{.anchors = counted(),
            .is_up = std::vector<bool>(states_.size()),
            .loss_ratio = statistics_.loss_ratio(now),
            .round_trips = statistics_.round_trips(now),
            .is_mtu_good = {},
            .is_held_down = is_held_down_,
            .is_degraded = ruling_.is_degraded};
  for (std::size_t place = 0; place < states_.size(); ++place) {
    view.is_up[place] = states_[place].word(rules_, now) == AnchorWord::up;
    if (view.is_up[place] && counts(place)) ++view.anchors_up;
  }
  if (rules_.checks_mtu && (mtu_.last_good || mtu_.failures >= rules_.confirm))
    view.is_mtu_good = mtu_.failures < rules_.confirm;
  return view;
}

}  // namespace siaga
