#include "tests/support/descriptors.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

#include "agent/core/check.h"

namespace {

// Of the process, as the limit is: what it was before a famine began.
const rlimit* plenty = nullptr;

}  // namespace

#ifdef SIAGA_SANITIZED
// UBSan looks at an object's memory through a pipe when it meets a class for the first time, and
// takes it for broken when it gets none. The sanitizer is fed during a famine; the code under test
// makes its pipes by pipe2(2).
extern "C" int pipe(int* ends) {
  rlimit now{};
  getrlimit(RLIMIT_NOFILE, &now);
  if (plenty != nullptr) setrlimit(RLIMIT_NOFILE, plenty);
  const auto result = static_cast<int>(syscall(SYS_pipe2, ends, 0));
  setrlimit(RLIMIT_NOFILE, &now);
  return result;
}
#endif

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
  plenty = &before_;
}

DescriptorFamine::~DescriptorFamine() {
  setrlimit(RLIMIT_NOFILE, &before_);
  plenty = nullptr;
}

TemporaryFile::TemporaryFile(const std::string& content)
    : path_((std::filesystem::temp_directory_path() / "siaga-test-XXXXXX").string()) {
  const int fd = mkstemp(path_.data());
  CHECK(fd >= 0);
  CHECK(write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  close(fd);
}

TemporaryFile::~TemporaryFile() { unlink(path_.c_str()); }

}  // namespace siaga::tests
