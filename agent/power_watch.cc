#include "agent/power_watch.h"

#include <algorithm>
#include <utility>

#include "agent/core/limits.h"
#include "agent/core/log.h"
#include "agent/targets.h"
#include "probes/ups.h"

namespace siaga {
namespace {

constexpr std::string_view ups_kind_name = "ups";

UpsRules rules_of(const TargetConfig& config) {
  return {.interval = std::chrono::ceil<Millis>(config.interval)};
}

MainsOptions mains_options_of(const TargetConfig& config) {
  Section section(config.name, mains_schema().options, config.options);
  return parse_mains(section);
}

MainsRules rules_of(const MainsOptions& options, Duration momentary) {
  return {.canaries_min = options.canaries_min,
          .canary_share = options.canary_share,
          .canary_window = std::chrono::ceil<Millis>(options.canary_window),
          .exhaustion = std::chrono::ceil<Millis>(options.exhaustion),
          .momentary = std::chrono::ceil<Millis>(momentary)};
}

NoteKind kind_of(PowerEvent event) {
  switch (event) {
    case PowerEvent::brown_out: return NoteKind::brown_out;
    case PowerEvent::brown_out_end: return NoteKind::brown_out_end;
    case PowerEvent::exhaustion: return NoteKind::exhaustion;
    case PowerEvent::cut_end: break;
  }
  return NoteKind::cut_end;
}

}  // namespace

PowerWatch::PowerWatch(Loop& loop, const Clock& clock, Engine& engine, WatchList& watched,
                       Scheduler& scheduler, std::string supplies, Events events)
    : loop_(loop),
      clock_(clock),
      engine_(engine),
      watched_(watched),
      scheduler_(scheduler),
      supplies_(std::move(supplies)),
      events_(std::move(events)) {}

PowerWatch::~PowerWatch() = default;

void PowerWatch::configure(const std::vector<TargetConfig>& targets, Duration momentary) {
  std::map<TargetId, Ups> known_upses = std::exchange(upses_, {});
  for (const TargetConfig& target : targets) {
    if (target.kind != ups_kind_name) continue;
    const TargetId id = *watched_.find(target.name);
    const UpsRules rules = rules_of(target);
    const auto known = known_upses.find(id);
    if (known != known_upses.end() && known->second.rules == rules)
      upses_.insert(known_upses.extract(known));
    else upses_.emplace(id, Ups{.name = target.name, .rules = rules, .judge = UpsJudge(rules)});
  }
  std::vector<Mains> known = std::exchange(mains_, {});
  for (const TargetConfig& target : targets) {
    if (target.kind != mains_kind) continue;
    Mains fresh = make_mains(target, mains_options_of(target), momentary);
    const auto same = std::ranges::find_if(known, [&](const Mains& old) {
      return old.name == fresh.name && old.digest == fresh.digest && old.asked == fresh.asked;
    });
    mains_.push_back(std::move(same == known.end() ? fresh : *same));
  }
  hearings_.clear();
  for (std::size_t place = 0; place < mains_.size(); ++place) listen_to(place);
  sensors_.clear();
  for (const auto& [id, ups] : upses_) sensors_.insert(id);
  for (const auto& [id, hearings] : hearings_) sensors_.insert(id);
  watch_adapters();
}

PowerWatch::Mains PowerWatch::make_mains(const TargetConfig& config, const MainsOptions& options,
                                         Duration momentary) {
  MainsSensors sensors{.upses = {},
                       .adapters = options.supplies,
                       .canaries = options.canaries,
                       .carriers = options.carriers,
                       .witnesses = options.witnesses};
  std::vector<TargetId> asked;
  for (const std::string& name : options.ups) {
    const TargetId id = *watched_.find(name);
    sensors.upses.push_back({.name = name, .rules = upses_.at(id).rules});
    asked.push_back(id);
  }
  for (const auto* names : {&options.canaries, &options.witnesses})
    for (const std::string& name : *names) asked.push_back(*watched_.find(name));
  return {.name = config.name,
          .digest = digest(config),
          .id = *watched_.find(config.name),
          .options = options,
          .judge = MainsJudge(rules_of(options, momentary), std::move(sensors)),
          .asked = std::move(asked),
          .adapters = {},
          .told = {},
          .looked = {}};
}

void PowerWatch::listen_to(std::size_t mains) {
  const MainsOptions& options = mains_[mains].options;
  const auto add = [&](const std::vector<std::string>& names, Role role) {
    for (std::size_t place = 0; place < names.size(); ++place)
      hearings_[*watched_.find(names[place])].push_back(
          {.mains = mains, .role = role, .place = place});
  };
  add(options.ups, Role::ups);
  add(options.canaries, Role::canary);
  add(options.witnesses, Role::witness);
}

void PowerWatch::watch_adapters() {
  const bool is_wanted = std::ranges::any_of(mains_, [](const Mains& mains) {
    return mains.options.takes_every_supply || !mains.options.supplies.empty();
  });
  if (!is_wanted) return adapters_.reset();
  if (!adapters_)
    adapters_ = PowerSupplies::open(loop_, supplies_, [this] {
      hear_adapters();
      judge();
    });
  hear_adapters();
}

void PowerWatch::hear_adapters() {
  const BootTime now = clock_.boot_now();
  for (Mains& mains : mains_) {
    std::vector<std::string> present;
    for (const PowerSupply& supply : adapters_->all()) {
      const bool is_ours =
          mains.options.takes_every_supply ||
          std::ranges::find(mains.options.supplies, supply.name) != mains.options.supplies.end();
      if (!is_ours) continue;
      mains.judge.hear_adapter(supply.name, supply.is_online, now);
      present.push_back(supply.name);
    }
    for (const std::string& name : mains.adapters)
      if (std::ranges::find(present, name) == present.end()) mains.judge.lose_adapter(name, now);
    mains.adapters = std::move(present);
  }
}

void PowerWatch::hear(TargetId id, const Outcome& outcome, BootTime began) {
  const auto ups = upses_.find(id);
  if (ups != upses_.end()) ups->second.judge.hear(outcome, began);
  const auto found = hearings_.find(id);
  if (found == hearings_.end()) return;
  has_news_ = true;
  for (const Hearing& hearing : found->second) {
    MainsJudge& judge = mains_[hearing.mains].judge;
    switch (hearing.role) {
      case Role::ups: judge.hear_ups(hearing.place, outcome, began); break;
      case Role::canary: judge.hear_canary(hearing.place, outcome.verdict, began); break;
      case Role::witness: judge.hear_witness(hearing.place, outcome.verdict, began); break;
    }
  }
}

void PowerWatch::hear(const Interfaces& interfaces) {
  const BootTime now = clock_.boot_now();
  for (Mains& mains : mains_)
    for (std::size_t place = 0; place < mains.options.carriers.size(); ++place) {
      const Interface* const found = interfaces.find(mains.options.carriers[place]);
      mains.judge.hear_carrier(place, found != nullptr && found->has_carrier, now);
    }
}

void PowerWatch::judge() {
  has_news_ = false;
  const BootTime now = clock_.boot_now();
  for (Mains& mains : mains_) {
    tell(mains, now);
    note(mains);
    if (mains.judge.take_wish_to_look()) look(mains, now);
  }
  shed();
}

void PowerWatch::tell(Mains& mains, BootTime now) {
  const News news = mains.told.say(engine_, mains.id, mains.judge.judge(now), now);
  if (news == News::lost) events_.urgent();
}

void PowerWatch::note(Mains& mains) {
  for (const MainsJudge::Event& event : mains.judge.take_events()) {
    engine_.note(mains.id, kind_of(event.event), event.text, event.at);
    if (event.event != PowerEvent::exhaustion) continue;
    log::warning("a battery will not last", {{"mains", mains.name}, {"evidence", event.text}});
    events_.urgent();
  }
}

void PowerWatch::look(Mains& mains, BootTime now) {
  if (mains.looked != BootTime{} && now - mains.looked < limits::judge_look_pause) return;
  mains.looked = now;
  if (adapters_) {
    adapters_->look();
    hear_adapters();
  }
  for (const TargetId id : mains.asked) scheduler_.look_now(id);
}

// What the mains that are off want to rest; the highest of their limits counts.
void PowerWatch::shed() {
  std::optional<std::int64_t> below;
  for (const Mains& mains : mains_) {
    if (mains.told.state() != State::down || !mains.options.shed_below) continue;
    below = std::max(below.value_or(*mains.options.shed_below), *mains.options.shed_below);
  }
  watched_.shed(below, sensors_);
}

}  // namespace siaga
