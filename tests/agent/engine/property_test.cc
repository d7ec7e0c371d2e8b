// At least 100,000 random lives of a small office, and what must hold in every one of them.
#include <gtest/gtest.h>

#include <random>

#include "tests/agent/engine/engine_world.h"

namespace siaga::tests {
namespace {

// Sanitizers make a life ten times as long; they see a tenth of the lives.
#ifdef SIAGA_SANITIZED
constexpr unsigned lives_per_shard = 700;
#else
constexpr unsigned lives_per_shard = 7'000;
#endif
constexpr unsigned shards = 16;
constexpr int events_per_life = 60;

class Lives : public testing::TestWithParam<unsigned> {};

TEST_P(Lives, AddUpNeverGoBackAndReplayToTheSame) {
  std::size_t revisions = 0, withdrawn = 0, outages = 0;
  for (unsigned life = 0; life < lives_per_shard; ++life) {
    const unsigned seed = GetParam() * lives_per_shard + life;
    std::minstd_rand random(seed + 1);
    EngineWorld world([&random](std::uint32_t below) {
      return below == 0 ? 0 : static_cast<std::uint32_t>(random() >> 3U) % below;
    });
    for (int event = 0; event < events_per_life; ++event) {
      const std::string wrong = world.step();
      ASSERT_EQ(wrong, "") << "seed " << seed << "\n" << world.history();
    }
    revisions += world.fold().revisions;
    withdrawn += world.fold().withdrawn;
    outages += world.fold().outages.size();
  }
  // The lives are eventful enough to mean something.
  EXPECT_GT(outages, lives_per_shard);
  EXPECT_GT(revisions, lives_per_shard / 100);
  EXPECT_GT(withdrawn, lives_per_shard / 100);
}

INSTANTIATE_TEST_SUITE_P(Random, Lives, testing::Range(0U, shards));

}  // namespace
}  // namespace siaga::tests
