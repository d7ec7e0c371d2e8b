// Opening, healing, setting aside.
#include "agent/journal/keeper.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "agent/journal/replay.h"
#include "agent/journal/set_aside.h"

namespace siaga {
namespace {

bool is_empty_file(const std::string& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size == 0;
}

// Its parent must be there: a mistyped path shall not grow a tree.
Result<void> make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0750) == 0 || errno == EEXIST) return {};
  const int code = errno;
  return std::unexpected(Error{.tried = "create the state directory",
                               .on = folder,
                               .code = code,
                               .text = code == ENOENT
                                           ? "create its parent, or set state_dir to another folder"
                                           : "create it and give it to the agent's user"});
}

}  // namespace

Keeper::Keeper(JournalOptions options, WallTime now)
    : options_(std::move(options)),
      began_(now),
      began_steady_(std::chrono::steady_clock::now()),
      path_(journal_path(options_.state_dir)),
      traces_(path_) {}

WallTime Keeper::now() const { return began_ + (std::chrono::steady_clock::now() - began_steady_); }

bool Keeper::fail(const Error& error) {
  trouble_ = describe(error);
  ++errors_;
  return false;
}

OpenedJournal Keeper::start() {
  OpenedJournal opened{.last_beat = Heartbeat::read(heartbeat_path(options_.state_dir))};
  has_replayed_ = true;  // nothing of ours is numbered yet
  static_cast<void>(open_files({}));
  std::unique_ptr<Store> reading;
  if (!store_) {
    // A disk that can only be read still knows what was.
    auto read = Store::open({path_, Store::Access::read, options_.vfs});
    if (read) reading = std::move(*read);
  }
  Store* const store = store_ ? store_.get() : reading.get();
  auto replay = store == nullptr ? Result<Replay>(Replay{}) : store->replay();
  if (replay) opened.replay = std::move(*replay);
  else static_cast<void>(fail(replay.error()));
  has_replayed_ = store != nullptr && replay.has_value();
  present_ = Present(opened.replay);
  has_started_ = true;
  return opened;
}

bool Keeper::open_files(std::span<const Record> ours) {
  if (!store_ || !heartbeat_) {
    if (const auto made = make_folder(options_.state_dir); !made) return fail(made.error());
  }
  if (!open_store(ours) || !open_heartbeat()) return false;
  trouble_.clear();
  return true;
}

bool Keeper::open_heartbeat() {
  if (heartbeat_) return true;
  auto opened = Heartbeat::open(heartbeat_path(options_.state_dir));
  if (!opened) return fail(opened.error());
  heartbeat_ = std::move(*opened);
  return true;
}

// A file that is only just created is empty too; but not once the heart has beaten.
bool Keeper::is_empty_by_damage() {
  return is_empty_file(path_) && Heartbeat::read(heartbeat_path(options_.state_dir));
}

bool Keeper::open_store(std::span<const Record> ours) {
  if (store_) return true;
  if (is_lost_ && !clear_way()) return false;
  if (!is_lost_ && is_empty_by_damage() &&
      !move_away(Store::Trouble::damaged,
                 {.tried = "open the journal", .on = path_, .text = "it is empty, and was not"}))
    return false;
  auto opened = Store::open({path_, Store::Access::write, options_.vfs});
  if (!opened && opened.error().first != Store::Trouble::unavailable) {
    if (!move_away(opened.error().first, opened.error().second)) return false;
    opened = Store::open({path_, Store::Access::write, options_.vfs});
  }
  if (!opened) return fail(opened.error().second);
  store_ = std::move(*opened);
  if (is_lost_ ? !begin_anew() : !adopt(ours)) return false;
  leave();
  return true;
}

// What was open in this life and has to go is begun anew.
bool Keeper::move_away(Store::Trouble why, const Error& fault) {
  static_cast<void>(fail(fault));
  auto moved = set_aside(path_, why == Store::Trouble::newer ? "newer" : "damaged", now());
  if (!note_set_aside(std::move(moved), describe(fault))) return false;
  if (!has_started_ || !has_replayed_) return true;
  if (!is_lost_) tell(describe(fault));
  is_lost_ = is_way_clear_ = true;
  return true;
}

bool Keeper::note_set_aside(Result<std::string> moved, const std::string& why) {
  if (!moved) return fail(moved.error());
  set_aside_why_ = why;
  set_aside_ = std::move(*moved);
  ++set_aside_count_;
  return true;
}

// A file that could not be read at the start: ours is written behind what it holds.
bool Keeper::adopt(std::span<const Record> ours) {
  if (has_replayed_) return !has_started_ || compare(ours);
  const auto file = store_->replay();
  if (!file) {
    store_.reset();
    return fail(file.error());
  }
  rebase_ = Rebase::behind(*file, ours);
  first_ = ended_past(*file);
  present_ = Present(*file);
  has_replayed_ = true;
  return write_first();
}

bool Keeper::write_first() {
  const auto written = store_->append(first_);
  if (!written) {
    store_.reset();
    return fail(written.error());
  }
  present_.fold(first_);
  first_.clear();
  return true;
}

bool Keeper::write(std::span<const Record> records) {
  is_telling_ = false;
  if (!inspect() || !open_files(records)) return false;
  std::vector<Record> moved;
  if (rebase_ != Rebase{}) {
    moved.reserve(records.size());
    for (const Record& record : records) moved.push_back(rebase_.moved(record));
    records = moved;
  }
  const auto written = store_->append(records);
  return written ? kept(records) : refused(written.error(), records);
}

bool Keeper::kept(std::span<const Record> records) {
  present_.fold(records);
  if (!records.empty()) leave();
  return true;
}

// Whether a failed commit is there all the same is only known once the file is opened anew.
bool Keeper::refused(const Error& error, std::span<const Record> records) {
  const Store::Fault fault = store_->fault();
  if (fault == Store::Fault::damaged) {
    lose(describe(error));
  } else if (fault == Store::Fault::other) {
    attempted_ = present_;
    attempted_->fold(records);
    store_.reset();
  } else {
    leave();
  }
  return fail(error);
}

bool Keeper::beat(const Beat& beat) {
  if (!heartbeat_ && !open_files({})) return false;
  const auto written = heartbeat_->write(beat);
  if (written) return true;
  heartbeat_.reset();
  return fail(written.error());
}

void Keeper::keep_house(const Zone& zone, WallTime now) {
  if (!store_) return;
  const auto done = store_->keep_house(options_.retention, zone, now);
  leave();
  if (done) return;
  // What was recorded is as safe as before.
  ++errors_;
  if (store_->fault() == Store::Fault::damaged) lose(describe(done.error()));
}

}  // namespace siaga
