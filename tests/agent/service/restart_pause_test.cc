#include "agent/service/restart_pause.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/temp_folder.h"

namespace siaga {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;

constexpr BootTime noon{std::chrono::hours(12)};

TEST(RestartPause, TheFirstStartAndOneAfterALongLifeDoNotWait) {
  EXPECT_EQ(plan_start(std::nullopt, noon).pause, 0s);
  EXPECT_EQ(plan_start(StartRecord{.short_lives = 7, .began = noon - 1min}, noon).pause, 0s);
  EXPECT_EQ(plan_start(StartRecord{.short_lives = 7, .began = noon - 1min}, noon).short_lives, 0);
}

TEST(RestartPause, GrowsWithEachShortLifeUpToAMinute) {
  std::optional<StartRecord> earlier = StartRecord{.short_lives = 0, .began = noon};
  std::vector<Duration> pauses;
  BootTime now = noon;
  for (int life = 0; life < 9; ++life) {
    now += 2s;
    const StartPlan plan = plan_start(earlier, now);
    pauses.push_back(plan.pause);
    now += std::chrono::duration_cast<Millis>(plan.pause);
    earlier = StartRecord{.short_lives = plan.short_lives, .began = now};
  }

  EXPECT_EQ(pauses, (std::vector<Duration>{0s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}));
}

TEST(RestartPause, NeitherAnAbsurdNumberNorATimeToComeHoldsItUp) {
  EXPECT_EQ(plan_start(StartRecord{.short_lives = 2'000'000'000, .began = noon}, noon).pause, 60s);
  EXPECT_EQ(plan_start(StartRecord{.short_lives = -5, .began = noon}, noon).pause, 0s);
  EXPECT_EQ(plan_start(StartRecord{.short_lives = 9, .began = noon + 1s}, noon).pause, 0s);
}

TEST(StartFile, KeepsTheRecordUntilItIsRemoved) {
  const tests::TempFolder folder;
  const StartFile file(folder / "starts");
  EXPECT_FALSE(file.read());

  file.write({.short_lives = 3, .began = noon});

  ASSERT_TRUE(file.read());
  EXPECT_EQ(file.read()->short_lives, 3);
  EXPECT_EQ(file.read()->began, noon);
  file.remove();
  EXPECT_FALSE(file.read());
}

TEST(StartFile, WhatItCannotReadIsNoRecord) {
  const tests::TempFolder folder;
  for (const std::string text : {"", "x", "3", "3 y", "99999999999999999999 1"}) {
    tests::write_file(folder / "starts", text);
    EXPECT_FALSE(StartFile(folder / "starts").read()) << text;
  }
  StartFile(folder / "not/there").write({.short_lives = 1, .began = noon});
}

}  // namespace
}  // namespace siaga
