#include "agent/judge/mains_judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/judge/mains_fusion.h"

namespace siaga {
namespace {

// So long after the last judgement the agent stood still (stopped, or its machine was), and what it
// takes from the kernel as it changes holds no longer: three looks at the adapters, and a load that
// is merely high.
constexpr Millis still_max = std::chrono::seconds(15);
// Adapters are told by the kernel, and their files are read again every few seconds: what was said
// last holds without being said again.
constexpr Millis adapter_lag = std::chrono::seconds(5);

CanaryRules canary_rules(const MainsRules& rules) {
  return {.min = static_cast<std::size_t>(std::max<std::int64_t>(rules.canaries_min, 1)),
          .share = rules.canary_share,
          .window = rules.canary_window,
          .memory = rules.canary_memory,
          .confirm = std::max<std::int64_t>(rules.canary_confirm, 1),
          .interval = rules.canary_interval};
}

}  // namespace

MainsJudge::MainsJudge(MainsRules rules, MainsSensors sensors)
    : rules_(rules),
      sensors_(std::move(sensors)),
      ups_words_(sensors_.upses.size()),
      canaries_(canary_rules(rules_), sensors_.canaries.size(), sensors_.carriers.size(),
                sensors_.witnesses.size()),
      brown_out_(rules_.brown_out_calm),
      cuts_(rules_.momentary) {}

void MainsJudge::heard(BootTime at) {
  if (!first_heard_ || at < *first_heard_) first_heard_ = at;
}

void MainsJudge::set_rules(const MainsRules& rules) {
  rules_ = rules;
  canaries_.set_rules(canary_rules(rules_));
  brown_out_.set_calm(rules_.brown_out_calm);
  cuts_.set_momentary(rules_.momentary);
}

void MainsJudge::heard_ups(std::size_t place, BootTime began) {
  if (place >= ups_words_.size()) return;
  const UpsJudge& ups = *sensors_.upses[place].judge;
  heard(began);
  const PowerWord word = ups.opinion(began).word;
  const PowerWord before = std::exchange(ups_words_[place], word);
  // A word that changed, and a UPS that fell silent: what do the others see?
  if (before != PowerWord::none && word != before) wishes_to_look_ = true;
  if (ups.brown_out() && ruling_.state != State::down)
    brown_out_.sign(fmt::format("ups {}: {}", sensors_.upses[place].name, *ups.brown_out()), began,
                    events_);
}

MainsJudge::Adapter& MainsJudge::adapter(std::string_view name) {
  const auto found = std::ranges::find(adapters_, name, &Adapter::name);
  if (found != adapters_.end()) return *found;
  return adapters_.emplace_back(Adapter{.name = std::string(name), .opinion = {}});
}

void MainsJudge::hear_adapter(std::string_view name, bool is_online, BootTime at) {
  heard(at);
  Adapter& told = adapter(name);
  Opinion& opinion = told.opinion;
  const PowerWord word = is_online ? PowerWord::on : PowerWord::off;
  const bool was_unseen = !told.is_there || told.unseen_since.has_value();
  if (was_unseen || opinion.word != word) {
    if (opinion.word != PowerWord::none) wishes_to_look_ = true;
    const bool is_change = opinion.word != word && opinion.word != PowerWord::none;
    // What was said last held until somebody looked last.
    if (was_unseen || !judged_) opinion.before.reset();
    if (is_change)
      opinion.before =
          was_unseen ? opinion.seen : std::max(opinion.seen, judged_.value_or(at) - adapter_lag);
    if (opinion.before) opinion.before = std::min(*opinion.before, at);
    opinion.since = at;
    opinion.word = word;
    opinion.text = is_online ? "online" : "offline";
  }
  opinion.seen = opinion.true_at = at;
  told.is_there = true;
  told.unseen_since.reset();
  told.was_online = told.was_online || is_online;
}

void MainsJudge::lose_adapter(std::string_view name, BootTime at) {
  const auto found = std::ranges::find(adapters_, name, &Adapter::name);
  if (found == adapters_.end() || !found->is_there) return;
  found->is_there = false;
  found->opinion.seen = at;
}

void MainsJudge::hear_canary(std::size_t place, Verdict verdict, BootTime began) {
  heard(began);
  if (canaries_.hear_canary(place, verdict, began)) wishes_to_look_ = true;
}

void MainsJudge::hear_carrier(std::size_t place, bool has_carrier, BootTime at) {
  heard(at);
  if (canaries_.hear_carrier(place, has_carrier, at)) wishes_to_look_ = true;
}

void MainsJudge::hear_witness(std::size_t place, Verdict verdict, BootTime began) {
  if (canaries_.hear_witness(place, verdict, began)) wishes_to_look_ = true;
}

bool MainsJudge::is_any_online() const {
  return std::ranges::any_of(adapters_, [](const Adapter& adapter) {
    return adapter.is_there && !adapter.unseen_since && adapter.opinion.word == PowerWord::on;
  });
}

PowerVoice MainsJudge::voice(const Adapter& adapter, BootTime now) const {
  PowerVoice voice{.name = "adapter " + adapter.name,
                   .opinion = adapter.opinion,
                   .counts_at = std::max(adapter.opinion.seen, now - adapter_lag)};
  // A second socket that nothing is plugged into.
  const bool is_unused =
      adapter.opinion.word == PowerWord::off && !adapter.was_online && is_any_online();
  if (!adapter.is_there)
    voice.opinion = {.since = adapter.opinion.seen, .before = {}, .text = "gone"};
  else if (adapter.unseen_since)
    voice.opinion = {.since = *adapter.unseen_since, .before = {}, .text = "not looked at of late"};
  else if (is_unused)
    voice.opinion = {.since = adapter.opinion.since, .before = {}, .text = "never was online"};
  return voice;
}

std::vector<PowerVoice> MainsJudge::voices(BootTime now) const {
  std::vector<PowerVoice> voices;
  voices.reserve(sensors_.upses.size() + adapters_.size());
  std::optional<BootTime> gone;
  if (canaries_.loss()) gone = canaries_.loss()->since;
  for (const MainsSensors::Ups& ups : sensors_.upses) {
    Opinion opinion = ups.judge->opinion(now, gone);
    const BootTime counts_at = opinion.true_at;
    voices.push_back(
        {.name = "ups " + ups.name, .opinion = std::move(opinion), .counts_at = counts_at});
  }
  for (const Adapter& adapter : adapters_) voices.push_back(voice(adapter, now));
  return voices;
}

// Nobody looked: what the kernel would have told, and what canaries would have answered.
void MainsJudge::stood_still(BootTime until) {
  for (Adapter& adapter : adapters_)
    if (!adapter.unseen_since && adapter.opinion.seen <= until) adapter.unseen_since = until;
  canaries_.stood_still(until);
}

const Ruling& MainsJudge::judge(BootTime now) {
  if (judged_ && now - *judged_ > still_max) stood_still(*judged_);
  const bool had_loss = canaries_.loss().has_value();
  canaries_.judge(now);
  if (canaries_.loss() && !had_loss) wishes_to_look_ = true;
  PowerFinding found = weigh(voices(now), canaries_, rules_.fresh_wait, now);
  if (found.state == State::up && canaries_.loss() && !canaries_.unasked_since(now)) {
    canaries_.dismiss_loss(now);
    found.evidence = weigh(voices(now), canaries_, rules_.fresh_wait, now).evidence;
  }
  rule(found, now);
  cuts_.follow(ruling_, now, events_);
  watch_brown_outs(now);
  watch_exhaustion(now);
  judged_ = now;
  return ruling_;
}

// Dated so that the ruling before keeps at least its beginning, and no state lies in a time that
// was contradictory.
void MainsJudge::rule(const PowerFinding& found, BootTime now) {
  if (found.is_undecided || !first_heard_) return;
  const bool is_first = ruling_.state == State::pending;
  // At the start sensors say their first words one after another.
  if (is_first && found.state == State::unknown && now - *first_heard_ < rules_.fresh_wait) return;
  ruling_.evidence = found.evidence;
  const bool is_same = ruling_.state == found.state;
  if (!is_same) {
    BootTime since = found.since;
    if (!is_first) since = std::max(since, ruling_.since);
    if (was_contradiction_) since = std::max(since, judged_.value_or(since));
    ruling_.state = found.state;
    ruling_.since = std::min(since, now);
    ruling_.after = found.after;
    if (ruling_.after) ruling_.after = std::min(*ruling_.after, ruling_.since);
    ruling_.reason = found.state == State::down ? Reason::mains_off : Reason::none;
  }
  was_contradiction_ = found.is_contradiction;
}

void MainsJudge::watch_brown_outs(BootTime now) {
  brown_out_.judge(ruling_.state == State::down, now, events_);
}

// Why the UPS at this place will not last, while it carries its load or is being shut down.
std::optional<std::string> MainsJudge::exhausted(std::size_t place, BootTime now) const {
  const UpsJudge::View ups = sensors_.upses[place].judge->view(now);
  const std::string& name = sensors_.upses[place].name;
  if (ups.is_fresh && ups.is_shutting_down) return fmt::format("ups {} is being shut down", name);
  if (ruling_.state != State::down || ups.last_word != PowerWord::off) return std::nullopt;
  if (ups.is_battery_low) return fmt::format("battery of ups {} is low", name);
  if (ups.runtime && *ups.runtime < rules_.exhaustion)
    return fmt::format("runtime {:.0f} s of ups {}", seconds(*ups.runtime), name);
  return std::nullopt;
}

void MainsJudge::watch_exhaustion(BootTime now) {
  for (std::size_t place = 0; place < sensors_.upses.size(); ++place) {
    const std::optional<std::string> why = exhausted(place, now);
    if (!why) continue;
    if (!is_exhausted_)
      events_.push_back({.event = PowerEvent::exhaustion, .at = now, .text = *why});
    is_exhausted_ = true;
    return;
  }
  if (!cuts_.is_cut()) is_exhausted_ = false;
}

bool MainsJudge::take_wish_to_look() { return std::exchange(wishes_to_look_, false); }

std::vector<MainsJudge::Event> MainsJudge::take_events() { return std::exchange(events_, {}); }

MainsJudge::View MainsJudge::view(BootTime now) const {
  View view{.brown_outs = brown_out_.count(),
            .momentary = cuts_.momentary(),
            .sustained = cuts_.sustained(),
            .is_brown_out = brown_out_.is_on(),
            .is_exhaustion_foreseen = is_exhausted_,
            .canaries_up = canaries_.up(now),
            .canaries_lost = canaries_.lost(),
            .words = {}};
  for (const PowerVoice& voice : voices(now))
    view.words.emplace_back(voice.name, voice.opinion.word);
  const auto add = [&](const std::string& name, std::size_t place) {
    view.words.emplace_back(name, canaries_.is_lost(place)      ? PowerWord::off
                                  : canaries_.is_up(place, now) ? PowerWord::on
                                                                : PowerWord::none);
  };
  for (std::size_t place = 0; place < sensors_.canaries.size(); ++place)
    add("canary " + sensors_.canaries[place], place);
  for (std::size_t place = 0; place < sensors_.carriers.size(); ++place)
    add("carrier " + sensors_.carriers[place], sensors_.canaries.size() + place);
  return view;
}

}  // namespace siaga
