#include "agent/config/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace siaga {
namespace {

class Descriptor final {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

std::unexpected<Error> failure(const std::string& path, int code) {
  return std::unexpected(Error{.tried = "read", .on = path, .code = code});
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit_bytes) {
  // O_NONBLOCK: opening a pipe without a writer would wait for ever.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.number() < 0) return failure(path, errno);
  struct stat status{};
  if (fstat(file.number(), &status) != 0) return failure(path, errno);
  if (S_ISDIR(status.st_mode)) return failure(path, EISDIR);
  if (!S_ISREG(status.st_mode)) return failure(path, EINVAL);
  if (static_cast<std::size_t>(status.st_size) > limit_bytes) return failure(path, EFBIG);

  std::string text(static_cast<std::size_t>(status.st_size) + 1, '\0');
  std::size_t length = 0;
  while (true) {
    // The file may grow while it is read.
    if (length == text.size()) text.resize(text.size() + 4096);
    const ssize_t count = read(file.number(), text.data() + length, text.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(path, errno);
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
    if (length > limit_bytes) return failure(path, EFBIG);
  }
  text.resize(length);
  return text;
}

}  // namespace siaga
