// From sensors to the mains: hears what UPSes, canaries, witnesses, adapters and interfaces say,
// asks the judges (agent/judge) and tells the engine. Knows who is a sensor of what; weighs
// nothing itself.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/digest.h"
#include "agent/engine/engine.h"
#include "agent/judge/last_word.h"
#include "agent/judge/mains_judge.h"
#include "agent/judge/ups_judge.h"
#include "agent/schedule/scheduler.h"
#include "agent/sensors/interfaces.h"
#include "agent/sensors/power_supplies.h"
#include "agent/watch_list.h"
#include "exporters/judge_families.h"
#include "probes/mains_options.h"

namespace siaga {

class PowerWatch {
 public:
  struct Events {
    // Something that must be on disk and told at once: the mains went, a battery will not last.
    std::function<void()> urgent;
  };
  // All must outlive it. `supplies`: the folder of adapters.
  PowerWatch(Loop& loop, const Clock& clock, Engine& engine, WatchList& watched,
             Scheduler& scheduler, std::string supplies, Events events);
  ~PowerWatch();

  // The mains and UPSes of a configuration whose targets are watched already. A mains that did not
  // change keeps what its judge knows.
  void configure(const std::vector<TargetConfig>& targets, Duration momentary);

  // Each outcome of a target; most are nobody's evidence.
  void hear(TargetId id, const Outcome& outcome, BootTime began);
  void hear(const Interfaces& interfaces);
  // After evidence, and about once a second: what it amounts to goes to the engine.
  void judge();
  void judge_news() {
    if (has_news_) judge();
  }

  std::vector<MainsRow> mains_rows(const Dating& dating) const;
  std::vector<UpsRow> ups_rows() const;

 private:
  enum class Role : std::uint8_t { ups, canary, witness };
  struct Hearing {  // of one target's outcomes
    std::size_t mains;
    Role role;
    std::size_t place;
  };
  struct Mains {
    std::string name;
    ConfigDigest digest;
    TargetId id{};
    MainsOptions options;
    MainsRules rules;
    MainsJudge judge;
    std::vector<TargetId> asked;        // upses, canaries, witnesses
    std::vector<std::string> adapters;  // that were there last
    LastWord told;                      // to the engine
    BootTime looked{};                  // when its sensors were last asked at once
    Millis longest_run{};               // of its sensors, since the state changed last
  };
  // One judgement of each UPS, which its own rows and all mains share.
  struct Ups {
    std::string name, server;
    std::shared_ptr<UpsJudge> judge;
    std::set<std::string> no_numbers;  // variables that were complained about
  };

  void configure_ups(const TargetConfig& target, std::map<TargetId, Ups>& known);
  void configure_mains(Mains fresh, std::vector<Mains>& known);
  Mains make_mains(const TargetConfig& config, MainsOptions options, MainsRules rules);
  void listen_to(std::size_t mains);
  void watch_adapters();
  void hear_adapters();
  void hear_carriers();
  void complain(Ups& ups, const UpsFacts& facts);
  void catch_up(BootTime at);
  void tell(Mains& mains, BootTime at, BootTime now);
  void note(Mains& mains);
  void look(Mains& mains, BootTime now);
  void shed();

  Loop& loop_;
  const Clock& clock_;
  Engine& engine_;
  WatchList& watched_;
  Scheduler& scheduler_;
  const std::string supplies_;
  Events events_;
  std::vector<Mains> mains_;
  std::map<TargetId, Ups> upses_;
  std::map<TargetId, std::vector<Hearing>> hearings_;
  std::set<TargetId> sensors_;
  std::unique_ptr<PowerSupplies> adapters_;
  std::map<std::string, bool> carriers_;  // of interfaces that are canaries
  BootTime judged_{};                     // the last time
  bool has_news_ = false;                 // evidence that was not judged yet
};

}  // namespace siaga
