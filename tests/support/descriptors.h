// Counting the process's descriptors, and running out of them.
#pragma once

#include <sys/resource.h>

#include <cstddef>
#include <string>

namespace siaga::tests {

// How many descriptors are open. A Loop opens some of its own on first use: compare after a
// warm-up.
std::size_t open_descriptors();

// While it lives, opening more than `left` descriptors fails with EMFILE.
class DescriptorFamine {
 public:
  explicit DescriptorFamine(unsigned left = 0);
  ~DescriptorFamine();
  DescriptorFamine(const DescriptorFamine&) = delete;
  DescriptorFamine& operator=(const DescriptorFamine&) = delete;

 private:
  rlimit before_{};
};

// A file with this content that is removed at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace siaga::tests
