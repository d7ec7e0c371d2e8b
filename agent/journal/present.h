// What a start would read of the journal as it stands, kept in memory by whoever writes it: so that
// a file which is lost while the agent runs can be begun anew, and one that was opened again can be
// held against what was written. Folds records as the file does. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "agent/engine/history.h"
#include "agent/journal/store.h"

namespace siaga {

class Present {
 public:
  Present() = default;
  explicit Present(Replay replay);

  // In the order in which they are written; of one transaction.
  void fold(std::span<const Record> records);
  Replay replay() const;
  // Whether the file says the same. Of windows it may have let go of some that are past.
  bool is_in(const Replay& file) const;

 private:
  void take(const BootEra& era);
  void take(const Node& node);
  void take(const NodeState& state);
  void take(const Outage& outage);
  void take(const Revision& revision);
  void take(const Recovery& recovery);
  void take(const Window& window);
  void take(const DarkInterval& dark);
  // History: no start reads it.
  void take(const Stretch&) {}
  void take(const StateChange&) {}
  void take(const Note&) {}

  struct Known {
    Node node;
    std::optional<NodeState> state;
  };
  using RecoveryKey = std::tuple<Stamp, NodeNumber, NodeNumber>;  // returned, node, root

  Replay sums_;  // dating, dark sums and highest numbers; its lists are empty
  std::map<NodeNumber, Known> nodes_;
  std::map<NodeNumber, NodeState> early_;  // before their nodes, within one fold
  std::map<OutageId, Outage> outages_;
  std::map<RecoveryKey, Recovery> recoveries_;
  std::map<std::uint64_t, Window> windows_;
  std::map<std::uint64_t, DarkInterval> darks_;
};

}  // namespace siaga
