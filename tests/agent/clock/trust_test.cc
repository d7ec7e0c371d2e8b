// Who may vouch for the wall clock, and what a step takes away.
#include "agent/clock/trust.h"

#include <gtest/gtest.h>

#include "agent/core/limits.h"

namespace siaga {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr WallTime start{seconds(1'800'000'000)};  // 2027-01-15

// A machine whose clocks move together until somebody sets the wall clock.
class ClockTrustTest : public testing::Test {
 protected:
  void look(Duration later = seconds(5)) {
    reading.boot += std::chrono::floor<Millis>(later);
    reading.wall += later;
    trust.look(reading);
  }
  void set_clock(Duration by) { reading.wall += by; }
  void touch_timesync() { reading.timesync_file = reading.wall; }

  ClockReading reading{.boot = BootTime(minutes(2)), .wall = start};
  ClockTrust trust;
};

TEST_F(ClockTrustTest, NobodyVouchesForAFreshBoot) {
  look();

  EXPECT_FALSE(trust.is_trusted());
  EXPECT_EQ(trust.source(), TrustSource::none);
  EXPECT_FALSE(trust.take_change());
  EXPECT_EQ(trust.boot_began(), start - minutes(2));
}

TEST_F(ClockTrustTest, TheKernelVouches) {
  look();
  reading.is_kernel_synchronised = true;
  look();

  EXPECT_EQ(trust.source(), TrustSource::kernel);
  EXPECT_TRUE(trust.take_change());
  EXPECT_FALSE(trust.take_change());
}

TEST_F(ClockTrustTest, TrustOutlivesAnUplinkThatIsAwayForADay) {
  reading.is_kernel_synchronised = true;
  look();
  reading.is_kernel_synchronised = false;  // the kernel gives up 9 hours after the last NTP answer
  look(hours(24));

  EXPECT_TRUE(trust.is_trusted());
}

TEST_F(ClockTrustTest, TheTimesyncFileVouchesWhereNoStepWasSeen) {
  touch_timesync();
  look();

  EXPECT_EQ(trust.source(), TrustSource::timesync);
}

TEST_F(ClockTrustTest, AStepTakesEveryVouchAway) {
  reading.is_kernel_synchronised = true;
  touch_timesync();
  look();
  trust.hear_date(reading.wall, reading.wall);
  ASSERT_TRUE(trust.take_change());

  set_clock(-hours(3));
  reading.is_kernel_synchronised = false;  // setting the clock clears the kernel's state
  look();

  EXPECT_FALSE(trust.is_trusted());
  EXPECT_TRUE(trust.take_change());
  EXPECT_EQ(trust.steps(), 1U);
  EXPECT_EQ(trust.last_step(), -hours(3));
  EXPECT_EQ(trust.boot_began(), start - minutes(2) - hours(3));
}

TEST_F(ClockTrustTest, AClockSetBackDoesNotReviveTheOldTimesyncFileWhenItsTimeComesAgain) {
  touch_timesync();
  look();
  set_clock(-hours(1));
  look();
  ASSERT_FALSE(trust.is_trusted());

  look(hours(2));

  EXPECT_FALSE(trust.is_trusted());
}

TEST_F(ClockTrustTest, TimesyncVouchesForTheStepThatItMadeItself) {
  look();
  set_clock(hours(30));
  touch_timesync();  // right after the jump, before the next look notices it
  look();

  EXPECT_EQ(trust.steps(), 1U);
  EXPECT_EQ(trust.source(), TrustSource::timesync);
  EXPECT_TRUE(trust.take_change());
  EXPECT_EQ(trust.boot_began(), start - minutes(2) + hours(30));
}

TEST_F(ClockTrustTest, ATimesyncFileTouchedAfterAStepVouchesAgain) {
  touch_timesync();
  look();
  set_clock(-hours(1));
  look();
  ASSERT_FALSE(trust.is_trusted());
  touch_timesync();
  look();

  EXPECT_EQ(trust.source(), TrustSource::timesync);
}

TEST_F(ClockTrustTest, ATimesyncFileFromTheFutureDoesNotVouchAfterAStep) {
  look();
  set_clock(-hours(1));
  reading.timesync_file = reading.wall + hours(1);
  look();

  EXPECT_FALSE(trust.is_trusted());
}

TEST_F(ClockTrustTest, APeersDateVouchesWithinFiveMinutesAndUntilTheNextStep) {
  look();
  trust.hear_date(reading.wall + limits::clock_date_tolerance + seconds(1), reading.wall);
  EXPECT_FALSE(trust.is_trusted());
  trust.hear_date(reading.wall - limits::clock_date_tolerance - seconds(1), reading.wall);
  EXPECT_FALSE(trust.is_trusted());

  trust.hear_date(reading.wall - limits::clock_date_tolerance, reading.wall);
  EXPECT_EQ(trust.source(), TrustSource::peer_date);
  EXPECT_TRUE(trust.take_change());

  set_clock(minutes(1));
  look();
  EXPECT_FALSE(trust.is_trusted());
  trust.hear_date(reading.wall, reading.wall);
  EXPECT_TRUE(trust.is_trusted());
}

TEST_F(ClockTrustTest, ADateHeardBeforeTheFirstLookCounts) {
  trust.hear_date(reading.wall, reading.wall);
  EXPECT_FALSE(trust.is_trusted());

  look();

  EXPECT_TRUE(trust.is_trusted());
  EXPECT_TRUE(trust.take_change());
}

TEST_F(ClockTrustTest, TheFirstLookIsNoStep) {
  look();

  EXPECT_EQ(trust.steps(), 0U);
  EXPECT_EQ(trust.last_step(), Duration::zero());
}

TEST_F(ClockTrustTest, JitterMovesNothing) {
  look();
  const WallTime began = trust.boot_began();
  for (int turn = 0; turn < 1000; ++turn) {
    set_clock(milliseconds(turn % 2 == 0 ? 3 : -3));
    look();
  }

  EXPECT_EQ(trust.boot_began(), began);
  EXPECT_EQ(trust.steps(), 0U);
  EXPECT_FALSE(trust.take_change());
}

TEST_F(ClockTrustTest, JumpsTooSmallForAStepAddUpToADriftThatIsDatedAnew) {
  look();
  const WallTime began = trust.boot_began();
  for (int turn = 0; turn < 3; ++turn) {
    set_clock(milliseconds(400));
    look();
  }

  EXPECT_EQ(trust.boot_began(), began + milliseconds(1200));
  EXPECT_EQ(trust.steps(), 0U);
  EXPECT_TRUE(trust.take_change());
}

TEST_F(ClockTrustTest, AStepIsMoreThanTheLimit) {
  look();
  set_clock(limits::clock_step_min);
  look();
  EXPECT_EQ(trust.steps(), 0U);

  set_clock(limits::clock_step_min + milliseconds(1));
  look();
  EXPECT_EQ(trust.steps(), 1U);
}

TEST_F(ClockTrustTest, AbsurdClocksAreNeverTrusted) {
  for (const WallTime absurd :
       {WallTime{}, limits::clock_earliest - seconds(1), limits::clock_latest + seconds(1)}) {
    ClockTrust fresh;
    const ClockReading reading_now{.boot = BootTime(minutes(1)),
                                   .wall = absurd,
                                   .is_kernel_synchronised = true,
                                   .timesync_file = absurd};
    fresh.hear_date(absurd, absurd);
    fresh.look(reading_now);

    EXPECT_FALSE(fresh.is_trusted()) << unix_seconds(absurd);
  }
}

TEST_F(ClockTrustTest, AnAbsurdClockThatIsCorrectedBecomesTrusted) {
  reading.wall = WallTime(seconds(12));  // 1970
  look();
  set_clock(start - reading.wall);
  reading.is_kernel_synchronised = true;
  look();

  EXPECT_TRUE(trust.is_trusted());
  EXPECT_EQ(trust.steps(), 1U);
  EXPECT_TRUE(trust.take_change());
}

TEST(TrustSource, HasAName) {
  EXPECT_EQ(name(TrustSource::none), "none");
  EXPECT_EQ(name(TrustSource::peer_date), "peer_date");
}

}  // namespace
}  // namespace siaga
