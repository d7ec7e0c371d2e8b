// What is done when somebody touched the files while the agent runs. A lost "-wal" or "-shm" costs
// nothing: the descriptors are still open, and what they hold is moved into the file. A file that
// is lost itself is begun anew from memory; the history that was only in it is lost.
#include <filesystem>
#include <utility>

#include "agent/journal/keeper.h"
#include "agent/journal/set_aside.h"

namespace siaga {

bool Keeper::inspect() {
  inspect_heartbeat();
  if (!store_ || !traces_.is_noted()) return true;
  using enum Traces::Change;
  Traces::Finding found = traces_.look();
  if (found.change == none && store_->header() != header_)
    found = {.change = written, .text = "journal.db was overwritten"};
  switch (found.change) {
    case none: return true;
    case written: return inspect_content(found.text);
    case shm_cut:
      if (traces_.lengthen_shm()) return mend(found.text);
      break;
    case wal_removed:
    case shm_removed: return mend(found.text);
    case removed:
    case replaced: break;
  }
  is_wal_ours_ = found.change == replaced && traces_.is_own_wal();
  lose(found.text);
  return true;
}

// Another program may write a journal without harm, such as sqlite3 that cleans it up. Whether it
// did none costs reading all of the file. What the WAL holds is then moved into the file: frames in
// it that nobody reads any more may be damaged, and would end a restart's reading before those
// behind.
bool Keeper::inspect_content(const std::string& found) {
  const auto file = Store::examine(path_, options_.vfs);
  if (!file && file.error().first == Store::Trouble::unavailable) return fail(file.error().second);
  if (!file) lose(found + "; " + file.error().second.text);
  else if (!present_.is_in(*file)) lose(found + "; it is not what was recorded");
  else static_cast<void>(store_->checkpoint());
  if (store_) leave();
  return true;
}

void Keeper::inspect_heartbeat() {
  if (!heartbeat_) return;
  const std::string fault = heartbeat_->fault();
  if (fault.empty()) return;
  heartbeat_.reset();
  const std::string path = heartbeat_path(options_.state_dir);
  std::string text = "heartbeat " + fault;
  if (is_anything_at(path)) {
    const auto moved = set_aside(path, "damaged", now());
    text += moved ? "; it was set aside as " + *moved : "; " + describe(moved.error());
  }
  tell(text);
}

bool Keeper::mend(const std::string& found) {
  const bool is_wal_ours = traces_.is_own_wal();
  if (!store_->checkpoint()) {
    lose(found);
    return true;
  }
  abandon_store();
  // A WAL of somebody else would be played into the file.
  const std::string wal = path_ + "-wal";
  if (!is_wal_ours && is_anything_at(wal)) {
    const auto moved = set_aside_alone(wal, "foreign", now());
    if (!moved) return fail(moved.error());
  }
  tell(found + "; nothing is lost");
  return true;
}

void Keeper::abandon_store() {
  store_->abandon();
  store_.reset();
  traces_.forget();
}

void Keeper::lose(const std::string& why) {
  abandon_store();
  attempted_.reset();
  is_lost_ = true;
  is_way_clear_ = false;
  ++errors_;
  tell(why + "; a new journal begins with what a restart needs, earlier history is lost");
}

// Whatever lies there now is kept under another name.
bool Keeper::clear_way() {
  if (is_way_clear_) return true;
  if (is_wal_ours_) {
    if (!note_set_aside(set_aside_alone(path_, "foreign", now()), damage_)) return false;
    is_wal_ours_ = false;
  }
  if (is_anything_at(path_) && !note_set_aside(set_aside(path_, "damaged", now()), damage_))
    return false;
  is_way_clear_ = true;
  return true;
}

bool Keeper::begin_anew() {
  const auto file = store_->replay();
  if (file && (file->last_boot == 0 || present_.is_in(*file))) {
    const auto begun = store_->begin_anew(present_.replay(), now(), damage_);
    if (begun) is_lost_ = false;
    if (begun) return true;
    store_.reset();
    return fail(begun.error());
  }
  is_way_clear_ = false;
  abandon_store();
  return fail(file ? Error{.tried = "begin the journal anew",
                           .on = path_,
                           .text = "another journal was put in its place"}
                   : file.error());
}

// Opened again in the same life: it must hold what was written.
bool Keeper::compare(std::span<const Record> ours) {
  const auto file = store_->replay();
  if (!file) {
    store_.reset();
    return fail(file.error());
  }
  if (attempted_ && attempted_->is_in(*file)) present_ = std::move(*attempted_);
  attempted_.reset();
  if (present_.is_in(*file)) return true;
  lose("journal.db is not what was recorded");
  return open_store(ours);
}

void Keeper::tell(const std::string& damage) {
  damage_ = is_telling_ ? damage_ + "; " + damage : damage;
  is_telling_ = true;
  ++damage_count_;
}

void Keeper::leave() {
  traces_.note();
  header_ = traces_.is_noted() ? store_->header() : std::string();
}

}  // namespace siaga
