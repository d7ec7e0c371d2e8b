// When nothing could be read at the start, the agent counts from 1; when the file with its history
// comes back later, numbers would mean two things. Then ours are moved behind the file's, and what
// the file held as present ends where its knowledge ended. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/engine/history.h"
#include "agent/journal/store.h"

namespace siaga {

// What is added to each kind of number.
struct Rebase {
  BootNumber boot = 0;
  NodeNumber node = 0;
  OutageId outage = 0;
  std::uint64_t window = 0, dark = 0;

  // Nothing of ours may have the number of something in the file, except that a boot which both
  // know (by its boot id) is the same one. `ours` holds our first boot, if it is known.
  static Rebase behind(const Replay& file, std::span<const Record> ours);

  Record moved(Record record) const;
  bool operator==(const Rebase&) const = default;
};

// Nodes of the file as removed, and their open outages as ended by it, at the last moment that the
// file knows of.
std::vector<Record> ended_past(const Replay& file);

}  // namespace siaga
