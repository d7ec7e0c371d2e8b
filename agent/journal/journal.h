// The journal as the running agent sees it: takes records without ever waiting, and writes them on
// a thread of its own. The heart beats on the same thread, after what came before it is on disk:
// a beat promises that everything up to it is recorded.
//
// Trouble with the disk never stops the agent: records wait in memory (at most
// limits::journal_waiting_records, then the oldest detail is dropped and counted), the state is
// "not durable", and writing is tried again every limits::journal_retry. Threads: everything here
// is called on the loop's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/limits.h"
#include "agent/journal/beat.h"
#include "agent/journal/store.h"
#include "agent/loop/loop.h"

namespace siaga {

struct JournalOptions {
  std::string state_dir;  // created when its parent is there
  Retention retention;
  std::string vfs;  // of SQLite, for tests; empty: the system's
  Duration retry = limits::journal_retry;
};

struct JournalState {
  bool is_durable = false;
  std::string trouble;    // one sentence while it is not; says what would help
  std::string set_aside;  // the name that a damaged or newer file was given; empty: none
  std::string set_aside_why;
  std::uint64_t set_aside_count = 0;
  std::string
      damage;  // the latest that was found while the agent ran, and what was lost; a sentence
  std::uint64_t damage_count = 0;
  std::uint64_t records = 0;  // handed over since the start
  std::uint64_t transactions = 0;
  std::uint64_t errors = 0;   // failed transactions and openings
  std::uint64_t dropped = 0;  // records that did not fit while there was trouble
  std::uint64_t waiting = 0;  // records not yet on disk
  std::uint64_t bytes = 0;    // of the file
  std::uint64_t beats = 0;
  Duration last_write{};  // how long the last transaction took
};

// A journal file is opened before anything is probed; a file that cannot be used is renamed with
// the date ("journal.db.damaged-2026-11-21T08-00-00Z") and a new one begins. A file that is
// removed, replaced or damaged while the agent runs is noticed at the next writing or beat: it is
// set aside the same way, and a new one begins with all that a restart needs, as it was on disk.
struct OpenedJournal {
  Replay replay;
  std::optional<Beat> last_beat;
};

using Ticket = std::uint64_t;

class Journal {
 public:
  // Blocks while it opens and replays. `now` dates what is set aside.
  static std::pair<std::unique_ptr<Journal>, OpenedJournal> open(Loop& loop, JournalOptions options,
                                                                 WallTime now);
  virtual ~Journal();  // writes what waits, for at most limits::journal_farewell

  // Everything with a ticket up to `durable()` is on disk.
  virtual Ticket append(std::vector<Record> records) = 0;
  virtual Ticket durable() const = 0;
  // Written once everything appended before is on disk; while that fails, no beat is written.
  virtual void beat(Beat beat) = 0;
  // Rolls up and cleans up, in the background. Only with a trusted date.
  virtual void keep_house(Zone zone, WallTime now) = 0;
  virtual JournalState state() const = 0;
  // Called on the loop whenever durability changed.
  virtual void on_change(std::function<void()> changed) = 0;
};

// Names of the files in a state directory.
std::string journal_path(const std::string& state_dir);    // .../journal.db
std::string heartbeat_path(const std::string& state_dir);  // .../heartbeat

}  // namespace siaga
