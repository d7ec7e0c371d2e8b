// One run of the agent's memory: recorder and engine on a machine whose time the test moves.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "agent/engine/engine.h"
#include "agent/journal/words.h"
#include "agent/recorder.h"
#include "tests/agent/machine.h"
#include "tests/support/test_loop.h"

namespace siaga::tests {

using namespace std::chrono_literals;

inline std::shared_ptr<const TargetInfo> target_info(const std::string& name,
                                                     NodeRole role = NodeRole::target) {
  return std::make_shared<TargetInfo>(TargetInfo{.name = name,
                                                 .kind = role == NodeRole::mains ? "mains" : "tcp",
                                                 .role = role,
                                                 .reasons = {Reason::connect_refused},
                                                 .confirm = 1,
                                                 .recover = 1,
                                                 .interval = 30s,
                                                 .timeout = 5s});
}

// One run of the agent: a mains, a portal that needs it and a database that does not. It ends as
// by a kill: nothing is said after the last beat.
class AgentLife {
 public:
  explicit AgentLife(Machine& machine, bool is_clock_trusted = false, const std::string& vfs = {})
      : machine_(machine),
        recorder_(loop_.loop(), machine.clock,
                  {.journal = {.state_dir = machine.state_dir(),
                               .retention = {.age = 24h * 400, .bytes = 1U << 30U},
                               .vfs = vfs,
                               .retry = 5ms},
                   .host = machine.paths(),
                   .is_clock_trusted = is_clock_trusted}),
        engine_({.settle = 60s}, recorder_.beginning()) {
    mains = join(target_info("pln", NodeRole::mains));
    portal = join(target_info("portal"));
    database = join(target_info("database"));
    engine_.relate(portal, {mains}, {}, now());
    engine_.set_order({portal, database});
    recorder_.forget_past();
    second();
  }

  void second() {
    recorder_.look(engine_);
    engine_.tick(now());
    if (auto records = engine_.take_records(); !records.empty())
      recorder_.record(std::move(records));
    recorder_.beat_when_due(engine_);
    loop_.run_until([&] {
      return recorder_.durable() >= recorder_.recorded() || !recorder_.journal().is_durable;
    });
  }
  void pass(Duration time, bool is_up = true) {
    for (Duration left = time; left > 0s; left -= 10s) {
      machine_.clock.advance(10s);
      run(portal, is_up);
      run(database, is_up);
      second();
    }
  }
  void run(TargetId id, bool is_up) {
    engine_.apply(id, judged(is_up ? Reason::none : Reason::connect_refused, "detail"),
                  {.boot = now(), .wall = machine_.clock.wall_now()}, now());
  }
  void judge_mains(State state) {
    engine_.judge(mains,
                  {.state = state,
                   .since = now(),
                   .after = {},
                   .reason = state == State::down ? Reason::mains_off : Reason::none},
                  now());
  }
  // A stop in order: everything is said, and that it is the end.
  void end() { recorder_.end(engine_, Life::service_stop); }

  Millis dark(TargetId id) {
    return engine_.state(id).totals.of(Share::unknown(Blind::agent_dark));
  }
  // What a scrape would say now.
  Totals shown(TargetId id) { return engine_.status(id).totals; }
  std::uint32_t shown_outages(TargetId id) {
    return engine_.status(id).outages.at(static_cast<std::size_t>(Cause::service));
  }
  // Beats until the condition holds of what is shown; no time passes.
  template <typename Condition>
  void await(Condition condition) {
    loop_.run_until([&] {
      recorder_.beat_now(engine_);
      return condition();
    });
  }
  bool is_all_durable() const {
    return recorder_.journal().is_durable && recorder_.durable() >= recorder_.recorded();
  }
  Millis powerless(TargetId id) { return engine_.state(id).totals.of(Share::down(Cause::power)); }
  Millis booked_dark(DarkClass dark) const {
    return recorder_.dark_lengths().at(static_cast<std::size_t>(dark));
  }
  Recorder& recorder() { return recorder_; }
  Engine& engine() { return engine_; }
  BootTime now() const { return machine_.clock.boot_now(); }

  TargetId mains{}, portal{}, database{};

 private:
  TargetId join(const std::shared_ptr<const TargetInfo>& info) {
    const auto earlier = recorder_.past().find(info->name);
    if (earlier == recorder_.past().end()) return engine_.add(info, now());
    return engine_.restore(info, earlier->second.node, earlier->second.past, recorder_.restart(),
                           now());
  }

  Machine& machine_;
  TestLoop loop_{30s};
  Recorder recorder_;
  Engine engine_;
};

// Whatever a counter said is found again, or was not said.
inline void expect_none_smaller(const Totals& before, const Totals& after) {
  for (const Share share : every_share())
    EXPECT_GE(after.of(share), before.of(share)) << name(share.time_class);
}

}  // namespace siaga::tests
