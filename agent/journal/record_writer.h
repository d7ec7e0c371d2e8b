// Records as rows: each kind's upserts, by what identifies it, so that writing one twice changes
// nothing. Within one transaction of the caller's; failures stick in the database.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/engine/history.h"
#include "agent/journal/database.h"
#include "agent/journal/words.h"

namespace siaga {

class RecordWriter {
 public:
  RecordWriter(Database& database, const Words& words) : database_(database), words_(words) {}

  void write(const Record& record);
  // After the last record: highest numbers; a removed node keeps no state, in whatever order the
  // two records came.
  void finish();

 private:
  void put(const BootEra& era);
  void put(const Node& node);
  void put(const NodeState& state);
  void put(const Outage& outage);
  void put(const Revision& revision);
  void put(const Stretch& stretch);
  void put(const StateChange& change);
  void put(const Recovery& recovery);
  void put(const Window& window);
  void put(const DarkInterval& dark);
  void put(const Note& note);

  Database& database_;
  const Words& words_;
  std::vector<NodeNumber> removed_;
  BootNumber last_boot_ = 0;
  NodeNumber last_node_ = 0;
  OutageId last_outage_ = 0;
  std::uint64_t last_window_ = 0, last_dark_ = 0;
};

}  // namespace siaga
