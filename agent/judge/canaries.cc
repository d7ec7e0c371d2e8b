#include "agent/judge/canaries.h"

#include <algorithm>
#include <cmath>

namespace siaga {
namespace {

// Devices take between seconds and three minutes to start: those that answer within so long of each
// other came back together.
constexpr Millis return_spread = std::chrono::minutes(3);
// Switches live on in their capacitors for a moment.
constexpr Millis carrier_lag = std::chrono::seconds(5);

}  // namespace

Canaries::Canaries(CanaryRules rules, std::size_t count, std::size_t carriers,
                   std::size_t witnesses)
    : rules_(rules),
      canaries_(count),
      blindness_(count),
      carriers_(carriers),
      witnesses_(witnesses) {}

void Canaries::stood_still(BootTime since) {
  if (!still_since_ && last_heard_ <= since) still_since_ = since;
}

std::optional<BootTime> Canaries::unasked_since(BootTime now) const {
  if (still_since_) return still_since_;
  constexpr int intervals = 3;
  // The kernel tells of carriers by itself.
  if (!carriers_.empty() || !last_run_) return std::nullopt;
  const BootTime until = *last_run_ + intervals * rules_.interval;
  return now > until ? last_run_ : std::nullopt;
}

// What was said before the gap does not date what is said after it.
void Canaries::look_again(BootTime at) {
  if (const auto unasked = unasked_since(at); !unasked || at < *unasked) return;
  still_since_.reset();
  first_good_.reset();
  returned_.reset();
  before_return_.reset();
  if (!loss_) return;
  loss_->since = loss_->complete = at;
  loss_->before.reset();
}

bool Canaries::hear_canary(std::size_t place, Verdict verdict, BootTime began) {
  if (place >= canaries_.size()) return false;
  if (verdict != Verdict::unknown) {
    look_again(began);
    last_run_ = std::max(last_run_.value_or(began), began);
    last_heard_ = std::max(last_heard_.value_or(began), began);
  }
  Answers& canary = canaries_[place];
  const bool was_good = canary.is_good();
  canary.take(verdict, began);
  Blindness& blindness = blindness_[place];
  if (verdict != Verdict::unknown) blindness = {};
  else if (blindness.runs++ == 0) blindness.since = began;
  if (verdict == Verdict::ok) first_good_ = std::min(first_good_.value_or(began), began);
  return was_good && canary.failures == 1;
}

bool Canaries::hear_carrier(std::size_t place, bool has_carrier, BootTime at) {
  if (place >= carriers_.size()) return false;
  look_again(at);
  last_heard_ = std::max(last_heard_.value_or(at), at);
  Answers& carrier = carriers_[place];
  const bool was_good = carrier.is_good();
  if (has_carrier) {
    carrier.take(Verdict::ok, at);
    first_good_ = std::min(first_good_.value_or(at), at);
    return false;
  }
  if (was_good) carrier.last_good = at;
  carrier.take(Verdict::failed, at);
  carrier.failures = std::max(carrier.failures, rules_.confirm);
  return was_good;
}

bool Canaries::hear_witness(std::size_t place, Verdict verdict, BootTime began) {
  if (place >= witnesses_.size()) return false;
  const bool was_good = witnesses_[place].is_good();
  witnesses_[place].take(verdict, began);
  return was_good && !witnesses_[place].is_good() && loss_.has_value();
}

const Answers& Canaries::answers(std::size_t place) const {
  return place < canaries_.size() ? canaries_[place] : carriers_.at(place - canaries_.size());
}

// One that never answered is not lost: nobody knows whether it is there at all.
bool Canaries::is_lost(std::size_t place) const {
  return answers(place).failures >= rules_.confirm && answers(place).last_good;
}

// The agent could not look at it, again and again.
bool Canaries::is_unseen(std::size_t place) const {
  return !is_carrier(place) && blindness_[place].runs >= rules_.confirm;
}

// Up until it is confirmed that it is not.
bool Canaries::is_up(std::size_t place, BootTime now) const {
  const Answers& canary = answers(place);
  if (!canary.last_good || canary.failures >= rules_.confirm || is_unseen(place)) return false;
  return is_carrier(place) || now - *canary.last_good <= rules_.memory;
}

std::size_t Canaries::enough_of(std::size_t count) const {
  constexpr double rounding = 1e-9;  // 0.6 of 5 is 3
  const double share = std::ceil(rules_.share * static_cast<double>(count) - rounding);
  return std::max<std::size_t>(static_cast<std::size_t>(std::max(share, 0.0)), 1);
}

std::size_t Canaries::up(BootTime now) const {
  std::size_t count = 0;
  for (std::size_t place = 0; place < size(); ++place) count += is_up(place, now) ? 1U : 0U;
  return count;
}

std::size_t Canaries::lost() const {
  std::size_t count = 0;
  for (std::size_t place = 0; place < size(); ++place) count += is_lost(place) ? 1U : 0U;
  return count;
}

void Canaries::judge(BootTime now) {
  if (!loss_) find_loss(now);
  if (!loss_) return;
  add_late_members();
  look_for_witness();
  look_for_return();
}

// The window that holds most of the lost ones, the earliest of several, held against those that
// were up in the time before it.
void Canaries::find_loss(BootTime now) {
  std::vector<Member> lost;
  for (std::size_t place = 0; place < size(); ++place) {
    const bool is_news = is_lost(place) && (!settled_ || *answers(place).first_bad > *settled_);
    if (is_news) lost.push_back({.place = place, .lost_at = *answers(place).first_bad});
  }
  std::ranges::sort(lost, {}, &Member::lost_at);
  std::vector<Member> best;
  std::size_t best_up = 0;
  for (const Member& first : lost) {
    const BootTime earliest = first.lost_at - rules_.memory;
    const auto was_up = [&](std::size_t place) {
      const Answers& canary = answers(place);
      return (canary.last_good && *canary.last_good >= earliest) ||
             (is_carrier(place) && canary.is_good());
    };
    std::vector<Member> members;
    for (const Member& member : lost)
      if (member.lost_at >= first.lost_at && member.lost_at - first.lost_at <= rules_.window &&
          was_up(member.place))
        members.push_back(member);
    std::size_t were_up = 0;
    for (std::size_t place = 0; place < size(); ++place) were_up += was_up(place) ? 1U : 0U;
    const bool is_quorum = members.size() >= std::max(rules_.min, enough_of(were_up));
    if (is_quorum && members.size() > best.size()) {
      best = std::move(members);
      best_up = were_up;
    }
  }
  if (!best.empty()) start_loss(std::move(best), best_up, now);
}

void Canaries::start_loss(std::vector<Member> members, std::size_t were_up, BootTime now) {
  const std::size_t needed = std::max(rules_.min, enough_of(were_up));
  Loss loss{.since = members.front().lost_at,
            .complete = members[needed - 1].lost_at,
            .before = {},
            .noticed = now,
            .were_up = were_up};
  for (std::size_t place = 0; place < size(); ++place) {
    const std::optional<BootTime> good = answers(place).last_good;
    if (good && *good <= loss.since && (!loss.before || *good > *loss.before)) loss.before = good;
  }
  loss_ = loss;
  members_ = std::move(members);
  loss_->lost = members_.size();
}

// Found later, because they are asked less often; they were lost at the same time.
void Canaries::add_late_members() {
  for (std::size_t place = 0; place < size(); ++place) {
    if (!is_lost(place)) continue;
    const BootTime lost_at = *answers(place).first_bad;
    const bool is_known = std::ranges::find(members_, place, &Member::place) != members_.end();
    if (is_known || std::chrono::abs(lost_at - loss_->since) > rules_.window) continue;
    members_.push_back({.place = place, .lost_at = lost_at});
  }
  loss_->lost = members_.size();
}

// A witness that failed as well and came back may have been behind the same dead switch: then the
// canaries must fail once more after it, or they only have not been asked yet.
void Canaries::look_for_witness() {
  if (loss_->is_witnessed) return;
  const std::size_t needed = std::max(rules_.min, enough_of(loss_->were_up));
  for (const Answers& witness : witnesses_) {
    if (!witness.is_good() || *witness.last_good < loss_->complete) continue;
    const bool is_steady = *witness.first_good <= loss_->since;
    const auto failed_again = std::ranges::count_if(members_, [&](const Member& member) {
      const Answers& canary = answers(member.place);
      return canary.failures > 0 && *canary.last_bad > *witness.first_good;
    });
    if (is_steady || static_cast<std::size_t>(failed_again) >= needed) loss_->is_witnessed = true;
  }
}

void Canaries::look_for_return() {
  std::vector<std::pair<BootTime, std::optional<BootTime>>> back;  // first answer, last failure
  back.reserve(members_.size());
  for (const Member& member : members_) {
    const Answers& canary = answers(member.place);
    if (canary.is_good() && *canary.last_good > member.lost_at)
      back.emplace_back(std::max(*canary.first_good, member.lost_at), canary.last_bad);
  }
  const std::size_t needed = enough_of(members_.size());
  if (back.size() < needed) return;
  std::ranges::sort(back);
  const BootTime enough = back[needed - 1].first;
  const auto first = std::ranges::find_if(
      back, [&](const auto& one) { return enough - one.first <= return_spread; });
  returned_ = first->first;
  before_return_ = first->second;
  settled_ = enough;
  loss_.reset();
  members_.clear();
}

void Canaries::dismiss_loss(BootTime now) {
  settled_ = now;
  returned_.reset();
  before_return_.reset();
  loss_.reset();
  members_.clear();
}

std::optional<Canaries::Answering> Canaries::answering(BootTime now) const {
  if (loss_ || !first_good_ || unasked_since(now)) return std::nullopt;
  Answering found{.since = returned_.value_or(*first_good_), .before = before_return_};
  found.up = up(now);
  for (std::size_t place = 0; place < size(); ++place)
    if (is_up(place, now))
      found.seen = std::max(found.seen, is_carrier(place) ? now : *answers(place).last_good);
  if (found.up == 0) return std::nullopt;
  return found;
}

// Nobody has seen it since its last run that saw anything.
BootTime Canaries::last_seen(const Answers& canary, BootTime blind) {
  const BootTime good = canary.last_good.value_or(BootTime()),
                 bad = canary.last_bad.value_or(BootTime());
  const BootTime last = std::max(good, bad);
  return last == BootTime() ? blind : last;
}

BootTime Canaries::quiet_since(BootTime now) const {
  const auto unasked = unasked_since(now);
  if (loss_ && unasked) return *unasked;
  BootTime since{};
  for (std::size_t place = 0; place < size(); ++place) {
    const Answers& canary = answers(place);
    if (is_unseen(place)) since = std::max(since, last_seen(canary, blindness_[place].since));
    else if (canary.last_good)
      since = std::max(since, canary.first_bad.value_or(*canary.last_good + rules_.memory));
  }
  return unasked ? std::min(since, *unasked) : since;
}

bool Canaries::deny_cut(BootTime began, bool is_final, BootTime now) const {
  std::size_t good = 0, bad = 0, unasked = 0;
  for (std::size_t place = 0; place < size(); ++place) {
    const Answers& canary = answers(place);
    if (!canary.last_good) continue;
    if (canary.is_good()) {
      const BootTime seen = is_carrier(place) ? now - carrier_lag : *canary.last_good;
      if (seen > began) ++good;
      else if (is_up(place, now)) ++unasked;
    } else if (*canary.last_bad >= began && *canary.first_bad >= began - rules_.memory) {
      ++bad;
    }
  }
  if (good == 0 || (unasked > 0 && !is_final)) return false;
  return bad < enough_of(good + bad);
}

}  // namespace siaga
