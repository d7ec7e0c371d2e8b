// Dates of stamps, as the boots' clocks become known.
#include "agent/core/stamp.h"

#include <gtest/gtest.h>

namespace siaga {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr WallTime november_noon{seconds(1'800'000'000)};

Stamp stamp(BootNumber boot, Millis at) { return {boot, BootTime(at)}; }

BootEra era(BootNumber number, WallTime began, bool is_trusted) {
  return {.number = number,
          .boot_id = "boot " + std::to_string(number),
          .began = began,
          .is_trusted = is_trusted};
}

TEST(Stamp, IsSetWhenItHasABoot) {
  EXPECT_FALSE(Stamp{}.is_set());
  EXPECT_TRUE(stamp(1, Millis(0)).is_set());
}

TEST(Stamp, BootsComeBeforeTimes) {
  EXPECT_LT(stamp(1, hours(100)), stamp(2, seconds(1)));
  EXPECT_LT(stamp(2, seconds(1)), stamp(2, seconds(2)));
  EXPECT_LT(Stamp{}, stamp(1, Millis(0)));
}

TEST(Dating, GivesTheDateOfAStamp) {
  Dating dating;
  dating.set(era(1, november_noon, true));

  EXPECT_EQ(dating.date(stamp(1, minutes(5))), november_noon + minutes(5));
  EXPECT_TRUE(dating.is_trusted(stamp(1, minutes(5))));
}

TEST(Dating, AnUnknownBootHasTheEpochAndNoTrust) {
  Dating dating;
  dating.set(era(2, november_noon, true));

  EXPECT_EQ(dating.date(Stamp{}), WallTime{});
  EXPECT_EQ(dating.date(stamp(1, hours(1))), WallTime{});
  EXPECT_EQ(dating.date(stamp(3, hours(1))), WallTime{});
  EXPECT_FALSE(dating.is_trusted(stamp(1, hours(1))));
  EXPECT_FALSE(dating.is_trusted(Stamp{}));
  EXPECT_EQ(dating.era(3), nullptr);
}

TEST(Dating, ANewDateOfABootMovesEverythingThatHappenedInIt) {
  Dating dating;
  dating.set(era(1, november_noon, false));
  const WallTime wrong = dating.date(stamp(1, seconds(7)));

  dating.set(era(1, november_noon + hours(30), true));

  EXPECT_EQ(dating.date(stamp(1, seconds(7))), wrong + hours(30));
  EXPECT_TRUE(dating.is_trusted(stamp(1, seconds(7))));
  EXPECT_EQ(dating.eras().size(), 1U);
}

TEST(Dating, KeepsErasInOrderWhateverTheOrderTheyComeIn) {
  Dating dating;
  for (const BootNumber number : {3U, 1U, 2U, 1U})
    dating.set(era(number, november_noon + hours(number), true));

  ASSERT_EQ(dating.eras().size(), 3U);
  for (BootNumber number = 1; number <= 3; ++number) {
    EXPECT_EQ(dating.eras()[number - 1].number, number);
    ASSERT_NE(dating.era(number), nullptr);
    EXPECT_EQ(dating.era(number)->began, november_noon + hours(number));
  }
}

TEST(Dating, WithinOneBootTimesAreExactWhoeverSetTheClock) {
  const Dating nothing_known;

  EXPECT_EQ(nothing_known.between(stamp(9, seconds(10)), stamp(9, Millis(12'345))), Millis(2345));
  EXPECT_EQ(nothing_known.between(stamp(9, seconds(2)), stamp(9, seconds(1))), -Millis(1000));
}

TEST(Dating, BetweenTwoBootsTimeIsKnownOnlyWhenBothClocksWereTrusted) {
  for (const bool is_first_trusted : {false, true}) {
    for (const bool is_second_trusted : {false, true}) {
      Dating dating;
      dating.set(era(1, november_noon, is_first_trusted));
      dating.set(era(2, november_noon + hours(10), is_second_trusted));

      const auto length = dating.between(stamp(1, hours(1)), stamp(2, minutes(1)));

      const bool is_known = is_first_trusted && is_second_trusted;
      EXPECT_EQ(length, is_known ? std::optional<Millis>(hours(9) + minutes(1)) : std::nullopt);
    }
  }
}

TEST(Dating, BetweenTwoBootsTimeIsNeverNegative) {
  Dating dating;
  dating.set(era(1, november_noon, true));
  dating.set(era(2, november_noon - hours(1), true));  // the clock was set back

  EXPECT_EQ(dating.between(stamp(1, hours(1)), stamp(2, seconds(1))), Millis::zero());
}

TEST(Dating, APowerCutBeforeAClockThatStoodStillIsNeverReportedAsZero) {
  Dating dating;
  dating.set(era(1, november_noon, true));
  // The clock of the new boot stands at the moment of the cut.
  dating.set(era(2, november_noon + hours(1) - seconds(30), false));
  const Stamp cut = stamp(1, hours(1)), back = stamp(2, seconds(30));
  EXPECT_EQ(dating.between(cut, back), std::nullopt);

  dating.set(era(2, november_noon + hours(8) - seconds(30), true));

  EXPECT_EQ(dating.between(cut, back), hours(7));
}

}  // namespace
}  // namespace siaga
