#include "agent/doctor/disk_looks.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/doctor/processes.h"
#include "agent/journal/beat.h"
#include "agent/journal/database.h"
#include "agent/journal/journal.h"
#include "agent/journal/opening.h"
#include "agent/journal/past.h"
#include "agent/journal/schema.h"
#include "agent/loop/descriptor.h"

namespace siaga {
namespace {

namespace fs = std::filesystem;

struct KindName {
  unsigned long magic;
  std::string_view name;
};
// statfs(2); those without a name in <linux/magic.h> as numbers.
constexpr std::array kind_names{
    KindName{EXT4_SUPER_MAGIC, "ext4"},   KindName{XFS_SUPER_MAGIC, "xfs"},
    KindName{BTRFS_SUPER_MAGIC, "btrfs"}, KindName{TMPFS_MAGIC, "tmpfs"},
    KindName{RAMFS_MAGIC, "ramfs"},       KindName{OVERLAYFS_SUPER_MAGIC, "overlay"},
    KindName{NFS_SUPER_MAGIC, "nfs"},     KindName{SMB_SUPER_MAGIC, "cifs"},
    KindName{0xFF534D42UL, "cifs"},       KindName{0xFE534D42UL, "cifs"},
    KindName{F2FS_SUPER_MAGIC, "f2fs"},   KindName{MSDOS_SUPER_MAGIC, "vfat"},
    KindName{0x2FC12FC1UL, "zfs"},        KindName{FUSE_SUPER_MAGIC, "fuse"},
};

std::string kind_of(const std::string& path) {
  struct statfs facts{};
  if (::statfs(path.c_str(), &facts) != 0) return "?";
  const auto magic = static_cast<unsigned long>(facts.f_type) & 0xFFFFFFFFUL;
  const auto row = std::ranges::find(kind_names, magic, &KindName::magic);
  return row != kind_names.end() ? std::string(row->name) : fmt::format("0x{:x}", magic);
}

std::uint64_t file_bytes(const std::string& path) {
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  return error ? 0 : bytes;
}

// Removes its file, whatever happens.
class TrialFile {
 public:
  explicit TrialFile(std::string path) : path_(std::move(path)) {
    static_cast<void>(::unlink(path_.c_str()));  // of a doctor that was killed
    file_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                              S_IRUSR | S_IWUSR));
    if (file_.get() < 0) error_ = errno;
  }
  ~TrialFile() {
    if (file_.get() >= 0) static_cast<void>(::unlink(path_.c_str()));
  }
  TrialFile(const TrialFile&) = delete;
  TrialFile& operator=(const TrialFile&) = delete;

  int error() const { return error_; }
  // Writes over the file's beginning, as a heartbeat does: 0, or errno.
  int write_durably() const {
    static constexpr std::array<char, limits::doctor_sync_bytes> bytes{};
    const ssize_t written = ::pwrite(file_.get(), bytes.data(), bytes.size(), 0);
    if (written != static_cast<ssize_t>(bytes.size())) return written < 0 ? errno : ENOSPC;
    return ::fdatasync(file_.get()) == 0 ? 0 : errno;
  }

 private:
  std::string path_;
  Descriptor file_;
  int error_ = 0;
};

