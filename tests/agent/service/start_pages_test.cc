#include "agent/service/start_pages.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace siaga {
namespace {

// Pages of files in memory, from /proc/self/statm (proc(5)).
long resident_file_pages() {
  std::ifstream file("/proc/self/statm");
  long size = 0;
  long resident = 0;
  long shared = 0;
  file >> size >> resident >> shared;
  return shared;
}

// By way of much of the C++ library.
std::string written(double number) {
  std::ostringstream text;
  text << number;
  return text.str();
}

TEST(StartPages, AreGivenBackAndComeAgainWhenTheyAreNeeded) {
  EXPECT_EQ(written(1234.5), "1234.5");
  const long before = resident_file_pages();

  const std::size_t bytes = give_back_start_pages();
  const long after = resident_file_pages();

  EXPECT_GT(bytes, 1U << 20U) << "the C++ library alone is larger";
  EXPECT_LT(after, before * 3 / 4);
  EXPECT_EQ(written(1234.5), "1234.5") << "everything still works";
}

}  // namespace
}  // namespace siaga
