#include "agent/journal/store.h"

#include "agent/journal/backlog.h"
#include "agent/journal/packing.h"
#include "agent/journal/rebase.h"
#include "agent/journal/replay.h"
#include "agent/journal/schema.h"
#include "tests/agent/journal/sample.h"

namespace siaga {
namespace {

using tests::append;
using tests::ended;
using tests::era;
using tests::node;
using tests::november;
using tests::open_store;
using tests::outage;
using tests::replay_of;
using tests::stamp;
using tests::TempFolder;
using tests::up_state;
using namespace std::chrono_literals;

NodeState rich_state(NodeNumber number) {
  NodeState state = up_state(number);
  state.totals.add(Share::down(Cause::power), 123ms);
  state.totals.add(Share::unknown(Blind::agent_dark), 456ms);
  state.totals.add(Share::maintenance(), 7ms);
  state.pieces.push_back({.from = stamp(1, 90s), .share = Share::down(Cause::dns), .outage = 5});
  state.outage = 5;
  state.outages.at(static_cast<std::size_t>(Cause::content)) = 3;
  state.is_flapping = true;
  return state;
}

// One of each kind, all open.
std::vector<Record> one_of_each() {
  Window window{.id = 2, .targets = {"b", "a"}, .from = november, .until = november + 1h};
  window.note = "new switch";
  Outage open = outage(5, 1, stamp(1, 90s));
  open.pieces.push_back({.from = stamp(1, 95s), .cause = Cause::link, .root = 2});
  return {era(1),
          node(1),
          node(2),
          rich_state(1),
          up_state(2),
          open,
          Revision{.outage = 5,
                   .node = 1,
                   .at = stamp(1, 99s),
                   .from = Cause::host,
                   .to = Cause::link,
                   .root = 2,
                   .evidence = "the link fell 3 s later"},
          Stretch{.node = 1, .from = stamp(1, 0s), .to = stamp(1, 10s)},
          StateChange{.node = 1, .at = stamp(1, 90s), .from = State::up, .to = State::down},
          Recovery{.node = 1, .root = 2, .after = Cause::link, .returned = stamp(1, 120s)},
          window,
          DarkInterval{.id = 4,
                       .from = stamp(1, 200s),
                       .to = stamp(2, 5s),
                       .slack = 10s,
                       .dark_class = DarkClass::power_suspected,
                       .evidence = "no marker"}};
}

TEST(StoreTest, GivesBackWhatAStartNeeds) {
  const TempFolder folder;
  append(*open_store(folder / "journal.db"), one_of_each());

  const Replay replay = replay_of(*open_store(folder / "journal.db"));

  const auto records = one_of_each();
  ASSERT_EQ(replay.dating.eras().size(), 1U);
  EXPECT_EQ(replay.dating.eras().front(), std::get<BootEra>(records[0]));
  EXPECT_EQ(replay.nodes, (std::vector{node(1), node(2)}));
  EXPECT_EQ(replay.states, (std::vector{rich_state(1), up_state(2)}));
  EXPECT_EQ(replay.open_outages, (std::vector{std::get<Outage>(records[5])}));
  EXPECT_EQ(replay.recoveries, (std::vector{std::get<Recovery>(records[9])}));
  EXPECT_EQ(replay.windows, (std::vector{std::get<Window>(records[10])}));
  EXPECT_EQ(replay.darks, (std::vector{std::get<DarkInterval>(records[11])}));
  EXPECT_EQ(replay.dark_counts.at(static_cast<std::size_t>(DarkClass::power_suspected)), 1U);
  EXPECT_EQ(replay.last_boot, 1U);
  EXPECT_EQ(replay.last_node, 2U);
  EXPECT_EQ(replay.last_outage, 5U);
  EXPECT_EQ(replay.last_window, 2U);
  EXPECT_EQ(replay.last_dark, 4U);
}

TEST(StoreTest, WritingARecordTwiceChangesNothing) {
  const TempFolder folder;
  auto store = open_store(folder / "journal.db");
  append(*store, one_of_each());
  const Replay before = replay_of(*store);

  append(*store, one_of_each());

  const Replay after = replay_of(*store);
  EXPECT_EQ(records_of(after), records_of(before));
  EXPECT_EQ(after.dark_counts, before.dark_counts);
}

TEST(StoreTest, ANewJournalKnowsNothing) {
  const TempFolder folder;

  const Replay replay = replay_of(*open_store(folder / "journal.db"));

  EXPECT_TRUE(records_of(replay).empty());
  EXPECT_EQ(replay.last_boot, 0U);
  EXPECT_EQ(replay.last_outage, 0U);
}

TEST(StoreTest, ARemovedNodeIsNotReplayedInWhateverOrderItsRecordsCome) {
  const TempFolder folder;
  auto store = open_store(folder / "journal.db");
  append(*store, {era(1), node(1), node(2), up_state(1), up_state(2)});
  Node removed = node(1);
  removed.removed = stamp(1, 5min);

  append(*store, {removed, up_state(1)});

  const Replay replay = replay_of(*store);
  EXPECT_EQ(replay.nodes, std::vector{node(2)});
  EXPECT_EQ(replay.states, std::vector{up_state(2)});
  EXPECT_EQ(replay.last_node, 2U);
}

TEST(StoreTest, ANodeWithoutAStateIsAsJustAdded) {
  const TempFolder folder;
  auto store = open_store(folder / "journal.db");

  append(*store, {era(1), node(1, stamp(1, 9s))});

  const Replay replay = replay_of(*store);
  ASSERT_EQ(replay.states.size(), 1U);
  EXPECT_EQ(replay.states[0].booked_until, stamp(1, 9s));
  ASSERT_EQ(replay.states[0].pieces.size(), 1U);
  EXPECT_EQ(replay.states[0].pieces[0].share, Share::unknown(Blind::not_probed));
}

TEST(StoreTest, AWithdrawnOutageIsGoneAndItsNumberIsNotUsedAgain) {
  const TempFolder folder;
  auto store = open_store(folder / "journal.db");
  append(*store, {era(1), node(1), up_state(1), outage(8, 1, stamp(1, 90s))});

  append(*store, {Revision{.outage = 8, .node = 1, .at = stamp(1, 99s), .from = Cause::host}});

  const Replay replay = replay_of(*store);
  EXPECT_TRUE(replay.open_outages.empty());
  EXPECT_EQ(replay.last_outage, 8U);
}

TEST(StoreTest, ADarkIntervalIsReplayedUntilItsLengthIsKnown) {
  const TempFolder folder;
  auto store = open_store(folder / "journal.db");
  DarkInterval dark{.id = 1, .from = stamp(1, 1s), .to = stamp(2, 1s)};
  append(*store, {dark});
  ASSERT_EQ(replay_of(*store).darks.size(), 1U);

  dark.length = 42min;
  append(*store, {dark});

  const Replay replay = replay_of(*store);
  EXPECT_TRUE(replay.darks.empty());
  EXPECT_EQ(replay.dark_lengths.at(static_cast<std::size_t>(DarkClass::crash)), Millis(42min));
}

TEST(StoreTest, AWindowThatWasOverBeforeThisBootIsNotReplayed) {
  const TempFolder folder;
  auto store = open_store(folder / "journal.db");
  const Window past{.id = 1, .from = november, .until = november + 1h};
  const Window coming{.id = 2, .from = november + 48h, .until = november + 49h};

  append(*store, {era(1, november), era(2, november + 24h), past, coming});
  EXPECT_EQ(replay_of(*store).windows, std::vector{coming});

  append(*store, {era(2, november + 24h, false)});
  EXPECT_EQ(replay_of(*store).windows.size(), 2U) << "the date is not sure";
}

TEST(StoreTest, EveryReasonSurvives) {
  const TempFolder folder;
  Outage all = outage(1, 1, stamp(1, 1h));
  all.pieces.clear();
  for (std::size_t index = 0; index < reason_count; ++index)
    all.pieces.push_back({.from = stamp(1, 1h),
                          .cause = static_cast<Cause>(index % cause_count),
                          .reason = static_cast<Reason>(index)});

  append(*open_store(folder / "journal.db"), {all});

  EXPECT_EQ(replay_of(*open_store(folder / "journal.db")).open_outages, std::vector{all});
}

TEST(StoreTest, WordsKeepTheirMeaningWhenAVersionHasThemInAnotherOrder) {
  const TempFolder folder;
  append(*open_store(folder / "journal.db"), {era(1), node(1), rich_state(1)});
  {
    auto database = Database::open(folder / "journal.db", Database::Access::write, {});
    ASSERT_TRUE(database);
    // As if a version had written it whose list has another word in front, and lacks one of ours.
    (*database)->run("UPDATE words SET word = 'share:down/flood' WHERE word = 'share:down/dns'");
    ASSERT_FALSE((*database)->has_failed());
  }

  const Replay replay = replay_of(*open_store(folder / "journal.db"));

  ASSERT_EQ(replay.states.size(), 1U);
  EXPECT_EQ(replay.states[0].totals, rich_state(1).totals);
  EXPECT_EQ(replay.states[0].pieces[1].share, Share{}) << "a word that is not known";
  auto store = open_store(folder / "journal.db");
  append(*store, {rich_state(1)});
  EXPECT_EQ(replay_of(*store).states, std::vector{rich_state(1)}) << "ours was added";
}

TEST(PackingTest, EveryFlippedBitOfAStateIsNoticed) {
  const Words words;
  const std::string packed = pack(rich_state(7), words);
  ASSERT_EQ(unpack_state(7, packed, words), rich_state(7));

  for (std::size_t bit = 0; bit < packed.size() * 8; ++bit) {
    std::string damaged = packed;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(unpack_state(7, damaged, words)) << bit;
  }
  for (std::size_t size = 0; size < packed.size(); ++size)
    EXPECT_FALSE(unpack_state(7, std::string_view(packed).substr(0, size), words)) << size;
  EXPECT_FALSE(unpack_state(8, packed, words)) << "of another node";
}

TEST(PackingTest, ADayTakesFewBytes) {
  const Words words;
  DayTotals day{.node = 9'999, .day = 20'000};
  day.totals.add(Share::up(), 24h);

  const std::string packed = pack(day, words);

  EXPECT_LE(packed.size(), 14U);
  EXPECT_EQ(unpack_day(day_key(20'000, 9'999), packed, words), day);
  EXPECT_FALSE(unpack_day(day_key(20'001, 9'999), packed, words));
  const DayTotals early{.node = 1, .day = -3};
  EXPECT_EQ(unpack_day(day_key(-3, 1), pack(early, words), words), early);
}

TEST(SchemaTest, AJournalOfTheFirstVersionGetsAPlaceForNotes) {
  const TempFolder folder;
  {
    auto old = Database::open(folder / "journal.db", Database::Access::write, {});
    ASSERT_TRUE(old);
    migrate(**old, journal_migrations().first(1));
    Words::add_to(**old);
  }

  append(*open_store(folder / "journal.db"),
         {era(1), node(1), Note{.node = 1, .at = stamp(1, 5s), .text = "from a to b"}});

  auto database = Database::open(folder / "journal.db", Database::Access::read, {});
  EXPECT_EQ((*database)->integer("SELECT count(*) FROM notes"), 1);
  EXPECT_EQ((*database)->integer("PRAGMA user_version"),
            static_cast<std::int64_t>(journal_migrations().size()));
}

TEST(SchemaTest, AFileOfAnEarlierVersionIsMigratedStepByStep) {
  const TempFolder folder;
  auto database = Database::open(folder / "some.db", Database::Access::write, {});
  ASSERT_TRUE(database);
  const std::array<const char*, 2> steps{"CREATE TABLE one(a)", "ALTER TABLE one ADD COLUMN b"};
  migrate(**database, std::span(steps).first(1));
  (*database)->run("INSERT INTO one(a) VALUES (7)");

  migrate(**database, steps);
  migrate(**database, steps);

  EXPECT_EQ((*database)->integer("PRAGMA user_version"), 2);
  EXPECT_EQ((*database)->integer("SELECT a FROM one WHERE b IS NULL"), 7);
  EXPECT_FALSE((*database)->has_failed()) << (*database)->failure().text;
}

TEST(BacklogTest, ANewerStateTakesThePlaceOfTheOlder) {
  Backlog backlog(100);
  backlog.add({up_state(1, stamp(1, 0ms), 1s), up_state(2)});

  backlog.add({up_state(1, stamp(1, 0ms), 2s)});

  EXPECT_EQ(backlog.size(), 2U);
  EXPECT_EQ(backlog.take(), (std::vector<Record>{up_state(1, stamp(1, 0ms), 2s), up_state(2)}));
}

TEST(BacklogTest, WhatIsPutBackDoesNotHideWhatIsNewer) {
  Backlog backlog(100);
  backlog.add({up_state(1, stamp(1, 0ms), 1s), node(1)});
  auto taken = backlog.take();
  backlog.add({up_state(1, stamp(1, 0ms), 2s)});

  backlog.put_back(std::move(taken));

  EXPECT_EQ(backlog.take(), (std::vector<Record>{node(1), up_state(1, stamp(1, 0ms), 2s)}));
}

TEST(BacklogTest, TheOldestDetailGoesFirstAndWhatIsOpenNever) {
  Backlog backlog(4);
  const auto change = [](Millis at) { return StateChange{.node = 1, .at = stamp(1, at)}; };
  const auto stretch = [](Millis to) {
    return Stretch{.node = 1, .from = stamp(1, 0ms), .to = stamp(1, to)};
  };
  backlog.add({node(1), up_state(1), stretch(20ms), stretch(10ms), change(2ms), change(1ms)});
  EXPECT_EQ(backlog.dropped(), 2U);

  backlog.add({outage(1, 1, stamp(1, 1h))});

  EXPECT_EQ(backlog.dropped(), 3U);
  EXPECT_EQ(backlog.take(),
            (std::vector<Record>{node(1), up_state(1), outage(1, 1, stamp(1, 1h)), stretch(20ms)}));
  backlog.add({node(1), node(2), node(3), node(4), node(5)});
  EXPECT_EQ(backlog.size(), 5U);
}

TEST(RebaseTest, OursComeBehindWhatTheFileHolds) {
  Replay file{.nodes = {node(7)},
              .last_boot = 3,
              .last_node = 9,
              .last_outage = 40,
              .last_window = 2,
              .last_dark = 6};
  file.dating.set(era(3));

  const Rebase rebase = Rebase::behind(file, std::vector<Record>{era(1)});

  EXPECT_EQ(rebase, (Rebase{.boot = 3, .node = 9, .outage = 40, .window = 2, .dark = 6}));
  Outage moved = outage(1, 2, stamp(1, 1h));
  moved.pieces[0].root = 1;
  moved.pieces[0].from = stamp(1, 1h);
  moved.last_good = {};
  const auto result = std::get<Outage>(rebase.moved(moved));
  EXPECT_EQ(result.id, 41U);
  EXPECT_EQ(result.node, 11U);
  EXPECT_EQ(result.first_bad, stamp(4, 1h));
  EXPECT_EQ(result.pieces[0].root, 10U);
  EXPECT_FALSE(result.last_good.is_set()) << "no time stays no time";
  EXPECT_FALSE(result.ended.is_set());
}

TEST(RebaseTest, ABootThatBothKnowIsOne) {
  Replay file{.last_boot = 3};
  file.dating.set(era(3));
  BootEra same = era(1);
  same.boot_id = era(3).boot_id;

  const Rebase rebase = Rebase::behind(file, std::vector<Record>{same});

  EXPECT_EQ(std::get<BootEra>(rebase.moved(same)).number, 3U);
}

TEST(RebaseTest, WhatTheFileHeldAsPresentEndsWhereItsKnowledgeEnds) {
  Replay file{
      .nodes = {node(1)}, .states = {up_state(1)}, .open_outages = {outage(1, 1, stamp(1, 30s))}};

  const auto records = ended_past(file);

  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(std::get<Node>(records[0]).removed, stamp(1, 60s));
  EXPECT_EQ(std::get<Outage>(records[1]).end, OutageEnd::removed);
  EXPECT_EQ(std::get<Outage>(records[1]).ended, stamp(1, 60s));
}

}  // namespace
}  // namespace siaga