std::vector<std::string> set_aside_names(const std::string& state_dir) {
  std::vector<std::string> names;
  const std::string opening = fs::path(journal_path(state_dir)).filename().string() + ".";
  std::error_code error;
  fs::directory_iterator entries(state_dir, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (!name.starts_with(opening) || name.ends_with("-wal") || name.ends_with("-shm")) continue;
    if (names.size() == limits::doctor_set_aside) break;
    names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

std::optional<BeatFacts> beat_of(const DiskPlace& place, const Clock& clock) {
  const auto beat = Heartbeat::read(heartbeat_path(place.state_dir));
  if (!beat) return {};
  const Duration age = beat->boot_id == place.boot_id ? Duration(clock.boot_now() - beat->at)
                                                      : clock.wall_now() - beat->wall;
  return BeatFacts{.age = std::max(age, Duration(0)), .is_running = beat->life == Life::running};
}

void read_version(const std::string& path, JournalFacts& facts) {
  facts.known_version = static_cast<std::int64_t>(journal_migrations().size());
  auto opened = Database::open(path, Database::Access::read, "");
  if (opened) facts.version = (*opened)->integer("PRAGMA user_version");
}

void read_journal(const std::string& path, JournalFacts& facts) {
  using State = JournalFacts::State;
  const auto opened = open_for_reading(path, "");
  if (!opened) {
    const auto& [trouble, error] = opened.error();
    facts.detail = error.text.empty() ? describe(error) : error.text;
    facts.state = State::unreadable;
    if (trouble == Store::Trouble::damaged) facts.state = State::damaged;
    else if (trouble == Store::Trouble::newer) facts.state = State::newer;
    read_version(path, facts);
    if (facts.state == State::unreadable && facts.version > 0 &&
        facts.version < facts.known_version)
      facts.state = State::older;
    return;
  }
  facts.known_version = static_cast<std::int64_t>(journal_migrations().size());
  facts.version = (*opened)->integer("PRAGMA user_version");
  const auto faults = check_journal(path);
  facts.state = faults && faults->empty() ? State::sound : State::faulty;
  facts.faults = faults ? faults->size() : 1;
  if (!faults) facts.detail = describe(faults.error());
  else if (!faults->empty()) facts.detail = faults->front();
}

}  // namespace

DiskFacts look_at_disk(const DiskPlace& place) {
  DiskFacts facts;
  facts.state_dir = place.state_dir;
  facts.journal_max_bytes = place.journal_max_bytes;
  struct stat about{};
  struct statvfs room{};
  const char* path = place.state_dir.c_str();
  if (::stat(path, &about) != 0 || ::statvfs(path, &room) != 0) {
    facts.error = errno;
    return facts;
  }
  facts.is_folder = S_ISDIR(about.st_mode);
  facts.owner = user_name(about.st_uid);
  facts.mode = about.st_mode;
  facts.may_write = ::access(path, W_OK | X_OK) == 0;
  facts.kind = kind_of(place.state_dir);
  facts.is_read_only = (room.f_flag & ST_RDONLY) != 0;
  facts.free_bytes = room.f_bavail * room.f_frsize;
  facts.total_bytes = room.f_blocks * room.f_frsize;
  facts.free_inodes = room.f_favail;
  facts.total_inodes = room.f_files;
  const std::string journal = journal_path(place.state_dir);
  facts.journal_bytes = file_bytes(journal) + file_bytes(journal + "-wal");
  return facts;
}

SyncFacts look_at_sync(const DiskPlace& place) {
  SyncFacts facts;
  if (::access(place.state_dir.c_str(), W_OK | X_OK) != 0 && errno != EROFS) {
    facts.may_write = false;
    return facts;
  }
  const TrialFile file(place.state_dir + "/" + sync_file_name);
  facts.error = file.error();
  // The first one makes the file's block: that is not what a heartbeat waits for.
  if (facts.error == 0) facts.error = file.write_durably();
  const SystemClock clock;
  const Instant enough = clock.now() + limits::doctor_disk / 2;
  std::vector<Duration> times;
  while (facts.error == 0 && times.size() < limits::doctor_sync_writes && clock.now() < enough) {
    const Instant before = clock.now();
    facts.error = file.write_durably();
    times.push_back(clock.now() - before);
  }
  if (facts.error != 0 || times.empty()) return facts;
  std::ranges::sort(times);
  facts.writes = static_cast<unsigned>(times.size());
  facts.median = times[times.size() / 2];
  facts.worst = times.back();
  return facts;
}

JournalFacts look_at_journal(const DiskPlace& place, const Clock& clock) {
  JournalFacts facts;
  const std::string path = journal_path(place.state_dir);
  struct stat about{};
  if (::stat(path.c_str(), &about) == 0) {
    facts.bytes = static_cast<std::uint64_t>(about.st_size);
    read_journal(path, facts);
  } else if (errno != ENOENT && errno != ENOTDIR) {
    facts.state = JournalFacts::State::unreadable;
    facts.detail = describe({.tried = "look at", .on = path, .code = errno, .text = {}});
  }
  facts.set_aside = set_aside_names(place.state_dir);
  facts.beat = beat_of(place, clock);
  return facts;
}

DiskLooks::DiskLooks(DiskPlace place) {
  std::promise<DiskFacts> disk;
  std::promise<SyncFacts> sync;
  std::promise<JournalFacts> journal;
  disk_ = disk.get_future();
  sync_ = sync.get_future();
  journal_ = journal.get_future();
  std::thread([place = std::move(place), disk = std::move(disk), sync = std::move(sync),
               journal = std::move(journal)]() mutable {
    disk.set_value(look_at_disk(place));
    sync.set_value(look_at_sync(place));
    journal.set_value(look_at_journal(place, SystemClock()));
  }).detach();
}

template <typename Value>
std::optional<Value> DiskLooks::take(std::future<Value>& future, Duration limit) {
  if (future.wait_until(began_ + limit) != std::future_status::ready) return {};
  --waiting_;
  return future.get();
}

std::optional<DiskFacts> DiskLooks::disk() { return take(disk_, limits::doctor_disk); }
std::optional<SyncFacts> DiskLooks::sync() { return take(sync_, 2 * limits::doctor_disk); }
std::optional<JournalFacts> DiskLooks::journal() { return take(journal_, limits::doctor_journal); }

}  // namespace siaga
