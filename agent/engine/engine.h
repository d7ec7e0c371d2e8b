// The graph of nodes and what happens to them: outcomes, a judge's word on links and mains,
// maintenance, time. Pure: no clock, no loop, no file, no log; the same events at the same times
// give the same records. The model stands in docs/outages.md, its parts in own.h (one node's
// evidence), pieces.h (its effective state) and account.h (its books).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/outcome.h"
#include "agent/core/target.h"
#include "agent/engine/account.h"
#include "agent/engine/history.h"
#include "agent/engine/own.h"
#include "agent/engine/snapshot.h"

namespace siaga {

struct EngineRules {
  Millis settle = std::chrono::seconds(60);
  Millis recovery_grace = std::chrono::minutes(5);
  std::int64_t flap_limit = 6;  // changes between up and down within the window
  Millis flap_window = std::chrono::minutes(30);

  bool operator==(const EngineRules&) const = default;
};

// When a run was, on the clocks that are needed of it.
struct RunTime {
  BootTime boot{};  // its beginning
  WallTime wall{};  // the same
  BootTime ended{};
  Millis name_age{};  // so long before it the answer was had that it took its address from
};

// The word of a link's or mains's judge, confirmed already.
struct Judgement {
  State state = State::unknown;   // up, down or unknown
  BootTime since{};               // may lie back, at most by `settle`
  std::optional<BootTime> after;  // the last evidence of what was before; none: not known
  std::optional<BootTime> by;     // when it was so at the latest; none: `since`
  bool is_degraded = false;       // up, and losing much of what goes through it
  Reason reason = Reason::none;   // of down
  std::string evidence;           // one sentence, kept with the change of state
};

// How the agent comes back: up to when the journal speaks, and what was since.
struct Restart {
  Stamp alive_until;
  DarkInterval dark;
};

class Engine {
 public:
  // Everything happens in this boot; numbers go on behind the given ones.
  struct Beginning {
    BootNumber boot = 1;
    NodeNumber last_node = 0;
    OutageId last_outage = 0;
  };
  explicit Engine(EngineRules rules = {}) : Engine(rules, Beginning{}) {}
  Engine(EngineRules rules, Beginning beginning);
  void set_rules(EngineRules rules);

  // A new node, pending, behind all others in the snapshot's order.
  TargetId add(std::shared_ptr<const TargetInfo> info, BootTime now);
  // One that was there before the restart: its totals and its open outage go on.
  TargetId restore(std::shared_ptr<const TargetInfo> info, const Node& node, const NodePast& life,
                   const Restart& restart, BootTime now);
  // The same node probed in another way: what was known of its state is not known any more.
  void replace(TargetId id, std::shared_ptr<const TargetInfo> info, BootTime now);
  void remove(TargetId id, BootTime now);
  // What the node needs and looks through; replaces what was said before. No circles (CHECKed by
  // the configuration).
  void relate(TargetId id, std::vector<TargetId> needs, std::vector<TargetId> via, BootTime now);
  // The order of targets in snapshots; must name exactly the present targets. Called once all are
  // related: what can happen to each follows from the graph.
  void set_order(std::vector<TargetId> order);

  // True when the verdict awaits confirmation: probe again soon.
  bool apply(TargetId id, Outcome outcome, RunTime began, BootTime now);
  void judge(TargetId id, const Judgement& judgement, BootTime now);
  // The judge's word holds up to then at least; later than that, it may yet say otherwise.
  void vouch(TargetId id, BootTime until);
  // What this node resolves names for hides only what fails because nobody resolves them.
  void set_resolver(TargetId id);
  // What happened to a link or mains without changing its state.
  void note(TargetId id, NoteKind kind, std::string text, BootTime at);
  void set_maintenance(TargetId id, bool is_on, BootTime at, BootTime now);
  // Time passes; about once a second.
  void tick(BootTime now);
  // The length of a dark time became known: the one before this start, or one before an earlier
  // start that nobody could date. Books it for the nodes that were there, and says so with it.
  void date_dark(const DarkInterval& dark);
  // Whether a failure in that run is no evidence, because what it was looked at through was down,
  // or not known to be back.
  bool is_hidden(TargetId id, const RunTime& run) const;
  bool owes_dark(TargetId id) const;  // whether the node was there before it, and waits for that

