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

std::string server_of(const TargetConfig& config) {
  const Section section(config.name, ups_kind.options, config.options);
  return section.get<std::string>("server");
}

MainsOptions mains_options_of(const TargetConfig& config) {
  Section section(config.name, mains_schema().options, config.options);
  return parse_mains(section);
}

// How often the slowest of the canaries is asked.
Millis slowest(const std::vector<std::string>& canaries, const std::vector<TargetConfig>& targets) {
  Duration interval{};
  for (const TargetConfig& target : targets)
    if (std::ranges::find(canaries, target.name) != canaries.end())
      interval = std::max(interval, target.interval);
  return std::chrono::ceil<Millis>(interval);
}

MainsRules rules_of(const MainsOptions& options, Duration momentary,
                    const std::vector<TargetConfig>& targets) {
  return {.canaries_min = options.canaries_min,
          .canary_share = options.canary_share,
          .canary_window = std::chrono::ceil<Millis>(options.canary_window),
          .canary_interval = slowest(options.canaries, targets),
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
  for (const TargetConfig& target : targets)
    if (target.kind == ups_kind_name) configure_ups(target, known_upses);
  std::vector<Mains> known = std::exchange(mains_, {});
  for (const TargetConfig& target : targets) {
    if (target.kind != mains_kind) continue;
    const MainsOptions options = mains_options_of(target);
    configure_mains(make_mains(target, options, rules_of(options, momentary, targets)), known);
  }
  hearings_.clear();
  for (std::size_t place = 0; place < mains_.size(); ++place) listen_to(place);
  sensors_.clear();
  for (const auto& [id, ups] : upses_) sensors_.insert(id);
  for (const auto& [id, hearings] : hearings_) sensors_.insert(id);
  watch_adapters();
}

// The same UPS, asked in another way, keeps what is known of it.
void PowerWatch::configure_ups(const TargetConfig& target, std::map<TargetId, Ups>& known) {
  const TargetId id = *watched_.find(target.name);
  const UpsRules rules = rules_of(target);
  std::string server = server_of(target);
  const auto old = known.find(id);
  if (old == known.end() || old->second.server != server) {
    upses_.emplace(id, Ups{.name = target.name,
                           .server = std::move(server),
                           .judge = std::make_shared<UpsJudge>(rules),
                           .no_numbers = {}});
    return;
  }
  old->second.judge->set_rules(rules);
  upses_.insert(known.extract(old));
}

void PowerWatch::configure_mains(Mains fresh, std::vector<Mains>& known) {
  const auto same = std::ranges::find_if(known, [&](const Mains& old) {
    return old.name == fresh.name && old.digest == fresh.digest && old.asked == fresh.asked &&
           std::ranges::equal(old.judge.sensors().upses, fresh.judge.sensors().upses, {},
                              &MainsSensors::Ups::judge, &MainsSensors::Ups::judge);
  });
  if (same == known.end()) return mains_.push_back(std::move(fresh));
  same->rules = fresh.rules;
  same->judge.set_rules(fresh.rules);
  mains_.push_back(std::move(*same));
}

PowerWatch::Mains PowerWatch::make_mains(const TargetConfig& config, MainsOptions options,
                                         MainsRules rules) {
  MainsSensors sensors{.upses = {},
                       .adapters = options.supplies,
                       .canaries = options.canaries,
                       .carriers = options.carriers,
                       .witnesses = options.witnesses};
  std::vector<TargetId> asked;
  for (const std::string& name : options.ups) {
    const TargetId id = *watched_.find(name);
    sensors.upses.push_back({.name = name, .judge = upses_.at(id).judge});
    asked.push_back(id);
  }
  for (const auto* names : {&options.canaries, &options.witnesses})
    for (const std::string& name : *names) asked.push_back(*watched_.find(name));
  return {.name = config.name,
          .digest = digest(config),
          .id = *watched_.find(config.name),
          .options = std::move(options),
          .rules = rules,
          .judge = MainsJudge(rules, std::move(sensors)),
          .asked = std::move(asked),
          .adapters = {},
          .told = {},
          .looked = {},
          .longest_run = {}};
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
  const auto found = hearings_.find(id);
  if (ups == upses_.end() && found == hearings_.end()) return;
  catch_up(began);
  if (ups != upses_.end()) {
    ups->second.judge->hear(outcome, began);
    if (outcome.ups) complain(ups->second, *outcome.ups);
  }
  if (found == hearings_.end()) return;
  has_news_ = true;
  for (const Hearing& hearing : found->second) {
    Millis& longest = mains_[hearing.mains].longest_run;
    longest = std::max(longest, std::chrono::ceil<Millis>(outcome.duration));
    MainsJudge& judge = mains_[hearing.mains].judge;
    switch (hearing.role) {
      case Role::ups: judge.heard_ups(hearing.place, began); break;
      case Role::canary: judge.hear_canary(hearing.place, outcome.verdict, began); break;
      case Role::witness: judge.hear_witness(hearing.place, outcome.verdict, began); break;
    }
  }
}

// Once for each variable: it comes with every reading.
void PowerWatch::complain(Ups& ups, const UpsFacts& facts) {
  for (const UpsNoNumber& one : facts.no_numbers)
    if (ups.no_numbers.insert(one.variable).second)
      log::warning("a UPS's variable is no number, and left out",
                   {{"ups", ups.name}, {"variable", one.variable}, {"value", one.value}});
}

void PowerWatch::hear(const Interfaces& interfaces) {
  catch_up(clock_.boot_now());
  carriers_.clear();
  for (const Mains& mains : mains_)
    for (const std::string& name : mains.options.carriers) {
      const Interface* const found = interfaces.find(name);
      carriers_[name] = found != nullptr && found->has_carrier;
    }
  hear_carriers();
}

void PowerWatch::hear_carriers() {
  const BootTime now = clock_.boot_now();
  for (Mains& mains : mains_)
    for (std::size_t place = 0; place < mains.options.carriers.size(); ++place) {
      const auto found = carriers_.find(mains.options.carriers[place]);
      if (found != carriers_.end()) mains.judge.hear_carrier(place, found->second, now);
    }
}

// The agent, or its machine, stood still: before anybody is heard again, the words of before end
// where they stood no longer. Then what the kernel tells is taken anew.
void PowerWatch::catch_up(BootTime at) {
  if (judged_ == BootTime{} || at - judged_ <= limits::judge_gap) return;
  const BootTime now = clock_.boot_now();
  for (Mains& mains : mains_) tell(mains, at, now);
  judged_ = at;
  if (adapters_) {
    adapters_->look();
    hear_adapters();
  }
  hear_carriers();
}

void PowerWatch::judge() {
  has_news_ = false;
  const BootTime now = clock_.boot_now();
  catch_up(now);
  for (Mains& mains : mains_) {
    tell(mains, now, now);
    note(mains);
    if (mains.judge.take_wish_to_look()) look(mains, now);
  }
  judged_ = now;
  shed();
}

void PowerWatch::tell(Mains& mains, BootTime at, BootTime now) {
  Ruling ruling = mains.judge.judge(at);
  if (ruling.state != mains.told.state()) {
    // What a run brought is true at its end at the latest.
    ruling.by = std::min(now, ruling.since + std::exchange(mains.longest_run, Millis::zero()));
  }
  const News news = mains.told.say(engine_, mains.id, ruling, now);
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
