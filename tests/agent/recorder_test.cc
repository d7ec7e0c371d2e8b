// What one life of the agent hands to the next: dates, dark time, totals, outages, windows.
#include "agent/recorder.h"

#include <gtest/gtest.h>

#include "agent/journal/past.h"
#include "tests/agent/agent_life.h"
#include "tests/agent/journal/crash_disk.h"
#include "tests/agent/machine.h"
#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;
using tests::AgentLife;
using tests::CrashDisk;
using tests::expect_none_smaller;
using tests::Machine;
using tests::TestLoop;

constexpr WallTime year_1970{std::chrono::seconds(30)};
constexpr WallTime year_2100{std::chrono::seconds(4'118'000'000)};

class RecorderTest : public testing::Test {
 protected:
  Past past() const {
    auto read = read_past(journal_path(machine_.state_dir()), heartbeat_path(machine_.state_dir()),
                          WallTime{}, WallTime::max());
    EXPECT_TRUE(read) << (read ? "" : describe(read.error()));
    return read.value_or(Past{});
  }
  std::vector<std::string> faults() const {
    return check_journal(journal_path(machine_.state_dir()))
        .value_or(std::vector<std::string>{"?"});
  }
  // Up for two minutes, the last beat at the end of them; then, after five seconds, nothing.
  void live_and_die() {
    AgentLife life(machine_);
    life.pass(2min);
    last_beat_ = machine_.clock.wall_now();
    machine_.clock.advance(5s);
  }

  Machine machine_;
  TestLoop loop_;
  WallTime last_beat_{};
};

TEST_F(RecorderTest, ANewJournalHasNoDarkTimeBehindIt) {
  AgentLife life(machine_);

  EXPECT_EQ(life.recorder().restart().dark.id, 0U);
  EXPECT_EQ(life.recorder().beginning().boot, 1U);
  EXPECT_TRUE(life.recorder().is_clock_trusted());
}

TEST_F(RecorderTest, AKilledAgentWasDarkFromItsLastBeatToTheMillisecond) {
  live_and_die();
  machine_.clock.advance(1234ms);

  AgentLife life(machine_);

  const DarkInterval& dark = life.recorder().restart().dark;
  EXPECT_EQ(dark.dark_class, DarkClass::crash);
  EXPECT_EQ(dark.length, Millis(6234));
  EXPECT_EQ(dark.slack, 11s);
  EXPECT_EQ(life.dark(life.portal), Millis(6234));
  EXPECT_EQ(life.booked_dark(DarkClass::crash), Millis(6234));
  EXPECT_EQ(faults(), std::vector<std::string>{});
}

TEST_F(RecorderTest, AStoppedAgentWasDarkSinceItStopped) {
  {
    AgentLife life(machine_);
    life.pass(1min);
    machine_.clock.advance(3s);
    life.end();
  }
  machine_.clock.advance(30s);

  AgentLife life(machine_);

  EXPECT_EQ(life.recorder().restart().dark.dark_class, DarkClass::stop);
  EXPECT_EQ(life.recorder().restart().dark.length, Millis(30s));
  EXPECT_EQ(life.recorder().restart().dark.slack, 0ms);
}

// A life so short that its heart never beat: what ended it is not how the one before it ended.
TEST_F(RecorderTest, ACrashBeforeTheFirstBeatIsNotTheStopBeforeIt) {
  {
    AgentLife life(machine_);
    life.pass(1min);
    life.end();
  }
  const std::string beat = heartbeat_path(machine_.state_dir());
  std::filesystem::copy_file(beat, machine_ / "beat");
  machine_.clock.advance(30s);
  {
    AgentLife life(machine_);
  }
  std::filesystem::copy_file(machine_ / "beat", beat,
                             std::filesystem::copy_options::overwrite_existing);
  machine_.clock.advance(10s);

  AgentLife life(machine_);

  EXPECT_EQ(life.recorder().restart().dark.dark_class, DarkClass::crash);
  EXPECT_EQ(life.recorder().restart().dark.length, Millis(10s));
  EXPECT_GT(life.recorder().restart().dark.slack, 0ms);
}

// The date that the machine wakes up with, after a cut of three hours.
class StandingClock : public RecorderTest, public testing::WithParamInterface<int> {
 protected:
  WallTime woken() const {
    if (GetParam() == 1970) return year_1970;
    return GetParam() == 2100 ? year_2100 : last_beat_ + 5s;
  }
};

TEST_P(StandingClock, IsNotBelievedAndTheDarkTimeIsRightOnceTheClockIs) {
  live_and_die();
  const Millis dark = 3h + 5s;
  machine_.reboot(woken());

  AgentLife life(machine_);
  const auto is_counted = [&] {
    Millis sum{};
    for (const Millis length : life.recorder().dark_lengths()) sum += length;
    return sum > 0ms || life.dark(life.portal) > 0ms || past().darks.at(0).length.has_value();
  };

  EXPECT_FALSE(life.recorder().is_clock_trusted());
  EXPECT_EQ(life.recorder().restart().dark.dark_class, DarkClass::power_suspected);
  EXPECT_FALSE(life.recorder().restart().dark.length) << "not known, and above all not 0";
  EXPECT_EQ(life.recorder().dark_counts().at(1), 1U) << "that there was one is known";
  EXPECT_FALSE(is_counted());
  EXPECT_TRUE(life.engine().owes_dark(life.portal));
  life.pass(40min);
  EXPECT_FALSE(is_counted()) << "nor does it grow by itself";

  // The machine ran for 40 minutes since it was 20 s old; now somebody knows the time.
  machine_.clock.set_wall(last_beat_ + dark + 40min);
  machine_.synchronise(true);
  life.second();

  EXPECT_TRUE(life.recorder().is_clock_trusted());
  EXPECT_EQ(life.booked_dark(DarkClass::power_suspected), dark);
  EXPECT_EQ(life.dark(life.portal), dark);
  EXPECT_EQ(life.dark(life.database), dark);
  EXPECT_EQ(life.engine().state(life.portal).totals.sum(), 2min + dark + 40min);
  const Past past = this->past();
  ASSERT_EQ(past.darks.size(), 1U);
  EXPECT_EQ(past.darks.at(0).length, dark);
  EXPECT_EQ(past.dating.date(past.darks.at(0).to), last_beat_ + dark);
  EXPECT_EQ(faults(), std::vector<std::string>{});
}
INSTANTIATE_TEST_SUITE_P(Wakes, StandingClock, testing::Values(2027, 1970, 2100));

TEST_F(RecorderTest, ADarkTimeThatWasNeverDatedIsDatedInALaterLife) {
  live_and_die();
  machine_.reboot(last_beat_ + 5s);
  {
    AgentLife life(machine_);
    life.pass(1min);
  }
  machine_.clock.advance(10s);
  AgentLife life(machine_);

  machine_.clock.set_wall(last_beat_ + 1h + 70s);  // 70 s after the cut's end
  machine_.synchronise(true);
  life.second();

  const Past past = this->past();
  ASSERT_EQ(past.darks.size(), 2U);
  EXPECT_EQ(past.darks.at(0).length, Millis(1h));
  EXPECT_EQ(past.darks.at(1).length, Millis(10s));
  EXPECT_EQ(life.booked_dark(DarkClass::power_suspected), Millis(1h));
  EXPECT_EQ(life.booked_dark(DarkClass::crash), Millis(10s));
  EXPECT_EQ(life.dark(life.portal), Millis(1h + 10s)) << "the books have it too";
}

TEST_F(RecorderTest, WithoutAHeartbeatTheJournalsLastWordCounts) {
  live_and_die();
  std::filesystem::remove(heartbeat_path(machine_.state_dir()));
  machine_.clock.advance(1min);

  AgentLife life(machine_);

  const DarkInterval& dark = life.recorder().restart().dark;
  EXPECT_EQ(dark.dark_class, DarkClass::crash);
  EXPECT_GE(dark.length, Millis(65s));
  EXPECT_LE(dark.length, Millis(3min + 5s));
  EXPECT_EQ(life.engine().state(life.portal).totals.sum(), 2min + 65s);
}

TEST_F(RecorderTest, AMachineThatWentWhileTheMainsWasOffWentByIt) {
  {
    AgentLife life(machine_);
    life.judge_mains(State::up);
    life.pass(1min);
    life.judge_mains(State::down);
    life.pass(1min);
    last_beat_ = machine_.clock.wall_now();
  }
  const Millis outage_before = 1min;
  machine_.reboot(last_beat_ + 2h);
  machine_.synchronise(true);

  AgentLife life(machine_);

  EXPECT_EQ(life.recorder().restart().dark.dark_class, DarkClass::power);
  EXPECT_TRUE(life.recorder().restart().dark.is_mains_off);
  EXPECT_EQ(life.recorder().restart().dark.slack, 3s) << "it beat every two seconds";
  EXPECT_EQ(life.powerless(life.portal), outage_before);
  EXPECT_EQ(life.dark(life.portal), Millis(2h)) << "nobody saw when the power came back";
  EXPECT_EQ(life.dark(life.database), Millis(2h));
  ASSERT_NE(life.engine().outage(life.portal), nullptr);
  EXPECT_EQ(life.engine().outage(life.portal)->cause(), Cause::power);
}

TEST_F(RecorderTest, ARecordOfAPanicSaysWhatItWas) {
  live_and_die();
  machine_.leave_panic(last_beat_ + 5s);
  machine_.reboot(last_beat_ + 1min);
  machine_.synchronise(true);

  AgentLife life(machine_);

  EXPECT_EQ(life.recorder().restart().dark.dark_class, DarkClass::panic);
  EXPECT_NE(life.recorder().restart().dark.evidence.find("dmesg-ramoops-0"), std::string::npos);
}

TEST_F(RecorderTest, AnOpenOutageGoesOnOverTheRestart) {
  OutageId id = 0;
  {
    AgentLife life(machine_);
    life.pass(1min);
    life.pass(2min, false);
    ASSERT_NE(life.engine().outage(life.portal), nullptr);
    id = life.engine().outage(life.portal)->id;
  }
  machine_.clock.advance(1min);

  AgentLife life(machine_);
  life.pass(2min, false);

  ASSERT_NE(life.engine().outage(life.portal), nullptr);
  EXPECT_EQ(life.engine().outage(life.portal)->id, id);
  life.pass(1min);
  EXPECT_EQ(life.engine().outage(life.portal), nullptr);
  std::size_t of_portal = 0;
  for (const Outage& outage : past().outages) of_portal += outage.node == 2 ? 1 : 0;
  EXPECT_EQ(of_portal, 1U);
  EXPECT_EQ(faults(), std::vector<std::string>{});
}

TEST_F(RecorderTest, TotalsAndCountsGoOnOverManyLives) {
  const auto service = static_cast<std::size_t>(Cause::service);
  NodeState before;
  for (int number = 0; number < 5; ++number) {
    AgentLife life(machine_);
    const NodeState now = life.engine().state(life.portal);
    EXPECT_GE(now.totals.up, before.totals.up);
    EXPECT_GE(now.totals.sum(), before.totals.sum());
    EXPECT_GE(now.outages.at(service), before.outages.at(service));
    life.pass(1min, number % 2 == 0);
    life.pass(2min);
    before = life.engine().state(life.portal);
    machine_.clock.advance(4s);
  }

  AgentLife life(machine_);

  EXPECT_EQ(life.engine().state(life.portal).totals.sum(), 5 * (3min + 4s));
  EXPECT_EQ(life.recorder().dark_counts().at(static_cast<std::size_t>(DarkClass::crash)), 5U);
  EXPECT_EQ(life.booked_dark(DarkClass::crash), Millis(20s));
  EXPECT_EQ(faults(), std::vector<std::string>{});
}

TEST_F(RecorderTest, AWindowThatWasDeclaredIsKnownInTheNextLife) {
  const WallTime now = machine_.clock.wall_now();
  {
    AgentLife life(machine_);
    life.recorder().record({Window{.id = life.recorder().next_window(),
                                   .targets = {"portal"},
                                   .from = now,
                                   .until = now + 1h,
                                   .note = "pembaruan"}});
  }

  Recorder recorder(loop_.loop(), machine_.clock,
                    {.journal = {.state_dir = machine_.state_dir(), .retention = {}, .vfs = {}},
                     .host = machine_.paths()});

  ASSERT_EQ(recorder.windows().size(), 1U);
  EXPECT_EQ(recorder.windows().at(0).note, "pembaruan");
  EXPECT_EQ(recorder.next_window(), 2U);
}

TEST_F(RecorderTest, CountersOfAFullDiskAreFoundAgainAfterAKill) {
  CrashDisk disk("full-then-killed");
  Totals shown;
  std::uint32_t outages = 0;
  {
    AgentLife life(machine_, false, disk.name());
    life.pass(1min);
    life.await([&] { return life.shown(life.portal).up > 0ms; });
    disk.fail_at(1, SQLITE_FULL, true);
    life.pass(5min, false);
    life.pass(5min);
    EXPECT_FALSE(life.recorder().journal().is_durable);
    EXPECT_EQ(life.engine().status(life.portal).state, State::up) << "what is now is told";
    EXPECT_GT(life.engine().state(life.portal).totals.up, 5min) << "and counted";
    shown = life.shown(life.portal);
    outages = life.shown_outages(life.portal);
  }
  disk.mend();

  AgentLife life(machine_, false, disk.name());

  expect_none_smaller(shown, life.shown(life.portal));
  EXPECT_GE(life.shown_outages(life.portal), outages);
}

TEST_F(RecorderTest, CountersGoOnOnceTheDiskHasRoomAgain) {
  CrashDisk disk("full-then-roomy");
  AgentLife life(machine_, false, disk.name());
  life.pass(1min);
  disk.fail_at(1, SQLITE_FULL, true);
  life.pass(5min, false);
  ASSERT_FALSE(life.recorder().journal().is_durable);
  const Totals held = life.shown(life.portal);
  EXPECT_LE(held.sum(), 1min);

  disk.mend();
  life.await([&] { return life.is_all_durable(); });
  life.pass(1min, false);

  life.await([&] { return life.shown(life.portal).down_sum() > 3min; });
  EXPECT_EQ(life.shown_outages(life.portal), 1U);
}

// A restart that finds nothing begins at 0, which every reader of counters takes for what it is.
TEST_F(RecorderTest, CountersOfAJournalThatNeverHeldAnythingAreShown) {
  CrashDisk disk("full-from-the-start");
  disk.fail_at(1, SQLITE_FULL, true);
  AgentLife life(machine_, false, disk.name());

  life.pass(2min);

  EXPECT_FALSE(life.recorder().journal().is_durable);
  EXPECT_GT(life.shown(life.portal).up, 1min);
}

}  // namespace
}  // namespace siaga
