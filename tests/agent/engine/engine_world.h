// A small office whose life is decided by numbers from outside: outcomes, judgements, maintenance,
// reloads, crashes and reboots happen to a real engine, its records are kept as a journal would,
// and after every event everything that must hold is held against it. The property test feeds
// random numbers, the fuzzer its bytes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/engine/engine.h"

namespace siaga::tests {

// What a journal holds: the records folded, the last of each winning.
class Fold {
 public:
  // Complaints about records that contradict earlier ones come back as text; empty: none.
  std::string take(const std::vector<Record>& records);

  std::map<NodeNumber, Node> nodes;
  std::map<NodeNumber, NodeState> states;  // of present nodes
  std::map<OutageId, Outage> outages;
  std::map<NodeNumber, std::vector<Stretch>> stretches;
  std::map<NodeNumber, Recovery> recoveries;  // the last of each node
  std::size_t revisions = 0, withdrawn = 0;
  Stamp newest;  // of anything

 private:
  std::string take_outage(const Outage& outage);
  std::string take_stretch(const Stretch& stretch);
};

class EngineWorld {
 public:
  // `choose(n)` gives a number below n.
  using Choose = std::function<std::uint32_t(std::uint32_t)>;
  explicit EngineWorld(Choose choose);

  // One event. What does not hold afterwards, as text; empty when all is well.
  std::string step();
  std::string history() const { return history_; }
  const Fold& fold() const { return fold_; }

 private:
  struct Member {
    std::string name;
    std::optional<TargetId> id;  // none: not configured at the moment
    NodeRole role = NodeRole::target;
    std::vector<std::size_t> needs, via;  // earlier members
    bool is_maintained = false;
    BootTime last_began{};
    // What was booked in earlier lives, and since when this one books.
    Millis base{};
    BootTime since{};
    struct Counters {
      Totals totals;
      std::array<std::uint32_t, cause_count> outages{};
    };
    Counters before;  // at the last look
    Counters shown;   // at the last beat that the journal had: seen by others
  };

  std::shared_ptr<const TargetInfo> info(const Member& member);
  void add(Member& member);
  void relate();
  void outcome();
  void judge();
  void maintain();
  void reconfigure();
  void date_dark();
  std::string crash();
  NodePast life(NodeNumber number) const;
  void commit();
  void beat();
  void note(const std::string& event);
  std::string check();
  std::string check(Member& member);
  Stamp here() const { return {.boot = boot_, .at = now_}; }

  Choose choose_;
  EngineRules rules_;
  std::optional<Engine> engine_;
  Fold fold_;     // with everything that the engine said
  Fold durable_;  // what a crash leaves of it
  std::vector<Member> members_;
  BootNumber boot_ = 1;
  BootTime now_{std::chrono::minutes(10)};
  Stamp beat_;
  std::vector<DarkInterval> owed_;  // dark times whose length may become known
  std::uint64_t latest_dark_ = 0;
  bool has_ticked_ = false;  // in this step
  std::string history_;
};

}  // namespace siaga::tests
