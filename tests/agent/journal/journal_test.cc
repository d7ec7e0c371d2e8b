#include "agent/journal/journal.h"

#include <sys/stat.h>

#include "agent/journal/replay.h"
#include "tests/agent/journal/sample.h"
#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using tests::append;
using tests::era;
using tests::node;
using tests::november;
using tests::open_store;
using tests::outage;
using tests::replay_of;
using tests::stamp;
using tests::TempFolder;
using tests::TestLoop;
using tests::up_state;
using tests::write_file;
using namespace std::chrono_literals;

JournalOptions options_in(const std::string& folder) {
  return {.state_dir = folder, .retention = {}, .vfs = {}, .retry = 5ms};
}

Beat beat_at(Millis at) { return {.boot_id = "boot-1", .at = BootTime(at), .period = 10s}; }

// A name on which no directory can be made, until it is taken away.
class Obstacle {
 public:
  explicit Obstacle(std::string path) : path_(std::move(path)) { write_file(path_, "in the way"); }
  void remove() const { std::filesystem::remove(path_); }

 private:
  std::string path_;
};

TEST(JournalTest, MakesItsFolderAndKeepsWhatItIsGiven) {
  const TempFolder folder;
  TestLoop test;
  {
    auto [journal, opened] = Journal::open(test.loop(), options_in(folder / "state"), november);
    EXPECT_FALSE(opened.last_beat);
    EXPECT_TRUE(opened.replay.nodes.empty());
    EXPECT_TRUE(journal->state().is_durable) << journal->state().trouble;
    const Ticket ticket = journal->append({era(1), node(1), up_state(1)});
    journal->beat(beat_at(60s));

    test.run_until([&] { return journal->durable() >= ticket && journal->state().beats == 1; });

    EXPECT_EQ(journal->state().waiting, 0U);
    EXPECT_EQ(journal->state().records, 3U);
    EXPECT_EQ(journal->state().errors, 0U);
    EXPECT_GT(journal->state().bytes, 0U);
  }
  struct stat facts{};
  ASSERT_EQ(::stat((folder / "state").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0750U);
  auto [journal, opened] = Journal::open(test.loop(), options_in(folder / "state"), november);
  EXPECT_EQ(opened.replay.states, std::vector{up_state(1)});
  ASSERT_TRUE(opened.last_beat);
  EXPECT_EQ(opened.last_beat->at, BootTime(60s));
}

TEST(JournalTest, WhatWaitsAtTheEndIsWrittenBeforeTheLastBeat) {
  const TempFolder folder;
  TestLoop test;
  {
    auto [journal, opened] = Journal::open(test.loop(), options_in(folder.path()), november);
    for (NodeNumber number = 1; number <= 500; ++number)
      journal->append({node(number), up_state(number)});
    journal->append({era(1)});
    journal->beat(beat_at(90s));
  }

  EXPECT_EQ(replay_of(*open_store(folder / "journal.db")).nodes.size(), 500U);
  EXPECT_EQ(Heartbeat::read(folder / "heartbeat")->at, BootTime(90s));
}

TEST(JournalTest, TellsTheLoopWhenSomethingIsDurable) {
  const TempFolder folder;
  TestLoop test;
  auto [journal, opened] = Journal::open(test.loop(), options_in(folder.path()), november);
  Ticket told = 0;
  journal->on_change([&told, &opened_journal = *journal] { told = opened_journal.durable(); });

  const Ticket ticket = journal->append({era(1)});

  test.run_until([&] { return told >= ticket; });
}

TEST(JournalTest, ADamagedFileIsSetAsideAndANewOneBegins) {
  const TempFolder folder;
  write_file(folder / "journal.db",
             "this is no database, and long enough to be one" + std::string(5000, 'x'));
  TestLoop test;

  auto [journal, opened] = Journal::open(test.loop(), options_in(folder.path()), november + 8h);

  const JournalState state = journal->state();
  EXPECT_TRUE(state.is_durable) << state.trouble;
  EXPECT_EQ(state.set_aside, folder / "journal.db.damaged-2026-11-01T08-00-00Z");
  EXPECT_EQ(state.set_aside_count, 1U);
  EXPECT_NE(state.set_aside_why.find("not a journal"), std::string::npos) << state.set_aside_why;
  EXPECT_TRUE(tests::read_file(state.set_aside).starts_with("this is no database"));
}

TEST(JournalTest, ASecondDamagedFileOfTheSameSecondGetsAnotherName) {
  const TempFolder folder;
  TestLoop test;
  for (const char* const ending : {"", "-2", "-3"}) {
    write_file(folder / "journal.db", std::string(5000, 'x'));
    auto [journal, opened] = Journal::open(test.loop(), options_in(folder.path()), november);
    EXPECT_EQ(journal->state().set_aside,
              folder / "journal.db.damaged-2026-11-01T00-00-00Z" + ending);
  }
}

TEST(JournalTest, AnEmptyFileWhereAnAgentHasWrittenIsDamage) {
  const TempFolder folder;
  TestLoop test;
  {
    auto [journal, opened] = Journal::open(test.loop(), options_in(folder.path()), november);
    journal->beat(beat_at(1s));
  }
  write_file(folder / "journal.db", "");

  auto [journal, opened] = Journal::open(test.loop(), options_in(folder.path()), november);

  EXPECT_EQ(journal->state().set_aside_count, 1U);
  EXPECT_NE(journal->state().set_aside_why.find("it is empty"), std::string::npos);
}

TEST(JournalTest, RecordsWaitUntilTheDiskIsBackAndNoBeatLies) {
  const TempFolder folder;
  const Obstacle obstacle(folder / "state");
  TestLoop test;
  auto [journal, opened] = Journal::open(test.loop(), options_in(folder / "state"), november);
  ASSERT_FALSE(journal->state().is_durable);
  EXPECT_FALSE(journal->state().trouble.empty());
  const Ticket ticket = journal->append({era(1), node(1), up_state(1)});
  journal->beat(beat_at(60s));
  test.run_until([&] { return journal->state().errors > 2; });
  EXPECT_EQ(journal->durable(), 0U);
  EXPECT_EQ(journal->state().waiting, 3U);
  EXPECT_EQ(journal->state().beats, 0U);

  obstacle.remove();
  test.run_until([&] { return journal->durable() >= ticket && journal->state().beats == 1; });

  EXPECT_TRUE(journal->state().is_durable);
  EXPECT_EQ(journal->state().trouble, "");
}

TEST(JournalTest, NumbersGoBehindAHistoryThatCouldNotBeReadAtTheStart) {
  const TempFolder folder;
  append(*open_store(folder / "hidden.db"),
         {era(1), node(1), up_state(1), outage(7, 1, stamp(1, 30s))});
  std::filesystem::create_directory(folder / "journal.db");  // in the way
  TestLoop test;
  {
    auto [journal, opened] = Journal::open(test.loop(), options_in(folder.path()), november);
    ASSERT_FALSE(journal->state().is_durable);
    BootEra ours = era(1, november + 24h);
    ours.boot_id = "another boot";
    journal->append({ours, node(1), up_state(1), outage(1, 1, stamp(1, 60s))});

    std::filesystem::remove(folder / "journal.db");
    std::filesystem::rename(folder / "hidden.db", folder / "journal.db");
    test.run_until([&] { return journal->durable() != 0; });
    journal->append({up_state(1, stamp(1, 0ms), 90s)});
  }

  const Replay replay = replay_of(*open_store(folder / "journal.db"));
  ASSERT_EQ(replay.nodes.size(), 1U) << "the old one is removed";
  EXPECT_EQ(replay.nodes[0].number, 2U);
  EXPECT_EQ(replay.nodes[0].added.boot, 2U);
  ASSERT_EQ(replay.states.size(), 1U);
  EXPECT_EQ(replay.states[0].booked_until, stamp(2, 90s));
  ASSERT_EQ(replay.open_outages.size(), 1U);
  EXPECT_EQ(replay.open_outages[0].id, 8U);
}

TEST(JournalTest, AFileThatIsRemovedWhileTheAgentRunsBeginsAnewWithThePresent) {
  const TempFolder folder;
  TestLoop test;
  {
    auto [journal, opened] = Journal::open(test.loop(), options_in(folder.path()), november);
    const Ticket first = journal->append({era(1), node(1), up_state(1)});
    test.run_until([&] { return journal->durable() >= first; });
    std::filesystem::remove(folder / "journal.db");

    const Ticket second = journal->append({up_state(1, stamp(1, 0ms), 90s)});
    test.run_until([&] { return journal->durable() >= second; });
  }

  const Replay replay = replay_of(*open_store(folder / "journal.db"));
  EXPECT_EQ(replay.nodes, std::vector{node(1)});
  EXPECT_EQ(replay.states, (std::vector{up_state(1, stamp(1, 0ms), 90s)}));
}

TEST(JournalTest, AFileThatBreaksWhileTheAgentRunsIsSetAsideAndThePresentGoesOn) {
  const TempFolder folder;
  TestLoop test;
  auto [journal, opened] = Journal::open(test.loop(), options_in(folder.path()), november);
  // More than SQLite keeps in memory.
  constexpr OutageId count = 8'000;
  const auto long_one = [](OutageId id) {
    Outage one = outage(id, 1, stamp(1, 30s));
    one.detail = std::string(500, 'x');
    return one;
  };
  std::vector<Record> records{era(1), node(1), up_state(1)};
  for (OutageId id = 1; id <= count; ++id) records.emplace_back(long_one(id));
  Ticket ticket = journal->append(std::move(records));
  test.run_until([&] { return journal->durable() >= ticket; });
  // The same file, overwritten under the open connection; its pages are not all in the cache.
  {
    std::fstream file(folder / "journal.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(std::filesystem::file_size(folder / "journal.db") - 4096, 'x');
  }

  for (OutageId id = 1; id <= count && journal->state().set_aside_count == 0; id += 100) {
    ticket = journal->append({long_one(id)});
    test.run_until([&] { return journal->durable() >= ticket; });
  }

  EXPECT_EQ(journal->state().set_aside_count, 1U);
  EXPECT_TRUE(journal->state().is_durable) << journal->state().trouble;
}

}  // namespace
}  // namespace siaga
