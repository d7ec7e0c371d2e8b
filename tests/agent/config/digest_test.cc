#include "agent/config/digest.h"

#include <gtest/gtest.h>

#include <set>

namespace siaga {
namespace {

using namespace std::chrono_literals;

TargetConfig target() {
  return {.kind = "http",
          .name = "portal",
          .interval = 30s,
          .timeout = 5s,
          .needs = {"wan"},
          .labels = {{"a", "b"}},
          .options = {std::monostate{}, true, std::int64_t{1}, std::string("x"),
                      std::vector<std::string>{"a", "b"}, Secret{.value = "s", .source = "env S"}}};
}

TEST(ConfigDigest, IsTheSameForTheSameConfiguration) {
  EXPECT_EQ(digest(target()), digest(target()));
}

TEST(ConfigDigest, ToldApartByEveryField) {
  std::vector<TargetConfig> changed(12, target());
  changed[0].kind = "tcp";
  changed[1].name = "portal2";
  changed[2].interval = 31s;
  changed[3].timeout = 6s;
  changed[4].confirm = 3;
  changed[5].needs = {};
  changed[6].labels = {{"a", "c"}};
  changed[7].options[0] = false;
  changed[8].options[2] = 1.0;
  changed[9].options[4] = std::vector<std::string>{"ab"};
  changed[10].options[5] = Secret{.value = "t", .source = "env S"};

  std::set<ConfigDigest> digests;
  for (const TargetConfig& one : changed) digests.insert(digest(one));

  EXPECT_EQ(digests.size(), 12U) << "the last is unchanged";
}

TEST(ConfigDigest, DoesNotMixUpNeighbours) {
  TargetConfig one = target(), other = target();
  one.needs = {"ab"};
  one.via = {"c"};
  other.needs = {"a"};
  other.via = {"bc"};

  EXPECT_NE(digest(one), digest(other));
}

}  // namespace
}  // namespace siaga
