#include "agent/journal/set_aside.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cerrno>
#include <ctime>

namespace siaga {
namespace {

constexpr int names_tried = 1000;  // of files set aside within one second

std::string stamp_of(WallTime now) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  std::tm fields{};
  ::gmtime_r(&seconds, &fields);
  return fmt::format("{:04}-{:02}-{:02}T{:02}-{:02}-{:02}Z", fields.tm_year + 1900,
                     fields.tm_mon + 1, fields.tm_mday, fields.tm_hour, fields.tm_min,
                     fields.tm_sec);
}

// 0 or errno; never onto an existing name.
int rename_to_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  return errno;
}

// The file may be missing: then its place is held by what belongs to it.
int move_to(const std::string& path, const std::string& name) {
  struct stat facts{};
  const bool is_there = ::lstat(path.c_str(), &facts) == 0;
  if (!is_there && errno == ENOENT && is_anything_at(path))
    return is_anything_at(name) ? EEXIST : 0;
  return rename_to_new(path, name);
}

}  // namespace

bool is_anything_at(const std::string& path) {
  struct stat facts{};
  for (const std::string_view ending : {"", "-wal", "-shm"})
    if (::lstat((path + std::string(ending)).c_str(), &facts) == 0) return true;
  return false;
}

Result<std::string> set_aside_alone(const std::string& path, std::string_view why, WallTime now) {
  const std::string wanted = fmt::format("{}.{}-{}", path, why, stamp_of(now));
  std::string name = wanted;
  int code = move_to(path, name);
  for (int count = 2; code == EEXIST && count < names_tried; ++count) {
    name = fmt::format("{}-{}", wanted, count);
    code = move_to(path, name);
  }
  if (code != 0)
    return std::unexpected(Error{.tried = "set aside", .on = path, .code = code, .text = {}});
  return name;
}

Result<std::string> set_aside(const std::string& path, std::string_view why, WallTime now) {
  auto name = set_aside_alone(path, why, now);
  if (!name) return name;
  // The WAL belongs to this file: left behind, it would be taken for the new one's.
  for (const std::string_view ending : {"-wal", "-shm"})
    static_cast<void>(rename_to_new(path + std::string(ending), *name + std::string(ending)));
  return name;
}

}  // namespace siaga
