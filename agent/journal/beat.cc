// A slot, 4 KiB apart from the other so that no disk block holds both, little-endian throughout:
//   0 magic "SiagaHB1"   8 sequence u64   16 boot time ms i64   24 wall ns i64   32 period ms i64
//  40 trusted u8   41 mains off u8   42 life u8   43 length of boot id u8   44 boot id, 36 bytes
//  80 CRC-32C u32 of the 80 bytes before it. Beat n lies in slot n % 2.
#include "agent/journal/beat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "agent/journal/beat_slot.h"
#include "agent/loop/descriptor.h"

namespace siaga {
namespace {

constexpr std::size_t block_bytes = 4096;
constexpr std::size_t file_bytes = 2 * block_bytes;

off_t place_of(std::uint64_t sequence) { return static_cast<off_t>(sequence % 2 * block_bytes); }

std::optional<Beat> read_slot(int file, std::uint64_t slot) {
  std::array<char, beat_slot_bytes> bytes{};
  const ssize_t got = ::pread(file, bytes.data(), bytes.size(), place_of(slot));
  if (got != static_cast<ssize_t>(bytes.size())) return std::nullopt;
  auto beat = decode_beat(std::string_view(bytes.data(), bytes.size()));
  if (beat && beat->sequence % 2 != slot) return std::nullopt;
  return beat;
}

std::optional<Beat> read_newest(int file) {
  auto first = read_slot(file, 0);
  auto second = read_slot(file, 1);
  if (!first || (second && second->sequence > first->sequence)) return second;
  return first;
}

// A new file's name is only sure to be there once its folder is synced (fsync(2), notes).
void sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == path.npos ? "." : path.substr(0, slash + 1);
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() >= 0) ::fsync(opened.get());
}

Error failed(const char* tried, const std::string& path, int code) {
  return {.tried = tried, .on = path, .code = code, .text = {}};
}

}  // namespace

std::optional<Beat> Heartbeat::read(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  return file.get() < 0 ? std::nullopt : read_newest(file.get());
}

Result<Heartbeat> Heartbeat::open(const std::string& path) {
  // Not blocking: the name may lead to a pipe.
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640));
  if (file.get() < 0) return std::unexpected(failed("open", path, errno));
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0) return std::unexpected(failed("stat", path, errno));
  if (!S_ISREG(facts.st_mode))
    return std::unexpected(Error{.tried = "open", .on = path, .text = "is not a regular file"});
  if (facts.st_size < static_cast<off_t>(file_bytes)) {
    if (const int code = ::posix_fallocate(file.get(), 0, file_bytes); code != 0)
      return std::unexpected(failed("make room in", path, code));
    if (::fsync(file.get()) != 0) return std::unexpected(failed("sync", path, errno));
    sync_folder_of(path);
  }
  auto newest = read_newest(file.get());
  return Heartbeat(file.release(), path, std::move(newest));
}

Heartbeat::Heartbeat(int file, std::string path, std::optional<Beat> newest)
    : file_(file), path_(std::move(path)), newest_(std::move(newest)) {}

Heartbeat::Heartbeat(Heartbeat&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      path_(std::move(other.path_)),
      newest_(std::move(other.newest_)) {}

Heartbeat& Heartbeat::operator=(Heartbeat&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(path_, other.path_);
  std::swap(newest_, other.newest_);
  return *this;
}

Heartbeat::~Heartbeat() {
  if (file_ >= 0) ::close(file_);
}

std::string Heartbeat::fault() const {
  struct stat ours{};
  struct stat named{};
  if (::stat(path_.c_str(), &named) != 0) return "was removed";
  if (::fstat(file_, &ours) != 0 || ours.st_dev != named.st_dev || ours.st_ino != named.st_ino)
    return "was replaced";
  if (ours.st_size < static_cast<off_t>(file_bytes)) return "was cut short";
  return read_newest(file_) == newest_ ? "" : "was overwritten";
}

Result<void> Heartbeat::write(Beat beat) {
  beat.sequence = (newest_ ? newest_->sequence : 0) + 1;
  // The whole block: what lies behind the slot is zero, and no old bytes need to be read first.
  std::array<char, block_bytes> block{};
  const std::string slot = encode_beat(beat);
  std::ranges::copy(slot, block.begin());
  errno = 0;
  const ssize_t written = ::pwrite(file_, block.data(), block.size(), place_of(beat.sequence));
  if (written != static_cast<ssize_t>(block.size()))
    return std::unexpected(failed("write", path_, errno != 0 ? errno : ENOSPC));
  if (::fdatasync(file_) != 0) return std::unexpected(failed("sync", path_, errno));
  newest_ = decode_beat(slot);
  return {};
}

}  // namespace siaga
