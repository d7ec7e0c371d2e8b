// What the journal's thread owns: the file and the heartbeat, opened, healed and set aside as
// needed. Blocking; knows nothing of the loop or of other threads.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/journal/beat.h"
#include "agent/journal/journal.h"
#include "agent/journal/rebase.h"
#include "agent/journal/store.h"

namespace siaga {

class Keeper {
 public:
  // `now` is the date at this moment; later ones are counted on from it.
  Keeper(JournalOptions options, WallTime now);

  // Opens, or else reads what cannot be written. Call once, first.
  OpenedJournal start();
  // All on disk when it returns; else nothing of it, and trouble() says why.
  bool write(std::span<const Record> records);
  bool beat(const Beat& beat);
  void keep_house(const Zone& zone, WallTime now);
  // Tries to open what is not open.
  bool heal() { return open_files({}); }

  const std::string& trouble() const { return trouble_; }
  const std::string& set_aside_name() const { return set_aside_; }
  const std::string& set_aside_why() const { return set_aside_why_; }
  std::uint64_t set_aside_count() const { return set_aside_count_; }
  std::uint64_t errors() const { return errors_; }
  std::uint64_t bytes() const { return store_ ? store_->bytes() : 0; }

 private:
  // `ours`: what is about to be written.
  bool open_files(std::span<const Record> ours);
  bool open_store(std::span<const Record> ours);
  bool open_heartbeat();
  bool move_away(Store::Trouble why, const Error& fault);
  bool adopt(std::span<const Record> ours);
  bool write_first();
  void rescue();
  bool is_replaced() const;
  bool fail(const Error& error);
  WallTime now() const;

  const JournalOptions options_;
  const WallTime began_;
  const std::chrono::steady_clock::time_point began_steady_;
  const std::string path_;
  std::unique_ptr<Store> store_;
  std::optional<Heartbeat> heartbeat_;
  std::uint64_t inode_ = 0;    // of the file that is open; 0: not of the file system
  bool has_replayed_ = false;  // numbers of ours go on from the file's
  Rebase rebase_;
  std::vector<Record> first_;  // to be written before anything else; not moved
  std::string trouble_, set_aside_, set_aside_why_;
  std::uint64_t set_aside_count_ = 0, errors_ = 0;
};

}  // namespace siaga
