// Whatever lies in the state directory, and whatever it refuses: the agent runs, says what is
// wrong, and records again as soon as it can.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <random>

#include "agent/journal/database.h"
#include "tests/agent/journal/crash_disk.h"
#include "tests/agent/journal/sample.h"
#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::append;
using tests::era;
using tests::node;
using tests::november;
using tests::open_store;
using tests::outage;
using tests::read_file;
using tests::stamp;
using tests::TempFolder;
using tests::TestLoop;
using tests::up_state;
using tests::write_file;
using namespace std::chrono_literals;

std::vector<Record> some_history() {
  std::vector<Record> records{era(1)};
  for (NodeNumber number = 1; number <= 60; ++number) {
    records.emplace_back(node(number));
    records.emplace_back(up_state(number));
    records.emplace_back(outage(number, number, stamp(1, 90s)));
    records.emplace_back(
        StateChange{.node = number, .at = stamp(1, 90s), .detail = "a few words of why"});
    records.emplace_back(Stretch{.node = number, .from = stamp(1, 0s), .to = stamp(1, 60s)});
  }
  return records;
}

std::string bytes_of_a_journal() {
  const TempFolder folder;
  append(*open_store(folder / "journal.db"), some_history());
  return read_file(folder / "journal.db");
}

void run_sql(const std::string& path, const char* sql) {
  auto database = Database::open(path, Database::Access::write, {});
  ASSERT_TRUE(database);
  (*database)->run(sql);
  ASSERT_FALSE((*database)->has_failed()) << (*database)->failure().text;
}

JournalOptions options_on(const std::string& folder, const std::string& vfs = {}) {
  return {.state_dir = folder, .retention = {}, .vfs = vfs, .retry = 5ms};
}

// The state of an agent that starts on what lies there; it must be able to record.
JournalState start_on(const TempFolder& folder) {
  TestLoop test;
  auto [journal, opened] = Journal::open(test.loop(), options_on(folder.path()), november);
  const JournalState state = journal->state();
  const Ticket ticket = journal->append({era(opened.replay.last_boot + 1)});
  test.run_until([&] { return journal->durable() >= ticket; });
  return state;
}

// Every way of reading it: none may do more than fail with words.
void read_in_every_way(const TempFolder& folder) {
  const std::string path = folder / "journal.db";
  if (const auto past = read_past(path, folder / "heartbeat", november - 24h, november + 24h);
      !past) {
    EXPECT_FALSE(describe(past.error()).empty());
  }
  if (const auto found = check_journal(path); !found) {
    EXPECT_FALSE(describe(found.error()).empty());
  }
  auto store = Store::open({path, Store::Access::write, {}});
  if (store) {
    static_cast<void>((*store)->append(some_history()));
    static_cast<void>((*store)->keep_house({.age = 24h}, Zone::utc(), november + 96h));
  } else {
    EXPECT_EQ(store.error().first, Store::Trouble::damaged) << describe(store.error().second);
  }
}

TEST(BadJournalTest, ATruncatedOneIsNoticedAndReadAsFarAsItIsSafe) {
  const std::string whole = bytes_of_a_journal();
  const TempFolder folder;
  for (std::size_t size = 2; size < whole.size(); size += whole.size() / 30 + 1) {
    write_file(folder / "journal.db", whole.substr(0, size));
    const bool is_open = Store::open({folder / "journal.db", Store::Access::write, {}}).has_value();
    EXPECT_FALSE(is_open) << size;
    read_in_every_way(folder);
  }
}

TEST(BadJournalTest, FlippedBitsAreDamageOrHarmlessNeverACrash) {
  const std::string whole = bytes_of_a_journal();
  std::mt19937 random(7);
  const TempFolder folder;
  for (int round = 0; round < 120; ++round) {
    std::string flipped = whole;
    // Half of them in the first page, where the header and the schema are.
    const std::size_t place = random() % (round % 2 == 0 ? 4096 : whole.size());
    flipped[place] = static_cast<char>(flipped[place] ^ (1 << random() % 8));
    write_file(folder / "journal.db", flipped);
    read_in_every_way(folder);
    for (const char* const ending : {"-wal", "-shm"})
      std::filesystem::remove(folder / "journal.db" + ending);
  }
}

TEST(BadJournalTest, AStateThatFailsItsChecksumIsDamage) {
  const TempFolder folder;
  append(*open_store(folder / "journal.db"), some_history());
  run_sql(folder / "journal.db", "UPDATE states SET state = zeroblob(30) WHERE node = 33");

  const JournalState state = start_on(folder);

  EXPECT_EQ(state.set_aside_count, 1U);
  EXPECT_THAT(state.set_aside_why, HasSubstr("damaged"));
}

