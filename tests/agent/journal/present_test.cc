// The copy in memory against the file: whatever is written, both say the same.
#include "agent/journal/present.h"

#include <random>

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

// Records of few nodes, outages and the like, so that they meet.
class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}

  std::vector<Record> transaction() {
    std::vector<Record> records;
    for (int count = number(6); count >= 0; --count) records.push_back(one());
    return records;
  }

 private:
  int number(int below) { return std::uniform_int_distribution(0, below - 1)(random_); }
  NodeNumber any_node() { return static_cast<NodeNumber>(1 + number(4)); }

  Record one() {
    const Stamp at = stamp(1, Millis(1000 * number(50)));
    switch (number(8)) {
      case 0: return era(static_cast<BootNumber>(1 + number(3)), november + number(9) * 1h);
      case 1: return added_or_removed(at);
      case 2:
        if (nodes_.empty()) return added_or_removed(at);
        return up_state(
            nodes_.at(static_cast<std::size_t>(number(static_cast<int>(nodes_.size())))),
            stamp(1, 0ms), Millis(number(90'000)));
      case 3: {
        const Outage open = outage(static_cast<OutageId>(1 + number(5)), any_node(), at);
        return number(2) == 0 ? open : ended(open, {at.boot, at.at + 1min});
      }
      case 4:
        return Revision{
            .outage = static_cast<OutageId>(1 + number(5)), .node = any_node(), .at = at};
      case 5:
        return Recovery{.node = any_node(),
                        .root = 9,
                        .after = Cause::power,
                        .returned = stamp(1, Millis(number(3))),
                        .recovered = number(2) == 0 ? at : Stamp{}};
      case 6:
        return Window{.id = static_cast<std::uint64_t>(1 + number(5)),
                      .targets = {"portal"},
                      .from = november,
                      .until = november + number(20) * 1h};
      default: return dark(at);
    }
  }

  // A removed one does not come back: added again, it has another number.
  Record added_or_removed(Stamp at) {
    if (nodes_.size() < 3 || number(2) == 0) return node(nodes_.emplace_back(++last_node_));
    Node removed = node(nodes_.front());
    removed.removed = at;
    nodes_.erase(nodes_.begin());
    return removed;
  }

  // Each once without its length, or with; later only with it.
  Record dark(Stamp at) {
    DarkInterval interval{.id = ++last_dark_, .from = at, .to = at, .dark_class = DarkClass::power};
    if (number(2) == 0) interval.length = Millis(number(9000));
    else undated_.push_back(interval);
    if (interval.length && !undated_.empty()) {
      --last_dark_;
      interval = undated_.back();
      undated_.pop_back();
      interval.length = Millis(number(9000));
    }
    return interval;
  }

  std::mt19937 random_;
  NodeNumber last_node_ = 0;
  std::vector<NodeNumber> nodes_;
  std::uint64_t last_dark_ = 0;
  std::vector<DarkInterval> undated_;
};

TEST(PresentTest, SaysWhatAStartWouldReadAfterEachTransaction) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    const TempFolder folder;
    const auto store = open_store(folder / "journal.db");
    Present present(replay_of(*store));
    Chance chance(seed);
    for (int count = 0; count < 40; ++count) {
      const std::vector<Record> records = chance.transaction();
      append(*store, records);
      present.fold(records);
      ASSERT_TRUE(present.is_in(replay_of(*store))) << "seed " << seed << ", " << count;
    }
  }
}

TEST(PresentTest, IsNotInAFileThatLacksARecord) {
  const TempFolder folder;
  const auto store = open_store(folder / "journal.db");
  append(*store, {era(1), node(1), up_state(1)});
  Present present(replay_of(*store));

  present.fold(std::vector<Record>{up_state(1, stamp(1, 0ms), 90s)});

  EXPECT_FALSE(present.is_in(replay_of(*store)));
}

TEST(PresentTest, AFileThatBeginsAnewGivesItBack) {
  const TempFolder folder;
  Chance chance(77);
  Present present;
  for (int count = 0; count < 40; ++count) present.fold(chance.transaction());
  const auto store = open_store(folder / "journal.db");

  const auto begun = store->begin_anew(present.replay(), november, "because");

  ASSERT_TRUE(begun) << describe(begun.error());
  EXPECT_TRUE(present.is_in(replay_of(*store)));
}

}  // namespace
}  // namespace siaga
