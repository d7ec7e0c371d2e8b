// A small office on a real engine, whose time is moved by hand: every office of a test is small
// enough to be read.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/engine/engine.h"

namespace siaga::tests {

class SmallOffice : public testing::Test {
 protected:
  static std::shared_ptr<const TargetInfo> info(std::string name, NodeRole role) {
    auto made = std::make_shared<TargetInfo>();
    made->name = std::move(name);
    made->kind = role == NodeRole::target ? "tcp" : std::string(siaga::name(role));
    made->role = role;
    made->reasons = {Reason::agent_error, Reason::connect_refused};
    made->confirm = 1;
    made->recover = 1;
    made->interval = std::chrono::seconds(30);
    made->timeout = std::chrono::seconds(5);
    return made;
  }
  TargetId add(const std::string& name, NodeRole role = NodeRole::target) {
    return engine_.add(info(name, role), now_);
  }
  void relate(TargetId id, std::vector<TargetId> needs, std::vector<TargetId> via = {}) {
    engine_.relate(id, std::move(needs), std::move(via), now_);
  }
  // A run that takes no time, now.
  void run(TargetId id, Reason reason = Reason::none) {
    engine_.apply(id, judged(reason, "why"), {.boot = now_, .wall = {}}, now_);
    keep();
  }
  void judge(TargetId id, State state, Millis ago = Millis{}) {
    const bool is_mains = engine_.node(id).role == NodeRole::mains;
    engine_.judge(id,
                  {.state = state,
                   .since = now_ - ago,
                   .after = {},
                   .reason = state != State::down ? Reason::none
                             : is_mains           ? Reason::mains_off
                                                  : Reason::link_down},
                  now_);
    keep();
  }
  void pass(Millis time) {
    now_ += time;
    engine_.tick(now_);
    keep();
  }
  // Time passes with a run of this outcome every 30 s, the last one at its end.
  void probe(TargetId id, Millis time, Reason reason = Reason::none) {
    for (; time > Millis{}; time -= std::chrono::seconds(30)) {
      pass(std::min<Millis>(time, std::chrono::seconds(30)));
      run(id, reason);
    }
  }
  void keep() {
    for (Record& record : engine_.take_records()) records_.push_back(std::move(record));
  }
  template <typename Wanted>
  std::vector<Wanted> all() const {
    std::vector<Wanted> found;
    for (const Record& record : records_)
      if (const auto* one = std::get_if<Wanted>(&record)) found.push_back(*one);
    return found;
  }
  const TargetStatus& status(TargetId id) { return engine_.status(id); }
  Totals totals(TargetId id) { return engine_.state(id).totals; }

  BootTime now_{std::chrono::hours(1)};
  Engine engine_;
  std::vector<Record> records_;
};

}  // namespace siaga::tests
