// A disk in memory, as a SQLite VFS, that knows what was synced. The power can be cut at any write
// or sync: what was not synced by then is gone, or some of it is there, sector by sector, as chance
// has it. Any call can be made to fail, once or from then on. For one connection at a time.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace siaga::tests {

class CrashDisk {
 public:
  // Registered under its name until it goes.
  explicit CrashDisk(std::string name)
      : name_(std::move(name)), system_(sqlite3_vfs_find(nullptr)) {
    vfs_.iVersion = 2;
    vfs_.szOsFile = sizeof(Handle);
    vfs_.mxPathname = 512;
    vfs_.zName = name_.c_str();
    vfs_.pAppData = this;
    vfs_.xOpen = [](sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
      return of(vfs).open(path, file, flags, out);
    };
    vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync) {
      return of(vfs).remove(path, sync != 0);
    };
    vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int, int* out) {
      *out = of(vfs).files_.contains(path) ? 1 : 0;
      return SQLITE_OK;
    };
    vfs_.xFullPathname = [](sqlite3_vfs*, const char* path, int size, char* out) {
      sqlite3_snprintf(size, out, "%s", path);
      return SQLITE_OK;
    };
    vfs_.xRandomness = [](sqlite3_vfs* vfs, int size, char* out) {
      return of(vfs).system_->xRandomness(of(vfs).system_, size, out);
    };
    vfs_.xSleep = [](sqlite3_vfs*, int micros) { return micros; };
    vfs_.xCurrentTime = [](sqlite3_vfs* vfs, double* out) {
      return of(vfs).system_->xCurrentTime(of(vfs).system_, out);
    };
    vfs_.xCurrentTimeInt64 = [](sqlite3_vfs* vfs, sqlite3_int64* out) {
      return of(vfs).system_->xCurrentTimeInt64(of(vfs).system_, out);
    };
    vfs_.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
    sqlite3_vfs_register(&vfs_, 0);
  }
  ~CrashDisk() { sqlite3_vfs_unregister(&vfs_); }
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk& operator=(const CrashDisk&) = delete;

  const std::string& name() const { return name_; }
  std::size_t changes() const { return changes_; }  // writes, truncations, syncs, deletions so far
  std::size_t calls() const { return calls_; }      // these, and reads and openings

  // The n-th change from now on, from 1, does not happen any more, nor does anything after it.
  void cut_at(std::size_t change) { cut_at_ = changes_ + change; }
  // The power is back. Of what was not synced nothing survives, or with a seed what chance keeps.
  void power_on(std::optional<unsigned> seed);
  // The n-th call from now on fails with the code, and those after it until mended; or only it.
  // Only changes need room: with SQLITE_FULL it is the n-th of them.
  void fail_at(std::size_t call, int code, bool is_lasting) {
    fail_code_ = code;
    fail_at_ = (code == SQLITE_FULL ? changes_ : calls_) + call;
    is_fail_lasting_ = is_lasting;
  }
  void mend() {
    fail_at_ = 0;
    has_failed_ = false;
  }
  bool has_failed() const { return has_failed_; }

  // As it would be read now.
  std::string content(const std::string& path) { return files_[path]->now; }
  void set_content(const std::string& path, const std::string& bytes) {
    files_[path] = std::make_shared<File>();
    files_[path]->now = files_[path]->synced = bytes;
    files_[path]->is_entry_synced = true;
  }

 private:
  struct Change {
    std::size_t offset = 0;
    std::string bytes;
    bool is_truncation = false;  // to `offset`
  };
  struct File {
    std::string now, synced;
    std::vector<Change> unsynced;
    bool is_entry_synced = false;
    std::vector<std::unique_ptr<char[]>> shared_memory;
  };
  struct Handle {
    sqlite3_file file;
    CrashDisk* disk;
    std::shared_ptr<File>* content;
  };

  static CrashDisk& of(sqlite3_vfs* vfs) { return *static_cast<CrashDisk*>(vfs->pAppData); }
  static CrashDisk& disk(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file)->disk; }
  static File& content(sqlite3_file* file) { return **reinterpret_cast<Handle*>(file)->content; }
  static const sqlite3_io_methods* methods();

  // OK, or how the call fails. `code` is the kind's own I/O error.
  int call(int code, bool is_change);
  int open(const char* path, sqlite3_file* file, int flags, int* out);
  int remove(const char* path, bool is_synced);
  static void apply(std::string& bytes, const Change& change);
  static int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** out);
  static int read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset);

  const std::string name_;
  sqlite3_vfs* const system_;
  sqlite3_vfs vfs_{};
  std::map<std::string, std::shared_ptr<File>> files_;
  std::map<std::string, std::string> ghosts_;  // deleted, but the folder is not synced
  std::size_t changes_ = 0, calls_ = 0, cut_at_ = 0;
  std::atomic<std::size_t> fail_at_ = 0;  // mended from another thread than the writing one
  int fail_code_ = 0;
  bool is_fail_lasting_ = false;
  std::atomic<bool> has_failed_ = false;
};

