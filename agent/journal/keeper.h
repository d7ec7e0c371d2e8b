// What the journal's thread owns: the file and the heartbeat, opened, healed and set aside as
// needed. Before each writing and each beat it looks whether they still are what it left: what
// somebody removed, replaced or damaged is begun anew with what a restart needs (keeper_damage.cc).
// Blocking; knows nothing of the loop or of other threads.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/journal/beat.h"
#include "agent/journal/journal.h"
#include "agent/journal/present.h"
#include "agent/journal/rebase.h"
#include "agent/journal/store.h"
#include "agent/journal/traces.h"

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

  const std::string& trouble() const { return trouble_; }
  const std::string& set_aside_name() const { return set_aside_; }
  const std::string& set_aside_why() const { return set_aside_why_; }
  std::uint64_t set_aside_count() const { return set_aside_count_; }
  const std::string& damage() const { return damage_; }
  std::uint64_t damage_count() const { return damage_count_; }
  std::uint64_t errors() const { return errors_; }
  std::uint64_t bytes() const { return store_ ? store_->bytes() : 0; }

 private:
  // `ours`: what is about to be written.
  bool open_files(std::span<const Record> ours);
  bool open_store(std::span<const Record> ours);
  bool open_heartbeat();
  bool move_away(Store::Trouble why, const Error& fault);
  bool note_set_aside(Result<std::string> moved, const std::string& why);
  bool adopt(std::span<const Record> ours);
  bool write_first();
  bool is_empty_by_damage();
  bool kept(std::span<const Record> records);
  bool refused(const Error& error, std::span<const Record> records);

  // False: it cannot be told now, and nothing may be written.
  bool inspect();
  bool inspect_content(const std::string& found);
  void inspect_heartbeat();
  bool mend(const std::string& found);
  void lose(const std::string& why);
  void abandon_store();
  bool clear_way();
  bool begin_anew();
  bool compare(std::span<const Record> ours);
  void tell(const std::string& damage);
  void leave();
  bool fail(const Error& error);
  WallTime now() const;

  const JournalOptions options_;
  const WallTime began_;
  const std::chrono::steady_clock::time_point began_steady_;
  const std::string path_;
  std::unique_ptr<Store> store_;
  std::optional<Heartbeat> heartbeat_;
  bool has_replayed_ = false;  // numbers of ours go on from the file's
  bool has_started_ = false;
  Traces traces_;
  std::string header_;                // of the file, as it was left
  Present present_;                   // what the file holds of it
  std::optional<Present> attempted_;  // ... if the transaction that failed is there all the same
  bool is_lost_ = false;              // what opens next is a new file, and begins with present_
  bool is_way_clear_ = false;         // what lay in its place is set aside
  bool is_wal_ours_ = false;          // although the file in its place is not
  Rebase rebase_;
  std::vector<Record> first_;  // to be written before anything else; not moved
  std::string trouble_, set_aside_, set_aside_why_, damage_;
  bool is_telling_ = false;  // damage_ is of this inspection
  std::uint64_t set_aside_count_ = 0, damage_count_ = 0, errors_ = 0;
};

}  // namespace siaga
