// The power is cut at every write of a scripted run, and every call of it fails once: what was
// acknowledged is there afterwards, of the rest all or nothing, and the journal always opens.
#include "tests/agent/journal/crash_disk.h"
#include "tests/agent/journal/sample.h"

namespace siaga {
namespace {

using tests::CrashDisk;
using tests::ended;
using tests::era;
using tests::november;
using tests::outage;
using tests::stamp;
using namespace std::chrono_literals;

constexpr const char* journal_path = "/journal.db";
constexpr NodeNumber batches = 6;

// Each batch adds a node with an open outage and a boot, and closes the outage before it.
std::vector<Record> batch(NodeNumber number) {
  const Stamp bad = stamp(number, 60s);
  std::vector<Record> records{
      era(number, november + number * 24h), tests::node(number), tests::up_state(number),
      outage(number, number, bad),
      Stretch{.node = number, .from = stamp(number, 0s), .to = bad, .share = Share::up()}};
  if (number > 1) {
    const Stamp before = stamp(number - 1, 60s);
    records.emplace_back(ended(outage(number - 1, number - 1, before), stamp(number, 1s)));
  }
  return records;
}

// Nothing, when the replay is exactly what the first `count` batches say; else what is wrong.
std::string compare(const Replay& replay, NodeNumber count) {
  if (replay.nodes.size() != count) return "nodes: " + std::to_string(replay.nodes.size());
  for (NodeNumber number = 1; number <= count; ++number) {
    if (replay.nodes[number - 1] != tests::node(number)) return "another node";
    if (replay.states[number - 1] != tests::up_state(number)) return "another state";
  }
  if (replay.dating.eras().size() != count) return "boots";
  if (replay.last_outage != count || replay.last_boot != count) return "last numbers";
  if (count == 0) return replay.open_outages.empty() ? "" : "an outage of no batch";
  const std::vector expected{outage(count, count, stamp(count, 60s))};
  return replay.open_outages == expected ? "" : "open outages";
}

struct Run {
  bool is_open = false;
  NodeNumber acknowledged = 0;  // batches
};

// Until something fails; with cleaning, which rolls up, deletes, shrinks and checkpoints.
Run run(CrashDisk& disk) {
  Run run;
  auto opened = Store::open({journal_path, Store::Access::write, disk.name()});
  if (!opened) return run;
  run.is_open = true;
  for (NodeNumber number = 1; number <= batches; ++number) {
    if (!(*opened)->append(batch(number))) return run;
    run.acknowledged = number;
    const WallTime now = november + number * 24h + 12h;
    if (number == 4 && !(*opened)->keep_house({.age = 24h}, Zone::utc(), now)) return run;
  }
  return run;
}

std::size_t changes_of_a_run() {
  CrashDisk disk("measured");
  EXPECT_EQ(run(disk).acknowledged, batches);
  return disk.changes();
}

// Opens after the power is back, and holds what is there against what was acknowledged.
void check_after(CrashDisk& disk, const Run& before, const std::string& where) {
  auto opened = Store::open({journal_path, Store::Access::write, disk.name()});
  ASSERT_TRUE(opened) << where << describe(opened.error().second);
  const auto replay = (*opened)->replay();
  ASSERT_TRUE(replay) << where << describe(replay.error());
  const auto found = static_cast<NodeNumber>(replay->nodes.size());
  EXPECT_GE(found, before.acknowledged) << where;
  EXPECT_LE(found, before.acknowledged + 1) << where;
  EXPECT_EQ(compare(*replay, found), "") << where;
  EXPECT_TRUE((*opened)->append(batch(found + 1))) << where;
}

void cut_everywhere(std::optional<unsigned> seed) {
  const std::size_t changes = changes_of_a_run();
  ASSERT_GT(changes, 50U);
  for (std::size_t change = 1; change <= changes; ++change) {
    CrashDisk disk("crashing");
    disk.cut_at(change);
    const Run before = run(disk);
    disk.power_on(seed ? std::optional(*seed + static_cast<unsigned>(change)) : std::nullopt);
    check_after(disk, before, "cut at change " + std::to_string(change) + ": ");
    if (testing::Test::HasFailure()) return;
  }
}

TEST(CrashTest, APowerCutAtAnyWriteLosesNothingThatWasAcknowledged) {
  cut_everywhere(std::nullopt);
}

TEST(CrashTest, NorDoesOneThatLeavesSomeUnsyncedSectorsBehind) { cut_everywhere(1000); }

TEST(CrashTest, NorWithOtherSectors) { cut_everywhere(5'000'000); }

// Once: the run goes on behind it. The store stays open, as in the agent.
void fail_everywhere(int code) {
  bool has_failed = true;
  for (std::size_t call = 1; has_failed; ++call) {
    const std::string where = "failing call " + std::to_string(call) + ": ";
    CrashDisk disk("failing");
    auto opened = Store::open({journal_path, Store::Access::write, disk.name()});
    ASSERT_TRUE(opened);
    ASSERT_TRUE((*opened)->append(batch(1)));
    disk.fail_at(call, code, false);
    NodeNumber done = 1;
    for (int attempt = 0; attempt < 20 && done < 4; ++attempt) {
      const auto appended = (*opened)->append(batch(done + 1));
      if (appended) ++done;
      const auto replay = (*opened)->replay();
      if (replay) {
        EXPECT_EQ(compare(*replay, done), "") << where;
      }
    }
    EXPECT_EQ(done, 4U) << where;
    static_cast<void>((*opened)->keep_house({.age = 24h}, Zone::utc(), november + 96h));
    has_failed = disk.has_failed();
    disk.mend();
    opened->reset();
    disk.power_on(std::nullopt);
    check_after(disk, {.is_open = true, .acknowledged = 4}, where);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(CrashTest, AnInputOutputErrorAtAnyCallIsAnErrorAndNoMore) { fail_everywhere(SQLITE_IOERR); }

TEST(CrashTest, NoRoomAtAnyWriteIsAnErrorAndNoMore) { fail_everywhere(SQLITE_FULL); }

// A good file must never be taken for a damaged one because the disk stumbled.
void fail_opening_everywhere(int code) {
  CrashDisk disk("stumbling");
  {
    const auto store = tests::open_store(journal_path, disk.name());
    ASSERT_TRUE(store->append(batch(1)));
  }
  bool has_failed = true;
  for (std::size_t call = 1; has_failed; ++call) {
    disk.fail_at(call, code, false);
    {
      const auto opened = Store::open({journal_path, Store::Access::write, disk.name()});
      if (!opened) {
        EXPECT_EQ(opened.error().first, Store::Trouble::unavailable)
            << call << ": " << describe(opened.error().second);
      }
    }
    has_failed = disk.has_failed();
    disk.mend();
    const auto store = tests::open_store(journal_path, disk.name());
    ASSERT_TRUE(store) << call;
    EXPECT_EQ(compare(tests::replay_of(*store), 1), "") << call;
  }
}

TEST(CrashTest, AnInputOutputErrorWhileOpeningIsNotDamage) {
  fail_opening_everywhere(SQLITE_IOERR);
}

TEST(CrashTest, NoRoomWhileOpeningIsNotDamage) { fail_opening_everywhere(SQLITE_FULL); }

TEST(CrashTest, ADiskThatIsFullForLongTakesEverythingOnceThereIsRoom) {
  CrashDisk disk("full");
  auto opened = Store::open({journal_path, Store::Access::write, disk.name()});
  ASSERT_TRUE(opened);
  ASSERT_TRUE((*opened)->append(batch(1)));

  disk.fail_at(1, SQLITE_FULL, true);
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto appended = (*opened)->append(batch(2));
    ASSERT_FALSE(appended);
    EXPECT_EQ((*opened)->fault(), Store::Fault::no_room);
    EXPECT_EQ(appended.error().text, "the disk is full; make room, then writing goes on by itself");
  }
  EXPECT_EQ(compare(*(*opened)->replay(), 1), "");

  disk.mend();
  EXPECT_TRUE((*opened)->append(batch(2)));
  EXPECT_EQ(compare(*(*opened)->replay(), 2), "");
}

}  // namespace
}  // namespace siaga
