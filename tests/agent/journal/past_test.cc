#include "agent/journal/past.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "agent/journal/database.h"
#include "tests/agent/journal/sample.h"

namespace siaga {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::append;
using tests::ended;
using tests::era;
using tests::node;
using tests::november;
using tests::open_store;
using tests::outage;
using tests::stamp;
using tests::TempFolder;
using tests::up_state;
using namespace std::chrono_literals;

class PastTest : public testing::Test {
 protected:
  Past past(WallTime since, WallTime until) {
    auto read = read_past(folder_ / "journal.db", folder_ / "heartbeat", since, until);
    if (!read) ADD_FAILURE() << describe(read.error());
    return read ? std::move(*read) : Past{};
  }
  std::vector<std::string> faults() {
    auto found = check_journal(folder_ / "journal.db");
    if (!found) ADD_FAILURE() << describe(found.error());
    return found ? std::move(*found) : std::vector<std::string>{};
  }
  void beat(Millis at) {
    auto heart = Heartbeat::open(folder_ / "heartbeat");
    ASSERT_TRUE(heart);
    ASSERT_TRUE(heart->write({.boot_id = "boot-1", .at = BootTime(at)}));
  }
  void keep_house(Store& store, const Retention& retention, WallTime now) {
    const auto kept = store.keep_house(retention, Zone::utc(), now);
    ASSERT_TRUE(kept) << describe(kept.error());
  }

