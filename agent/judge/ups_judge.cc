#include "agent/judge/ups_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/judge/ups_word.h"

namespace siaga {
namespace {

constexpr int ups_stale_intervals = 3;  // upsmon: DEADTIME is at least three times POLLFREQ

// The server answers that the UPS itself, or the cable to it, is silent.
bool is_driver_silent(Reason reason) {
  return reason == Reason::data_stale || reason == Reason::driver_not_connected;
}

// What a cut can do to the way to the UPS: its cable, its server, the network in between. Not what
// somebody configured (unknown UPS, refused password, TLS).
bool is_silence(Reason reason) {
  constexpr std::array others{
      Reason::ups_wait,       Reason::connect_timeout,  Reason::connect_refused,
      Reason::connect_reset,  Reason::host_unreachable, Reason::network_unreachable,
      Reason::connect_failed, Reason::reply_timeout,    Reason::transfer_timeout,
      Reason::tls_timeout,    Reason::tls_reset,        Reason::reset,
      Reason::closed,         Reason::dns_timeout,      Reason::dns_servfail,
  };
  return is_driver_silent(reason) || std::ranges::find(others, reason) != others.end();
}

}  // namespace

std::string_view name(PowerWord word) {
  constexpr std::array<std::string_view, power_word_count> names{"none", "on", "off"};
  return names.at(static_cast<std::size_t>(word));
}

void UpsJudge::HeldFlag::take(bool is_there, BootTime at, Millis hold) {
  if (!is_there) {
    *this = {};
    return;
  }
  if (!since) since = at;
  is_held = at - *since >= hold;
}

void UpsJudge::hear(const Outcome& outcome, BootTime began) {
  has_run_ = true;
  reason_ = outcome.ups ? Reason::none : outcome.reason;
  if (outcome.ups) {
    read(*outcome.ups, began);
    return;
  }
  if (is_agent_trouble(outcome.reason)) return;
  if (!silent_since_) silent_since_ = began;
  silence_reason_ = outcome.reason;
  brown_out_.reset();
}

void UpsJudge::read(const UpsFacts& facts, BootTime began) {
  const UpsWord said = word_of(facts, rules_);
  speak(said.word, said.text, began);
  last_good_ = began;
  silent_since_.reset();
  low_.take(facts.has(UpsFlag::low_battery), began, rules_.low_hold);
  replace_.take(facts.has(UpsFlag::replace_battery), began, rules_.replace_hold);
  is_shutting_down_ = facts.has(UpsFlag::forced_shutdown);
  runtime_seconds_ = facts.runtime_seconds;
  brown_out_ = brown_out_of(facts, rules_);
}

void UpsJudge::speak(PowerWord word, const std::string& text, BootTime began) {
  if (word == PowerWord::none) {
    const bool goes_on = last_good_ && last_word_ == PowerWord::none && !silent_since_;
    puzzling_ = {
        .since = goes_on ? puzzling_.since : began, .before = {}, .seen = began, .text = text};
  } else {
    // A short silence between two equal words changes nothing; after a long one nobody knows what
    // was in between.
    const Millis gap =
        std::max<Millis>(rules_.lost_after_battery, ups_stale_intervals * rules_.interval);
    const bool goes_on = spoken_.word == word && began - spoken_.seen <= gap;
    spoken_ = {.word = word,
               .since = goes_on ? spoken_.since : began,
               .before = word == PowerWord::off ? last_on_ : last_off_,
               .seen = began,
               .text = text};
    (word == PowerWord::off ? last_off_ : last_on_) = began;
  }
  last_word_ = word;
}

BootTime UpsJudge::stale_at() const {
  return last_good_.value_or(BootTime()) + ups_stale_intervals * rules_.interval;
}

bool UpsJudge::is_right_after_battery(BootTime now) const {
  return last_word_ == PowerWord::off && is_silence(silence_reason_) &&
         *silent_since_ - spoken_.seen <= rules_.lost_after_battery &&
         now - spoken_.seen <= rules_.silence_max;
}

bool UpsJudge::is_gone_with(BootTime canaries_gone) const {
  return last_good_ && is_driver_silent(silence_reason_) &&
         std::chrono::abs(*silent_since_ - canaries_gone) <= rules_.lost_after_battery;
}

// The USB link of a UPS drops exactly when power goes or returns (nut#2925, nut#2742).
Opinion UpsJudge::silence(BootTime now, std::optional<BootTime> canaries_gone) const {
  if (is_right_after_battery(now)) {
    Opinion opinion = spoken_;
    opinion.text = fmt::format("{}, then silent: {}", spoken_.text, name(silence_reason_));
    return opinion;
  }
  if (canaries_gone && is_gone_with(*canaries_gone)) {
    return {.word = PowerWord::off,
            .since = *silent_since_,
            .before = last_on_,
            .seen = *silent_since_,
            .text = fmt::format("silent since the canaries went: {}", name(silence_reason_))};
  }
  const bool was_off = last_word_ == PowerWord::off && now - spoken_.seen > rules_.silence_max;
  const BootTime given_up = spoken_.seen + rules_.silence_max;
  return {.since = was_off ? std::max(*silent_since_, given_up) : *silent_since_,
          .before = {},
          .seen = last_good_.value_or(*silent_since_),
          .text = fmt::format("no reading: {}", name(silence_reason_))};
}

Opinion UpsJudge::opinion(BootTime now, std::optional<BootTime> canaries_gone) const {
  if (silent_since_) return silence(now, canaries_gone);
  if (!last_good_) return {.before = {}, .text = "no reading yet"};
  if (now > stale_at())
    return {.since = stale_at(), .before = {}, .seen = *last_good_, .text = "not asked of late"};
  return last_word_ == PowerWord::none ? puzzling_ : spoken_;
}

UpsJudge::View UpsJudge::view(BootTime now) const {
  View view{.reason = reason_,
            .has_run = has_run_,
            .last_good = last_good_,
            .last_word = last_word_,
            .runtime = {}};
  view.is_shutting_down = is_shutting_down_;
  view.is_battery_low = low_.is_held || is_shutting_down_;
  view.needs_battery = replace_.is_held;
  view.is_fresh = last_good_ && reason_ == Reason::none && now <= stale_at();
  view.is_brown_out = view.is_fresh && brown_out_.has_value();
  if (view.is_fresh && runtime_seconds_ && *runtime_seconds_ >= 0)
    view.runtime = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(std::min(*runtime_seconds_, 1e9)));
  return view;
}

}  // namespace siaga
