// Is the mains on? UPSes, adapters, canaries and carriers say what they see; this weighs it. What
// contradicts gives `unknown` with both sides, never a guess. Pure: no clock, no socket; the rules
// and the table of cases stand in docs/power.md, and a test holds that table against this code.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/outcome.h"
#include "agent/judge/brown_out.h"
#include "agent/judge/canaries.h"
#include "agent/judge/cut_book.h"
#include "agent/judge/power_event.h"
#include "agent/judge/ruling.h"
#include "agent/judge/ups_judge.h"

namespace siaga {

struct MainsRules {
  std::int64_t canaries_min = 2;  // so many must be lost together, at least
  double canary_share = 0.6;      // and this share of those that were up in the last canary_memory
  Millis canary_window = std::chrono::seconds(30);
  Millis canary_memory = std::chrono::minutes(10);
  std::int64_t canary_confirm = 2;  // failures in a row before a canary counts as lost
  Millis canary_interval = std::chrono::seconds(30);  // how often the slowest of them is asked
  Millis fresh_wait = std::chrono::seconds(10);       // for a UPS or adapter to say its word again
                                                      // before the canaries' is taken against it
  Millis brown_out_calm = std::chrono::seconds(60);   // without signs: the brown-out is over
  Millis exhaustion = std::chrono::minutes(5);        // runtime under this, on battery, is foreseen
  Millis momentary = std::chrono::minutes(5);         // a cut no longer than this is momentary
  bool operator==(const MainsRules&) const = default;
};

// Who is asked, by name; evidence refers to them by their place here.
struct MainsSensors {
  struct Ups {
    std::string name;
    // What its readings say; never null. Who else has it feeds it, and then calls heard_ups().
    std::shared_ptr<UpsJudge> judge;
  };
  std::vector<Ups> upses;
  std::vector<std::string> adapters;   // of /sys/class/power_supply; may come later (add_adapter)
  std::vector<std::string> canaries;   // targets without a UPS behind them
  std::vector<std::string> carriers;   // interfaces whose far end has no UPS: each is a canary
  std::vector<std::string> witnesses;  // targets that a UPS feeds: they answer during a cut
};

struct PowerFinding;
struct PowerVoice;

class MainsJudge {
 public:
  using Event = PowerNote;

  MainsJudge(MainsRules rules, MainsSensors sensors);
  // Other rules for the same sensors: what is known stays.
  void set_rules(const MainsRules& rules);
  const MainsSensors& sensors() const { return sensors_; }

  // Evidence, each in its own order of time. `place` is the position in MainsSensors.
  void heard_ups(std::size_t place, BootTime began);  // its judge has heard of that run
  void hear_adapter(std::string_view name, bool is_online, BootTime at);  // new names are added
  void lose_adapter(std::string_view name, BootTime at);                  // it is gone
  void hear_canary(std::size_t place, Verdict verdict, BootTime began);
  void hear_carrier(std::size_t place, bool has_carrier, BootTime at);
  void hear_witness(std::size_t place, Verdict verdict, BootTime began);

  // What all of it amounts to now. Ruling::since and after come from the evidence. To be called
  // about once a second, and once more before evidence from behind a longer gap is heard: what
  // nobody saw was unknown, and that is a ruling of its own.
  const Ruling& judge(BootTime now);
  // Something is undecided: canaries, witnesses and UPSes should be asked at once. True once per
  // reason to ask; the caller limits how often it acts on it.
  bool take_wish_to_look();
  // What is worth a line in the journal, since the last call.
  std::vector<Event> take_events();

  struct View {
    std::uint64_t brown_outs = 0;                // since the start of the agent
    std::uint64_t momentary = 0, sustained = 0;  // cuts that are over, or longer than momentary
    bool is_brown_out = false;
    bool is_exhaustion_foreseen = false;
    std::size_t canaries_up = 0, canaries_lost = 0;
    std::vector<std::pair<std::string, PowerWord>> words;  // each sensor's, by a readable name
  };
  View view(BootTime now) const;

 private:
  struct Adapter {
    std::string name;
    bool is_there = true;
    bool was_online = false;               // ever
    std::optional<BootTime> unseen_since;  // the agent stood still, and did not look again yet
    Opinion opinion;
  };
  std::vector<PowerVoice> voices(BootTime now) const;
  PowerVoice voice(const Adapter& adapter, BootTime now) const;
  Adapter& adapter(std::string_view name);
  bool is_any_online() const;
  void rule(const PowerFinding& found, BootTime now);
  void watch_brown_outs(BootTime now);
  void watch_exhaustion(BootTime now);
  std::optional<std::string> exhausted(std::size_t place, BootTime now) const;
  void heard(BootTime at);
  void stood_still(BootTime until);

  MainsRules rules_;
  MainsSensors sensors_;
  std::vector<PowerWord> ups_words_;  // the last ones
  std::vector<Adapter> adapters_;
  Canaries canaries_;
  BrownOut brown_out_;
  CutBook cuts_;
  Ruling ruling_;
  bool was_contradiction_ = false;
  std::optional<BootTime> judged_;  // the last time
  std::optional<BootTime> first_heard_;
  bool wishes_to_look_ = false, is_exhausted_ = false;
  std::vector<Event> events_;
};

}  // namespace siaga
