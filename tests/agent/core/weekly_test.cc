// Weekly times as people type them.
#include "agent/core/weekly.h"

#include <gtest/gtest.h>

namespace siaga {
namespace {

struct TypedWeekly {
  std::string_view text;
  WeeklyTimes reads;
  std::string_view shown;
};
class WeeklyText : public testing::TestWithParam<TypedWeekly> {};

TEST_P(WeeklyText, IsReadAndShown) {
  const auto times = parse_weekly(GetParam().text);

  ASSERT_TRUE(times) << describe(times.error());
  EXPECT_EQ(*times, GetParam().reads);
  EXPECT_EQ(to_string(*times), GetParam().shown);
  EXPECT_EQ(parse_weekly(to_string(*times)), *times);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, WeeklyText,
    testing::Values(
        TypedWeekly{"Sat 22:00-24:00", {0b1000000, 1320, 1440}, "Sat 22:00-24:00"},
        TypedWeekly{"Mon-Fri 01:00-02:30", {0b0111110, 60, 150}, "Mon-Fri 01:00-02:30"},
        TypedWeekly{"Sun,Wed 23:00-01:00", {0b0001001, 1380, 60}, "Wed,Sun 23:00-01:00"},
        TypedWeekly{"daily 02:00-03:00", {0b1111111, 120, 180}, "daily 02:00-03:00"},
        TypedWeekly{"Mon-Sun 00:00-24:00", {0b1111111, 0, 1440}, "daily 00:00-24:00"},
        TypedWeekly{"Fri-Mon 00:00-00:00", {0b1100011, 0, 0}, "Mon,Fri-Sun 00:00-00:00"},
        TypedWeekly{"Sat,Sun 08:00-08:00", {0b1000001, 480, 480}, "Sat,Sun 08:00-08:00"},
        TypedWeekly{
            "Mon-Wed,Fri,Mon 00:01-23:59", {0b0101110, 1, 1439}, "Mon-Wed,Fri 00:01-23:59"}));

TEST(WeeklyText, WrongOnesSayWhatWouldBeRight) {
  for (const std::string_view text : {"",
                                      "Sat",
                                      "22:00-24:00",
                                      "Saturday 22:00-24:00",
                                      "sat 22:00-24:00",
                                      "Sat 22-24",
                                      "Sat 22:00",
                                      "Sat 22:00-24:01",
                                      "Sat 24:00-24:00",
                                      "Sat 22:60-23:00",
                                      "Sat  22:00-23:00",
                                      "Sat 22:00-23:00 ",
                                      " Sat 22:00-23:00",
                                      "Sat, 22:00-23:00",
                                      ",Sat 22:00-23:00",
                                      "Sat- 22:00-23:00",
                                      "-Sat 22:00-23:00",
                                      "Sat-Sun-Mon 22:00-23:00",
                                      "daily,Sat 22:00-23:00",
                                      "Sat 22:00-23:00-24:00",
                                      "Sat 2:00-3:00",
                                      "Sat -1:00-03:00",
                                      "Sat 22:00–23:00",
                                      "Sat,,Sun 22:00-23:00"}) {
    const auto times = parse_weekly(text);
    ASSERT_FALSE(times) << text;
    EXPECT_NE(times.error().text.find("\"Sat 22:00-24:00\""), std::string::npos);
  }
}

TEST(WeeklyText, AHostileTextIsCutInTheMessage) {
  const auto times = parse_weekly(std::string(1'000'000, 'x'));

  ASSERT_FALSE(times);
  EXPECT_LT(describe(times.error()).size(), 400U);
}

TEST(WeeklyText, WhatWasMeantIsGuessed) {
  EXPECT_EQ(guess_weekly("Sabtu 22:00-24:00"), "Sat 22:00-24:00");
  EXPECT_EQ(guess_weekly("sat 22.00 - 24.00"), "Sat 22:00-24:00");
  EXPECT_EQ(guess_weekly("Senin - Jumat, 01:00-02:30"), "");
  EXPECT_EQ(guess_weekly("Senin - Jumat 01:00-02:30"), "Mon-Fri 01:00-02:30");
  EXPECT_EQ(guess_weekly("Minggu,Rabu 23:00-01:00"), "Sun,Wed 23:00-01:00");
  EXPECT_EQ(guess_weekly("Saturday 22:00-24:00"), "Sat 22:00-24:00");
  EXPECT_EQ(guess_weekly("weekend 00:00-24:00"), "Sat-Sun 00:00-24:00");
  EXPECT_EQ(guess_weekly("22:00-24:00"), "");
  EXPECT_EQ(guess_weekly("someday 22:00-24:00"), "");
  EXPECT_EQ(guess_weekly(std::string(1000, ' ')), "");
}

}  // namespace
}  // namespace siaga