inline int CrashDisk::call(int code, bool is_change) {
  ++calls_;
  if (is_change) ++changes_;
  if (cut_at_ != 0 && changes_ >= cut_at_) return code;
  const std::size_t from = fail_at_;
  if (from == 0 || (fail_code_ == SQLITE_FULL && !is_change)) return SQLITE_OK;
  const std::size_t count = fail_code_ == SQLITE_FULL ? changes_ : calls_;
  if (is_fail_lasting_ ? count < from : count != from) return SQLITE_OK;
  has_failed_ = true;
  return fail_code_ == SQLITE_FULL ? SQLITE_FULL : code;
}

inline void CrashDisk::apply(std::string& bytes, const Change& change) {
  if (change.is_truncation) {
    bytes.resize(change.offset);
    return;
  }
  if (bytes.size() < change.offset + change.bytes.size())
    bytes.resize(change.offset + change.bytes.size());
  bytes.replace(change.offset, change.bytes.size(), change.bytes);
}

inline int CrashDisk::open(const char* path, sqlite3_file* file, int flags, int* out) {
  auto* const handle = reinterpret_cast<Handle*>(file);
  file->pMethods = nullptr;
  if (const int code = call(SQLITE_CANTOPEN, false); code != SQLITE_OK) return code;
  const std::string key = path == nullptr ? "" : path;
  if (!files_.contains(key)) {
    if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    files_[key] = std::make_shared<File>();
    ghosts_.erase(key);
  }
  handle->disk = this;
  handle->content = new std::shared_ptr<File>(files_[key]);
  file->pMethods = methods();
  if (out != nullptr) *out = flags;
  return SQLITE_OK;
}

inline int CrashDisk::remove(const char* path, bool is_synced) {
  if (const int code = call(SQLITE_IOERR_DELETE, true); code != SQLITE_OK) return code;
  const auto found = files_.find(path);
  if (found == files_.end()) return SQLITE_IOERR_DELETE_NOENT;
  if (!is_synced && found->second->is_entry_synced) ghosts_[path] = found->second->synced;
  files_.erase(found);
  return SQLITE_OK;
}

inline void CrashDisk::power_on(std::optional<unsigned> seed) {
  cut_at_ = 0;
  fail_at_ = 0;
  std::mt19937 random(seed.value_or(0));
  const auto survives = [&] { return seed && random() % 2 == 0; };
  for (auto& [path, bytes] : ghosts_)
    if (survives() && !files_.contains(path)) set_content(path, bytes);
  ghosts_.clear();
  for (auto entry = files_.begin(); entry != files_.end();) {
    File& file = *entry->second;
    file.now = file.synced;
    for (const Change& change : file.unsynced) {
      constexpr std::size_t sector = 512;
      if (change.is_truncation && survives()) apply(file.now, change);
      for (std::size_t at = 0; at < change.bytes.size(); at += sector)
        if (survives())
          apply(file.now, {.offset = change.offset + at, .bytes = change.bytes.substr(at, sector)});
    }
    const bool is_there = file.is_entry_synced || survives();
    file.synced = file.now;
    file.unsynced.clear();
    file.shared_memory.clear();
    file.is_entry_synced = true;
    entry = is_there ? std::next(entry) : files_.erase(entry);
  }
}

