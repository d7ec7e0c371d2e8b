#include "agent/cli/init_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "agent/config/file.h"
#include "agent/config/load.h"
#include "agent/core/limits.h"
#include "agent/core/zone.h"
#include "agent/loop/descriptor.h"

namespace siaga {
namespace {

namespace fs = std::filesystem;

constexpr mode_t file_mode = 0644;  // it holds no secrets

std::unexpected<PlacingTrouble> placing_failed(const char* tried, const std::string& on, int code) {
  return std::unexpected(
      PlacingTrouble{.error = {.tried = tried, .on = on, .code = code, .text = {}}});
}

// A file of its own beside `path`, removed unless it was moved away.
class Temporary {
 public:
  explicit Temporary(const std::string& path) : path_(fmt::format("{}.init-{}", path, ::getpid())) {
    file_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                              S_IRUSR | S_IWUSR));
    if (file_.get() < 0) error_ = errno;
  }
  ~Temporary() {
    if (!is_moved_ && file_.get() >= 0) static_cast<void>(::unlink(path_.c_str()));
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  const std::string& path() const { return path_; }
  // 0, or the errno of the step that failed; on disk when it is 0.
  int write(std::string_view text) {
    while (error_ == 0 && !text.empty()) {
      const ssize_t count = ::write(file_.get(), text.data(), text.size());
      if (count < 0 && errno != EINTR) error_ = errno;
      if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
    }
    // The umask must not decide who can read it.
    if (error_ == 0 && ::fchmod(file_.get(), file_mode) != 0) error_ = errno;
    if (error_ == 0 && ::fsync(file_.get()) != 0) error_ = errno;
    return error_;
  }
  // Onto `path`; with `is_new` only where nothing is.
  int move_to(const std::string& path, bool is_new) {
    const int moved = ::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, path.c_str(),
                                  is_new ? RENAME_NOREPLACE : 0U);
    if (moved != 0) return errno;
    is_moved_ = true;
    return 0;
  }

 private:
  std::string path_;
  Descriptor file_;
  int error_ = 0;
  bool is_moved_ = false;
};

std::string backup_name(const std::string& path, WallTime now) {
  const LocalTime date = Zone::utc().local(now);
  return fmt::format("{}.before-{:04}-{:02}-{:02}T{:02}-{:02}-{:02}Z", path, date.year, date.month,
                     date.day, date.hour, date.minute, date.second);
}

// A second name for what is there: at no moment is there no file.
std::expected<std::string, int> keep_backup(const std::string& path, WallTime now) {
  const std::string wanted = backup_name(path, now);
  std::string name = wanted;
  constexpr int names = 100;
  for (int count = 2; count < names; ++count) {
    if (::link(path.c_str(), name.c_str()) == 0) return name;
    if (errno != EEXIST) break;
    name = fmt::format("{}-{}", wanted, count);
  }
  // No hard links here (vfat, some network file systems): a copy.
  std::error_code error;
  fs::copy_file(path, name, error);
  if (error) return std::unexpected(error.value());
  return name;
}

void sync_folder(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  const Descriptor opened(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() >= 0) static_cast<void>(::fsync(opened.get()));
}

enum class There { nothing, untouched, changed };

Result<There> what_is_there(const std::string& path) {
  const auto text = read_file(path, limits::configuration_bytes);
  if (text) return *text == default_config_text() ? There::untouched : There::changed;
  if (text.error().code == ENOENT) return There::nothing;
  // Too large for a configuration, but a file that somebody keeps there.
  if (text.error().code == EFBIG) return There::changed;
  return std::unexpected(text.error());
}

}  // namespace

std::expected<Placed, PlacingTrouble> place_file(const Placing& placing) {
  std::error_code ignored;
  Placed placed{.path = placing.path, .backup = {}};
  if (fs::is_symlink(placing.path, ignored))
    placed.path = fs::weakly_canonical(placing.path, ignored).string();
  const auto there = what_is_there(placed.path);
  if (!there) return std::unexpected(PlacingTrouble{.error = there.error()});
  if (*there == There::changed && !placing.may_replace)
    return std::unexpected(PlacingTrouble{.refusal = Refusal::is_changed, .error = {}});

  Temporary temporary(placed.path);
  if (const int error = temporary.write(placing.text); error != 0)
    return placing_failed("write", placed.path, error);
  if (!placing.is_good(temporary.path()))
    return std::unexpected(PlacingTrouble{.refusal = Refusal::is_bad, .error = {}});
  if (*there == There::changed) {
    auto backup = keep_backup(placed.path, placing.now);
    if (!backup) return placing_failed("keep a backup of", placed.path, backup.error());
    placed.backup = std::move(*backup);
  }
  const bool is_new = *there == There::nothing;
  if (const int error = temporary.move_to(placed.path, is_new); error != 0)
    return placing_failed("write", placed.path, error);
  sync_folder(placed.path);
  return placed;
}

}  // namespace siaga
