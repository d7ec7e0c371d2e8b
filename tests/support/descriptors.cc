#include "tests/support/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "agent/core/check.h"

namespace siaga::tests {

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    ++count;
  return count - 1;  // the folder itself was open
}

DescriptorFamine::DescriptorFamine(unsigned left) {
  CHECK(getrlimit(RLIMIT_NOFILE, &before_) == 0);
  const int lowest_free = open("/dev/null", O_RDONLY | O_CLOEXEC);
  CHECK(lowest_free >= 0);
  close(lowest_free);
  rlimit tight = before_;
  tight.rlim_cur = static_cast<rlim_t>(lowest_free) + left;
  CHECK(setrlimit(RLIMIT_NOFILE, &tight) == 0);
}

DescriptorFamine::~DescriptorFamine() { setrlimit(RLIMIT_NOFILE, &before_); }

TemporaryFile::TemporaryFile(const std::string& content)
    : path_((std::filesystem::temp_directory_path() / "siaga-test-XXXXXX").string()) {
  const int fd = mkstemp(path_.data());
  CHECK(fd >= 0);
  CHECK(write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  close(fd);
}

TemporaryFile::~TemporaryFile() { unlink(path_.c_str()); }

}  // namespace siaga::tests