inline int CrashDisk::read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  if (const int code = disk(file).call(SQLITE_IOERR_READ, false); code != SQLITE_OK) return code;
  const std::string& bytes = content(file).now;
  const auto from = std::min(static_cast<std::size_t>(offset), bytes.size());
  const auto count = std::min(static_cast<std::size_t>(size), bytes.size() - from);
  std::memset(out, 0, static_cast<std::size_t>(size));
  std::memcpy(out, bytes.data() + from, count);
  return count == static_cast<std::size_t>(size) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

inline int CrashDisk::map_shared(sqlite3_file* file, int page, int size, int extend,
                                 void volatile** out) {
  auto& pages = content(file).shared_memory;
  const auto wanted = static_cast<std::size_t>(page);
  while (extend != 0 && pages.size() <= wanted)
    pages.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  *out = wanted < pages.size() ? pages[wanted].get() : nullptr;
  return SQLITE_OK;
}

inline const sqlite3_io_methods* CrashDisk::methods() {
  static const sqlite3_io_methods table = [] {
    sqlite3_io_methods methods{};
    methods.iVersion = 2;
    methods.xClose = [](sqlite3_file* file) {
      delete reinterpret_cast<Handle*>(file)->content;
      return SQLITE_OK;
    };
    methods.xRead = read;
    methods.xWrite = [](sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
      if (const int code = disk(file).call(SQLITE_IOERR_WRITE, true); code != SQLITE_OK)
        return code;
      Change change{.offset = static_cast<std::size_t>(offset),
                    .bytes = {static_cast<const char*>(bytes), static_cast<std::size_t>(size)}};
      apply(content(file).now, change);
      content(file).unsynced.push_back(std::move(change));
      return SQLITE_OK;
    };
    methods.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) {
      const int code = disk(file).call(SQLITE_IOERR_TRUNCATE, true);
      if (code != SQLITE_OK) return code;
      const Change change{.offset = static_cast<std::size_t>(size), .is_truncation = true};
      apply(content(file).now, change);
      content(file).unsynced.push_back(change);
      return SQLITE_OK;
    };
    methods.xSync = [](sqlite3_file* file, int) {
      if (const int code = disk(file).call(SQLITE_IOERR_FSYNC, true); code != SQLITE_OK)
        return code;
      content(file).synced = content(file).now;
      content(file).unsynced.clear();
      content(file).is_entry_synced = true;
      return SQLITE_OK;
    };
    methods.xFileSize = [](sqlite3_file* file, sqlite3_int64* out) {
      if (const int code = disk(file).call(SQLITE_IOERR_FSTAT, false); code != SQLITE_OK)
        return code;
      *out = static_cast<sqlite3_int64>(content(file).now.size());
      return SQLITE_OK;
    };
    methods.xLock = [](sqlite3_file*, int) { return SQLITE_OK; };
    methods.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
    methods.xCheckReservedLock = [](sqlite3_file*, int* out) {
      *out = 0;
      return SQLITE_OK;
    };
    methods.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
    methods.xSectorSize = [](sqlite3_file*) { return 4096; };
    methods.xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; };
    methods.xShmMap = map_shared;
    methods.xShmLock = [](sqlite3_file*, int, int, int) { return SQLITE_OK; };
    methods.xShmBarrier = [](sqlite3_file*) {};
    methods.xShmUnmap = [](sqlite3_file* file, int) {
      content(file).shared_memory.clear();
      return SQLITE_OK;
    };
    return methods;
  }();
  return &table;
}

}  // namespace siaga::tests
