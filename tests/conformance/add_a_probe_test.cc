// CONTRIBUTING.md's walk through adding a kind shows three files. They lie in example/, are the
// same there, compile, and pass their test here.
#include <gtest/gtest.h>

#include "tests/conformance/tree.h"

// The very files, as if they lay at probes/ and tests/probes/.
#include "tests/conformance/example/echo.cc"
#include "tests/conformance/example/echo_test.cc"

namespace siaga::conformance {
namespace {

TEST(AddAProbe, TheExampleInContributingIsTheOneThatIsTested) {
  const std::string document = read_root("CONTRIBUTING.md");

  for (const std::string_view file : {"probes/echo.h", "echo.cc", "echo_test.cc"}) {
    const std::string text = read_root("tests/conformance/example/" + std::string(file));
    ASSERT_FALSE(text.empty()) << file;
    EXPECT_TRUE(document.contains("```cpp\n" + text + "```")) << file;
  }
}

}  // namespace
}  // namespace siaga::conformance