  TempFolder folder_;
};

// A node that was up for an hour, down for ten minutes, and is up since: all consistent.
std::vector<Record> an_hour_and_an_outage(NodeNumber number) {
  const Stamp bad = stamp(1, 60min), good = stamp(1, 70min);
  Outage closed = ended(outage(number, number, bad), good);
  closed.last_bad = stamp(1, 69min);
  NodeState state = up_state(number, good, 10min);
  state.totals.add(Share::up(), 60min);
  state.totals.add(Share::down(Cause::host), 10min);
  return {era(1),
          node(number),
          closed,
          Stretch{.node = number, .from = stamp(1, 0s), .to = bad, .share = Share::up()},
          Stretch{.node = number,
                  .from = bad,
                  .to = good,
                  .share = Share::down(Cause::host),
                  .outage = number},
          StateChange{.node = number, .at = bad, .from = State::up, .to = State::down},
          StateChange{.node = number, .at = good, .from = State::down, .to = State::up},
          state};
}

TEST_F(PastTest, OpenStretchesReachToTheLastBeat) {
  append(*open_store(folder_ / "journal.db"), an_hour_and_an_outage(1));
  beat(100min);

  const Past all = past(november, november + 24h);

  EXPECT_EQ(all.known_until, stamp(1, 100min));
  ASSERT_EQ(all.stretches.size(), 3U);
  EXPECT_EQ(all.stretches[2].from, stamp(1, 70min));
  EXPECT_EQ(all.stretches[2].to, stamp(1, 100min));
  EXPECT_EQ(all.stretches[2].share, Share::up());
  EXPECT_EQ(all.outages.size(), 1U);
  EXPECT_EQ(all.changes.size(), 2U);
  EXPECT_EQ(all.nodes, std::vector{node(1)});
}

TEST_F(PastTest, NotesOfTheSpanAreThereInTheOrderOfTime) {
  const auto note = [](NoteKind kind, Millis at, std::string text) {
    return Note{.node = 1, .at = stamp(1, at), .kind = kind, .text = std::move(text)};
  };
  const Note switched = note(NoteKind::switch_over, 20min, "from fiber to lte");
  const Note low = note(NoteKind::brown_out, 10min, "input 181 V of 220 V");
  append(*open_store(folder_ / "journal.db"), an_hour_and_an_outage(1));
  append(*open_store(folder_ / "journal.db"), {switched, low, low});

  EXPECT_EQ(past(november, november + 24h).notes, (std::vector{low, switched}));
  EXPECT_THAT(past(november - 24h, november).notes, IsEmpty());
}

TEST_F(PastTest, ARecordThatIsNewerThanTheBeatIsKnown) {
  append(*open_store(folder_ / "journal.db"), an_hour_and_an_outage(1));
  beat(10min);

  EXPECT_EQ(past(november, november + 24h).known_until, stamp(1, 80min));
}

TEST_F(PastTest, OnlyWhatOverlapsTheSpanIsThere) {
  append(*open_store(folder_ / "journal.db"), an_hour_and_an_outage(1));
  beat(100min);

  const Past before = past(november - 24h, november);
  const Past early = past(november, november + 30min);
  const Past down = past(november + 61min, november + 62min);

  EXPECT_THAT(before.stretches, IsEmpty());
  EXPECT_THAT(before.nodes, IsEmpty());
  EXPECT_EQ(early.stretches.size(), 1U);
  EXPECT_THAT(early.outages, IsEmpty());
  ASSERT_EQ(down.stretches.size(), 1U);
  EXPECT_EQ(down.stretches[0].share, Share::down(Cause::host));
  EXPECT_EQ(down.outages.size(), 1U);
  EXPECT_THAT(down.changes, IsEmpty());
}

TEST_F(PastTest, ADateThatIsCorrectedMovesEverythingOfItsBoot) {
  auto store = open_store(folder_ / "journal.db");
  append(*store, an_hour_and_an_outage(1));

  append(*store, {era(1, november + 240h)});

  EXPECT_THAT(past(november, november + 24h).outages, IsEmpty());
  EXPECT_EQ(past(november + 240h, november + 264h).outages.size(), 1U);
}

TEST_F(PastTest, IsReadBesideARunningAgent) {
  auto store = open_store(folder_ / "journal.db");
  append(*store, an_hour_and_an_outage(1));
  EXPECT_EQ(past(november, november + 24h).nodes.size(), 1U);

  append(*store, an_hour_and_an_outage(2));

  EXPECT_EQ(past(november, november + 24h).nodes.size(), 2U);
}

TEST_F(PastTest, DaysSpeakWhereTheDetailIsGone) {
  auto store = open_store(folder_ / "journal.db");
  append(*store, an_hour_and_an_outage(1));
  append(*store, {up_state(1, stamp(1, 70min), 96h)});
  const Past before = past(november, november + 96h);
  EXPECT_THAT(before.days, IsEmpty());

  keep_house(*store, {.age = 48h}, november + 96h);

  beat(96h);
  const Past after = past(november, november + 96h);
  ASSERT_EQ(after.days.size(), 2U) << "two days are older than 48 h";
  EXPECT_EQ(after.days[0].totals.up, 24h - 10min);
  EXPECT_EQ(after.days[0].totals.of(Share::down(Cause::host)), 10min);
  EXPECT_EQ(after.days[0].outages.at(static_cast<std::size_t>(Cause::host)), 1U);
  EXPECT_EQ(after.days[0].longest, 10min);
  EXPECT_EQ(after.days[1].totals.up, 24h);
  EXPECT_THAT(after.outages, IsEmpty());
  EXPECT_THAT(after.changes, IsEmpty());
  ASSERT_EQ(after.stretches.size(), 1U) << "cut where the days end";
  EXPECT_EQ(after.stretches[0].from, stamp(1, 48h));
  EXPECT_EQ(after.stretches[0].to, stamp(1, 96h + 70min));
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(PastTest, DaysAddUpToTheWholeTimeInAZoneWithDaylightSaving) {
  const auto berlin = Zone::named("Europe/Berlin");
  ASSERT_TRUE(berlin);
  const WallTime begin = berlin->begin_of_day(berlin->day_of(november - 10 * 24h));
  auto store = open_store(folder_ / "journal.db");
  NodeState state = up_state(1, stamp(1, 0s), 14 * 24h);
  append(*store, {era(1, begin), node(1), state});

  const WallTime now = begin + 14 * 24h;
  ASSERT_TRUE(store->keep_house({.age = 1h}, *berlin, now));

  const Past past_days = past(begin, now);
  ASSERT_EQ(past_days.days.size(), 13U) << "the last day is not settled yet";
  const auto sum = [](Millis so_far, const DayTotals& day) { return so_far + day.totals.sum(); };
  const Millis days = std::accumulate(past_days.days.begin(), past_days.days.end(), 0ms, sum);
  EXPECT_EQ(days, 13 * 24h + 1h) << "a day of 25 hours is among them";
}

TEST_F(PastTest, KeepingHouseTwiceChangesNothing) {
  auto store = open_store(folder_ / "journal.db");
  append(*store, an_hour_and_an_outage(1));
  append(*store, {up_state(1, stamp(1, 70min), 96h)});
  keep_house(*store, {.age = 48h}, november + 96h);
  const Past once = past(november, november + 96h);

  keep_house(*store, {.age = 48h}, november + 96h);

  const Past twice = past(november, november + 96h);
  EXPECT_EQ(twice.days, once.days);
  EXPECT_EQ(twice.stretches, once.stretches);
}

TEST_F(PastTest, WhatIsOpenIsNeverLetGo) {
  auto store = open_store(folder_ / "journal.db");
  NodeState down = up_state(1);
  down.pieces = {{.from = stamp(1, 60s), .share = Share::down(Cause::host), .outage = 1}};
  append(*store, {era(1), node(1), down, outage(1, 1, stamp(1, 60s)),
                  Recovery{.node = 1, .root = 1, .returned = stamp(1, 50s)},
                  DarkInterval{.id = 1, .from = stamp(1, 1s), .to = stamp(1, 2s)}});

  keep_house(*store, {.age = 24h, .bytes = 1}, november + 30 * 24h);

  const Replay replay = tests::replay_of(*store);
  EXPECT_EQ(replay.open_outages.size(), 1U);
  EXPECT_EQ(replay.recoveries.size(), 1U);
  EXPECT_EQ(replay.darks.size(), 1U);
  EXPECT_EQ(replay.dating.eras().size(), 1U);
}

TEST_F(PastTest, AnOutageThatOutlastsItsDayLeavesItsLengthThere) {
  auto store = open_store(folder_ / "journal.db");
  NodeState down = up_state(1);
  down.pieces = {{.from = stamp(1, 60s), .share = Share::down(Cause::host), .outage = 1}};
  append(*store, {era(1), node(1), down, outage(1, 1, stamp(1, 60s))});
  keep_house(*store, {.age = 999 * 24h}, november + 48h);
  append(*store, {ended(outage(1, 1, stamp(1, 60s)), stamp(1, 60h))});

  keep_house(*store, {.age = 24h}, november + 10 * 24h);

  const Past days = past(november, november + 24h);
  ASSERT_EQ(days.days.size(), 1U);
  EXPECT_EQ(days.days[0].longest, 60h - 60s);
}

TEST_F(PastTest, CountsOfDarkIntervalsOutliveTheirRows) {
  auto store = open_store(folder_ / "journal.db");
  append(*store, {era(1), node(1), up_state(1),
                  DarkInterval{.id = 1,
                               .from = stamp(1, 1h),
                               .to = stamp(1, 2h),
                               .dark_class = DarkClass::power,
                               .length = 1h}});

  keep_house(*store, {.age = 24h}, november + 10 * 24h);

  EXPECT_THAT(past(november, november + 24h).darks, IsEmpty());
  const Replay replay = tests::replay_of(*store);
  EXPECT_EQ(replay.dark_counts.at(static_cast<std::size_t>(DarkClass::power)), 1U);
  EXPECT_EQ(replay.dark_lengths.at(static_cast<std::size_t>(DarkClass::power)), Millis(1h));
}

TEST_F(PastTest, TheFileShrinksBelowItsLimit) {
  auto store = open_store(folder_ / "journal.db");
  std::vector<Record> records{era(1), node(1), up_state(1)};
  for (int minute = 0; minute < 20 * 24 * 60; minute += 4)
    records.emplace_back(StateChange{
        .node = 1, .at = stamp(1, Millis(minute * 60'000)), .detail = std::string(200, 'x')});
  append(*store, records);
  keep_house(*store, {}, november + 20 * 24h);
  const std::uint64_t before = store->bytes();
  ASSERT_GT(before, 1'500'000U);

  keep_house(*store, {.bytes = 500'000}, november + 20 * 24h);

  EXPECT_LT(store->bytes(), 600'000U);
  const Past rest = past(november, november + 20 * 24h);
  ASSERT_FALSE(rest.changes.empty());
  EXPECT_GT(rest.changes.front().at, stamp(1, 10 * 24h)) << "the oldest went";
  EXPECT_EQ(rest.changes.back().at, stamp(1, 20 * 24h - 4min)) << "the newest is there";
}

TEST_F(PastTest, AnUntrustedDateIsNoReasonToLetGo) {
  auto store = open_store(folder_ / "journal.db");
  append(*store,
         {era(1, WallTime{}, false), era(2), node(1, stamp(1, 0s)),
          Stretch{.node = 1, .from = stamp(1, 0s), .to = stamp(1, 1h)}, up_state(1, stamp(2, 0s))});

  keep_house(*store, {.age = 365 * 24h}, november + 48h);

  EXPECT_EQ(past(WallTime{}, november + 48h).stretches.size(), 2U);
}

TEST_F(PastTest, AJournalInOrderHasNoFaults) {
  auto store = open_store(folder_ / "journal.db");
  append(*store, an_hour_and_an_outage(1));
  append(*store, an_hour_and_an_outage(2));

  EXPECT_THAT(faults(), IsEmpty());
}

struct Fault {
  const char* sql;
  const char* says;
};

TEST_F(PastTest, TheCheckFindsWhatDoesNotFit) {
  for (const Fault& fault : {
           Fault{"DELETE FROM stretches WHERE share = (SELECT id FROM words WHERE word ="
                 " 'share:up')",
                 "are booked"},
           Fault{"UPDATE stretches SET from_at = 3599999 WHERE from_at = 3600000",
                 "begins before the one before it ends"},
           Fault{"UPDATE states SET state = zeroblob(20)", "its checksum is wrong"},
           Fault{"UPDATE outages SET ended_at = 1", "not in the order of time"},
           Fault{"UPDATE outages SET ended_boot = 0, ended_at = 0", "has no end"},
           Fault{"DELETE FROM pieces", "it has no cause"},
           Fault{"UPDATE pieces SET root = 77", "node 77, which is not there"},
           Fault{"UPDATE outages SET node = 77", "there is no node 77"},
           Fault{"DELETE FROM outages", "it is not there"},
           Fault{"DELETE FROM boots", "there is no boot 1"},
           Fault{"INSERT INTO days VALUES (5, zeroblob(9))", "its checksum is wrong"},
       }) {
    const TempFolder folder;
    append(*open_store(folder / "journal.db"), an_hour_and_an_outage(1));
    {
      auto database = Database::open(folder / "journal.db", Database::Access::write, {});
      ASSERT_TRUE(database);
      (*database)->run(fault.sql);
      ASSERT_FALSE((*database)->has_failed()) << (*database)->failure().text;
    }

    const auto found = check_journal(folder / "journal.db");

    ASSERT_TRUE(found) << fault.sql;
    EXPECT_THAT(*found, testing::Contains(HasSubstr(fault.says))) << fault.sql;
  }
}

TEST_F(PastTest, WithoutAJournalItSaysSo) {
  const auto missing = read_past(folder_ / "journal.db", folder_ / "heartbeat", {}, november);
  tests::write_file(folder_ / "journal.db", "");
  const auto empty = read_past(folder_ / "journal.db", folder_ / "heartbeat", {}, november);

  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ENOENT) << describe(missing.error());
  ASSERT_FALSE(empty);
  EXPECT_THAT(describe(empty.error()), HasSubstr("it is empty"));
}

}  // namespace
}  // namespace siaga
