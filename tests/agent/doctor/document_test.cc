// docs/doctor.md says of every check what the code's table says, and of no other.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "agent/doctor/checks.h"

namespace siaga::tests {
namespace {

struct Line {
  std::string name, about;
};

// The rows behind <!-- checks -->.
std::vector<Line> lines_of_document() {
  std::ifstream file(std::string(SIAGA_SOURCE_DIR) + "/docs/doctor.md");
  std::vector<Line> lines;
  bool is_table = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "<!-- checks -->") is_table = true;
    else if (is_table && line.empty()) break;
    if (!is_table || !line.starts_with("| `")) continue;
    const auto end = line.find("` | ");
    const auto next = line.find(" | ", end + 4);
    if (end == line.npos || next == line.npos) continue;
    lines.push_back({line.substr(3, end - 3), line.substr(end + 4, next - end - 4)});
  }
  return lines;
}

TEST(DoctorDocument, HasTheChecksOfTheCodeInTheirOrder) {
  const std::vector<Line> lines = lines_of_document();

  ASSERT_EQ(lines.size(), checks().size());
  for (std::size_t index = 0; index < lines.size(); ++index) {
    EXPECT_EQ(lines[index].name, checks()[index].name);
    EXPECT_EQ(lines[index].about, checks()[index].about.english);
  }
}

}  // namespace
}  // namespace siaga::tests
