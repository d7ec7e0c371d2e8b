// One name, one type. Two types of one name in two headers compile, and the linker then takes one's
// destructor for both ([basic.def.odr]); nothing but this test says so.
#include <gtest/gtest.h>

#include <map>

#include "tests/conformance/tree.h"

namespace siaga::conformance {
namespace {

constexpr std::string_view opening = "namespace ";

// "Timer" of "class Timer final : public Base {"; empty for every other line. Types stand at the
// left margin, members and forward declarations do not look like this.
std::string type_defined_in(std::string_view line) {
  if (!line.ends_with('{')) return {};
  for (const std::string_view word : {"struct ", "class ", "enum class ", "union "}) {
    if (!line.starts_with(word)) continue;
    line.remove_prefix(word.size());
    return std::string(line.substr(0, line.find_first_of(" :{<")));
  }
  return {};
}

// The types of a header with their namespaces: "siaga::log::Level".
std::vector<std::string> types_of(const File& header) {
  std::vector<std::string> types;
  std::string space;
  for (const std::string& line : lines_of(header.text)) {
    if (line.starts_with(opening) && line.ends_with('{'))
      space = line.substr(opening.size(), line.find(" {") - opening.size());
    else if (const std::string type = type_defined_in(line); !type.empty())
      types.push_back(space + "::" + type);
  }
  return types;
}

TEST(Names, OfTypesAreGivenOnce) {
  std::map<std::string, std::string> defined_in;
  for (const File& file : program_files()) {
    if (!file.path.ends_with(".h")) continue;
    for (const std::string& type : types_of(file)) {
      const auto [known, is_new] = defined_in.emplace(type, file.path);
      EXPECT_TRUE(is_new || known->second == file.path)
          << type << " is defined in " << known->second << " and in " << file.path;
    }
  }
  EXPECT_GT(defined_in.size(), 300U) << "types are recognised at all";
}

}  // namespace
}  // namespace siaga::conformance
