// The journal's file: SQLite in WAL mode, synchronous=FULL. Blocking, for one thread at a time.
// Knows rows, not rules: what is booked, settled or revised is the engine's business.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/result.h"
#include "agent/core/stamp.h"
#include "agent/core/zone.h"
#include "agent/engine/history.h"

namespace siaga {

// What a start needs: one row per node and what is open, whatever the age of the file.
struct Replay {
  Dating dating;
  std::vector<Node> nodes;           // present ones only
  std::vector<NodeState> states;     // of these nodes, in the same order
  std::vector<Outage> open_outages;  // open or not settled, by id; of these nodes
  std::vector<Recovery> recoveries;  // still awaited or overdue
  std::vector<Window> windows;       // not yet past
  std::vector<DarkInterval> darks;   // all whose length is not known yet
  std::array<std::uint64_t, dark_class_count> dark_counts{};  // of all time
  std::array<Millis, dark_class_count> dark_lengths{};        // known ones
  // The highest ever used; 0 in a new journal.
  BootNumber last_boot = 0;
  NodeNumber last_node = 0;
  OutageId last_outage = 0;
  std::uint64_t last_window = 0, last_dark = 0;
};

struct Retention {
  Duration age{};           // detail older than this goes
  std::uint64_t bytes = 0;  // then the oldest detail until the file is smaller
};

class Store {
 public:
  enum class Access : std::uint8_t { write, read };
  struct Options {
    std::string path;
    Access access = Access::write;
    std::string vfs;  // of SQLite; empty: the system's
  };

  // Opens or creates the file, checks it and migrates it to this version. The error's code is one
  // of StoreTrouble's; its text says what would help.
  enum class Trouble : std::uint8_t {
    damaged,      // not a journal, or fails its check
    newer,        // written by a later version
    unavailable,  // no permission, no room, read-only, no such folder
  };
  static std::expected<std::unique_ptr<Store>, std::pair<Trouble, Error>> open(Options options);
  // The file anew, by a connection of its own beside the writer's: every page checked, and what a
  // start builds on. Reads all of the file.
  static std::expected<Replay, std::pair<Trouble, Error>> examine(const std::string& path,
                                                                  const std::string& vfs);
  virtual ~Store();

  // All in one transaction; on disk when it returns. Error: nothing of it is there.
  virtual Result<void> append(std::span<const Record> records) = 0;
  virtual Result<Replay> replay() = 0;
  // For a file in which nothing was recorded yet: what another one held of the present. replay()
  // gives it back, sums included. `why` (one sentence) and `now` stay in the file.
  virtual Result<void> begin_anew(const Replay& present, WallTime now, std::string_view why) = 0;
  // Rolls up the whole days of the office's zone that are over and settled, then lets go of detail
  // that is too old or too much, oldest first. `now` must be a trusted date.
  virtual Result<void> keep_house(const Retention& retention, const Zone& zone, WallTime now) = 0;
  virtual std::uint64_t bytes() const = 0;  // of the file and its WAL
  virtual std::string header() = 0;         // the file's first bytes as they are on disk
  // All of the WAL is in the file when it returns.
  virtual Result<void> checkpoint() = 0;
  // Its destructor will leave the files as they are.
  virtual void abandon() = 0;
  // How the latest call failed, if it did.
  enum class Fault : std::uint8_t {
    none,
    no_room,  // goes by itself when there is room
    damaged,  // the file's content is wrong: no later call will do better
    other     // opening it anew may help
  };
  virtual Fault fault() const = 0;
};

}  // namespace siaga