TEST(BadJournalTest, GarbageIsSetAside) {
  const TempFolder folder;
  write_file(folder / "journal.db", std::string(20'000, '\x5a'));

  const JournalState state = start_on(folder);

  EXPECT_THAT(state.set_aside, HasSubstr(".damaged-"));
  EXPECT_THAT(state.set_aside_why, HasSubstr("not a journal"));
}

TEST(BadJournalTest, AnotherProgramsDatabaseIsSetAsideUnchanged) {
  const TempFolder folder;
  run_sql(folder / "journal.db", "CREATE TABLE theirs(a); INSERT INTO theirs VALUES ('dear')");
  const std::string before = read_file(folder / "journal.db");

  const JournalState state = start_on(folder);

  EXPECT_THAT(state.set_aside_why, HasSubstr("a database, but not a journal"));
  EXPECT_EQ(read_file(state.set_aside), before);
}

TEST(BadJournalTest, ANewerOneIsSetAsideUnderItsOwnWord) {
  const TempFolder folder;
  append(*open_store(folder / "journal.db"), some_history());
  run_sql(folder / "journal.db", "PRAGMA user_version = 99");

  const auto past = read_past(folder / "journal.db", folder / "heartbeat", november, november);
  const JournalState state = start_on(folder);

  ASSERT_FALSE(past);
  EXPECT_THAT(describe(past.error()), HasSubstr("later version"));
  EXPECT_THAT(state.set_aside, HasSubstr("journal.db.newer-2026-11-01T00-00-00Z"));
  EXPECT_THAT(state.set_aside_why, HasSubstr("install that version again"));
}

TEST(BadJournalTest, AJournalWithoutItsTablesIsDamage) {
  const TempFolder folder;
  append(*open_store(folder / "journal.db"), some_history());
  run_sql(folder / "journal.db", "DROP TABLE nodes");

  EXPECT_EQ(start_on(folder).set_aside_count, 1U);
}

// As another user when the tests run as root, whom no permission stops.
class AsNobody {
 public:
  AsNobody() {
    if (::geteuid() == 0) is_changed_ = ::seteuid(65'534) == 0;
  }
  ~AsNobody() {
    if (is_changed_ && ::seteuid(0) != 0) std::abort();
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  bool is_changed_ = false;
};

TEST(BadFolderTest, AMissingParentIsToldAndNotMade) {
  const TempFolder folder;
  TestLoop test;

  auto [journal, opened] =
      Journal::open(test.loop(), options_on(folder / "mistyped/state"), november);

  EXPECT_FALSE(journal->state().is_durable);
  EXPECT_THAT(journal->state().trouble,
              AllOf(HasSubstr("create the state directory"), HasSubstr("ENOENT"),
                    HasSubstr("set state_dir to another folder")));
  EXPECT_FALSE(std::filesystem::exists(folder / "mistyped"));
}

TEST(BadFolderTest, ThatOfAnotherUserIsReadButNotWritten) {
  const TempFolder folder;
  append(*open_store(folder / "journal.db"), some_history());
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  ASSERT_EQ(::chmod((folder / "journal.db").c_str(), 0444), 0);
  TestLoop test;
  {
    const AsNobody nobody;

    auto [journal, opened] = Journal::open(test.loop(), options_on(folder.path()), november);

    EXPECT_EQ(opened.replay.nodes.size(), 60U) << "what was is known";
    EXPECT_FALSE(journal->state().is_durable);
    EXPECT_THAT(journal->state().trouble,
                AnyOf(HasSubstr("may not be written"), HasSubstr("must belong to")));
    EXPECT_THAT(check_journal(folder / "journal.db").value_or(std::vector<std::string>{"none"}),
                testing::Not(testing::Contains("none")));
  }
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
}

TEST(BadFolderTest, OneThatMayNotBeEnteredIsToldAndHealsWithoutARestart) {
  const TempFolder folder;
  ASSERT_EQ(::mkdir((folder / "state").c_str(), 0700), 0);
  append(*open_store(folder / "state/journal.db"), {era(1), node(1), up_state(1)});
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod((folder / "state").c_str(), 0000), 0);
  TestLoop test;
  std::unique_ptr<Journal> journal;
  {
    const AsNobody nobody;
    auto opened = Journal::open(test.loop(), options_on(folder / "state"), november);
    journal = std::move(opened.first);
    EXPECT_THAT(opened.second.replay.nodes, IsEmpty());
    EXPECT_FALSE(journal->state().is_durable);
    EXPECT_THAT(journal->state().trouble, HasSubstr("agent's user")) << journal->state().trouble;
  }
  ASSERT_EQ(::chmod((folder / "state").c_str(), 0700), 0);

  const Ticket ticket = journal->append({era(1), node(1), up_state(1)});
  test.run_until([&] { return journal->durable() >= ticket; });

  EXPECT_TRUE(journal->state().is_durable);
  journal.reset();
  EXPECT_EQ(tests::replay_of(*open_store(folder / "state/journal.db")).last_node, 2U);
}

TEST(BadFolderTest, OnAFullDiskTheAgentRunsAndRecordsWhenThereIsRoom) {
  const TempFolder folder;
  tests::CrashDisk disk("full-at-the-start");
  disk.fail_at(1, SQLITE_FULL, true);
  TestLoop test;
  {
    auto [journal, opened] =
        Journal::open(test.loop(), options_on(folder.path(), disk.name()), november);
    EXPECT_FALSE(journal->state().is_durable);
    EXPECT_THAT(journal->state().trouble, HasSubstr("the disk is full; make room"));
    const Ticket ticket = journal->append(some_history());
    test.run_until([&] { return journal->state().errors > 3; });
    EXPECT_EQ(journal->durable(), 0U);

    disk.mend();
    test.run_until([&] { return journal->durable() >= ticket; });

    EXPECT_TRUE(journal->state().is_durable) << journal->state().trouble;
  }
  EXPECT_EQ(tests::replay_of(*open_store(folder / "journal.db", disk.name())).nodes.size(), 60U);
}

TEST(BadFolderTest, AJournalThatWasNotClosedIsNotReadPastItsWal) {
  const TempFolder folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  const auto store = open_store(folder / "running.db");
  append(*store, some_history());
  for (const char* const ending : {"", "-wal"})
    std::filesystem::copy_file(folder / "running.db" + ending, folder / "journal.db" + ending);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  {
    const AsNobody nobody;

    const auto past = read_past(folder / "journal.db", {}, november, november + 24h);

    ASSERT_FALSE(past) << "the newest records are in the WAL";
    EXPECT_THAT(describe(past.error()), HasSubstr("as a copy"));
  }
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  EXPECT_EQ(read_past(folder / "journal.db", {}, november, november + 24h)->nodes.size(), 60U);
}

}  // namespace
}  // namespace siaga
