#include "agent/judge/ups_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/judge/ups_word.h"

namespace siaga {
namespace {

// How long a word stands without a run. upsmon: DEADTIME is at least three times POLLFREQ.
Millis ups_standing(const UpsRules& rules) { return 3 * rules.interval; }

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

void UpsJudge::set_rules(const UpsRules& rules) {
  rules_ = rules;
  if (has_run_) stands_until_ = std::max(stands_until_, last_run_ + ups_standing(rules_));
}

void UpsJudge::hear(const Outcome& outcome, BootTime began) {
  has_run_ = true;
  reason_ = outcome.ups ? Reason::none : outcome.reason;
  if (!outcome.ups && is_agent_trouble(outcome.reason)) return;
  if (outcome.ups) read(*outcome.ups, began);
  else fall_silent(outcome.reason, began);
  last_run_ = began;
  stands_until_ = began + ups_standing(rules_);
}

void UpsJudge::fall_silent(Reason reason, BootTime began) {
  const bool was_off = opinion(began).word == PowerWord::off;
  if (!silent_since_) {
    silence_heard_ = began;
    silent_since_ = last_good_ ? std::min(began, stands_until_) : began;
  }
  silence_reason_ = reason;
  brown_out_.reset();
  // Nobody looked for a while: what is off now may have been on.
  stands_until_ = std::max(stands_until_, began);
  if (was_off || opinion(began).word != PowerWord::off) return;
  spoken_.since = began;
  spoken_.before.reset();
}

void UpsJudge::read(const UpsFacts& facts, BootTime began) {
  const Opinion standing = opinion(began);
  UpsWord said = word_of(facts, rules_);
  if (said.is_off_denied && is_input_remembered(facts, standing))
    said = {PowerWord::off, fmt::format("on battery ({})", facts.words), true};
  if (said.word == PowerWord::none) puzzle(said, standing, began);
  else speak(said, standing, facts, began);
  last_word_ = said.word;
  last_good_ = began;
  silent_since_.reset();
  low_.take(facts.has(UpsFlag::low_battery), began, rules_.low_hold);
  replace_.take(facts.has(UpsFlag::replace_battery), began, rules_.replace_hold);
  is_shutting_down_ = facts.has(UpsFlag::forced_shutdown);
  runtime_seconds_ = facts.runtime_seconds;
  brown_out_ = brown_out_of(facts, rules_);
}

// Drivers go on telling the last input voltage for a while after OB (usbhid-ups reads it every 30 s
// only): one that moves while the UPS says OB is measured, and so is one from before any OL.
bool UpsJudge::is_input_remembered(const UpsFacts& facts, const Opinion& standing) const {
  if (standing.word == PowerWord::off)
    return is_off_proven_ || facts.input_volts == first_off_volts_;
  return standing.word == PowerWord::on;
}

void UpsJudge::puzzle(const UpsWord& said, const Opinion& standing, BootTime began) {
  const bool goes_on =
      last_good_ && last_word_ == PowerWord::none && !silent_since_ && began <= stands_until_;
  // An OB that is not believed any more is taken back from its beginning.
  const bool is_taken_back =
      said.is_off_denied && standing.word == PowerWord::off && !is_off_proven_;
  puzzling_ = {.since = goes_on         ? puzzling_.since
                        : is_taken_back ? spoken_.since
                                        : began,
               .before = {},
               .seen = began,
               .true_at = began,
               .text = said.text};
}

void UpsJudge::speak(const UpsWord& said, const Opinion& standing, const UpsFacts& facts,
                     BootTime began) {
  const bool is_off = said.word == PowerWord::off;
  const bool goes_on = standing.word == said.word;
  if (!goes_on) {
    // After the same word and a time in which nobody could see there is no change to bound.
    const bool is_change = spoken_.word != PowerWord::none && spoken_.word != said.word;
    spoken_.since = began;
    spoken_.before = is_change ? (is_off ? last_on_ : last_off_) : std::nullopt;
    is_off_proven_ = false;
    first_off_volts_ = facts.input_volts;
  }
  is_off_proven_ = is_off && (is_off_proven_ || !said.is_off_denied);
  spoken_.word = said.word;
  spoken_.seen = began;
  spoken_.true_at = began - facts.age_max;
  spoken_.text = said.text;
  (is_off ? last_off_ : last_on_) = spoken_.true_at;
}

bool UpsJudge::is_right_after_battery(BootTime now) const {
  return last_word_ == PowerWord::off && is_silence(silence_reason_) &&
         silence_heard_ - spoken_.seen <= rules_.lost_after_battery &&
         now - spoken_.seen <= rules_.silence_max;
}

bool UpsJudge::is_gone_with(BootTime canaries_gone) const {
  return last_good_ && is_driver_silent(silence_reason_) &&
         std::chrono::abs(silence_heard_ - canaries_gone) <= rules_.lost_after_battery;
}

// The USB link of a UPS drops exactly when power goes or returns (nut#2925, nut#2742).
Opinion UpsJudge::silence(BootTime now, std::optional<BootTime> canaries_gone) const {
  if (is_right_after_battery(now)) {
    if (now > stands_until_) return unasked();
    Opinion opinion = spoken_;
    opinion.text = fmt::format("{}, then silent: {}", spoken_.text, name(silence_reason_));
    return opinion;
  }
  if (canaries_gone && is_gone_with(*canaries_gone) && now <= stands_until_) {
    return {.word = PowerWord::off,
            .since = silence_heard_,
            .before = last_on_,
            .seen = silence_heard_,
            .true_at = silence_heard_,
            .text = fmt::format("silent since the canaries went: {}", name(silence_reason_))};
  }
  const bool was_off = last_word_ == PowerWord::off && now - spoken_.seen > rules_.silence_max;
  const BootTime given_up = spoken_.seen + rules_.silence_max;
  return {.since = was_off ? std::max(*silent_since_, given_up) : *silent_since_,
          .before = {},
          .seen = last_good_.value_or(*silent_since_),
          .text = fmt::format("no reading: {}", name(silence_reason_))};
}

Opinion UpsJudge::unasked() const {
  return {.since = last_run_,
          .before = {},
          .seen = last_good_.value_or(stands_until_),
          .text = "not asked of late"};
}

Opinion UpsJudge::opinion(BootTime now, std::optional<BootTime> canaries_gone) const {
  if (silent_since_) return silence(now, canaries_gone);
  if (!last_good_) return {.before = {}, .text = "no reading yet"};
  if (now > stands_until_) return unasked();
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
  view.is_fresh = last_good_ && reason_ == Reason::none && now <= stands_until_;
  view.is_brown_out = view.is_fresh && brown_out_.has_value();
  if (view.is_fresh && runtime_seconds_ && *runtime_seconds_ >= 0)
    view.runtime = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(std::min(*runtime_seconds_, 1e9)));
  return view;
}

}  // namespace siaga