  // The books of all nodes at this moment. What is shown to others is shown once the journal has
  // everything that led to it: a crash must not take back what somebody has seen.
  struct Books {
    struct Entry {
      TargetId id{};
      NodeNumber number = 0;
      Totals totals;
      Stamp booked_until;
      std::array<std::uint32_t, cause_count> outages{};
    };
    std::vector<Entry> entries;
  };
  Books books() const;
  void show(const Books& books);

  // What happened since the last call, for the journal.
  std::vector<Record> take_records();

  const TargetStatus& status(TargetId id) const;
  const Node& node(TargetId id) const;
  const Outage* outage(TargetId id) const;  // the open one, or null
  NodeState state(TargetId id) const;       // what a restart now would need
  const Node* find(NodeNumber number) const;
  std::size_t size() const { return order_.size(); }
  bool is_any_mains_off() const;

  // All targets as they are now. Costs one pointer per target; a target that changes while a
  // snapshot still shows it is copied first.
  std::shared_ptr<const Snapshot> snapshot(WallTime now, const Dating& dating) const;

 private:
  struct Slot {
    std::shared_ptr<TargetStatus> status;
    Node node;
    std::optional<Own> own;
    std::optional<Account> account;
    std::vector<TargetId> needs, via, dependents;
    std::vector<MaintenanceChange> maintenance;
    std::vector<Piece> past;          // booked, kept for those that need this node
    std::vector<Piece> pieces;        // from booked on
    std::optional<BootTime> vouched;  // of one that is judged
    bool is_resolver = false;
    std::optional<Recovery> recovery;
    std::vector<BootTime> flaps;  // changes between up and down
    NodeState kept;               // as the journal has it
  };

  Slot& slot(TargetId id) { return slots_.at(index_of(id)); }
  const Slot& slot(TargetId id) const { return slots_.at(index_of(id)); }
  TargetId place(std::shared_ptr<const TargetInfo> info, Node node);
  TargetStatus& writable(Slot& slot);
  Own::Rules own_rules(const TargetInfo& info) const;
  Sources sources(const Slot& slot) const;
  std::optional<BootTime> hidden_since(const Slot& slot, const RunTime& run) const;
  std::optional<BootTime> blocked_since(const Slot& slot, BootTime at) const;
  bool is_restless(const Slot& slot) const;
  std::uint16_t possible_causes(const Slot& slot) const;
  BootTime known_until(const Slot& slot, BootTime now) const;
  BootTime heard_until(const Slot& slot, BootTime now) const;
  Account::View view(const Slot& slot, BootTime now) const;

  // Brings a node and those that depend on it in line with the evidence.
  void refresh(TargetId id, BootTime now);
  void publish(Slot& slot, BootTime now);
  void note_flap(Slot& slot, State from, State to, BootTime at, BootTime now);
  void await_recovery(const Slot& root, const Piece& returned);
  void follow_recovery(Slot& slot, BootTime now);
  void begin_recovery(Slot& slot, NodeNumber root, Cause after, Stamp returned);
  void retire(Slot& slot);
  void keep(Slot& slot);
  NodeState state_of(const Slot& slot) const;

  EngineRules rules_;
  Ledger ledger_;
  NodeNumber last_node_ = 0;
  std::uint64_t latest_dark_ = 0;  // id of the dark time before this start
  std::vector<Slot> slots_;
  std::vector<TargetId> free_;
  std::vector<TargetId> order_;  // targets
  std::vector<TargetId> roots_;  // links and mains
  std::map<NodeNumber, TargetId> by_number_;
};

}  // namespace siaga
