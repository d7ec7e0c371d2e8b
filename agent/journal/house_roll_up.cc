// Whole days of the office's zone as one row a node. Dates are those known today; a day is rolled
// up once, when limits::journal_day_settle has passed since its end.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "agent/core/dates.h"
#include "agent/core/limits.h"
#include "agent/journal/house.h"
#include "agent/journal/marks.h"
#include "agent/journal/packing.h"
#include "agent/journal/record_reader.h"

namespace siaga {
namespace {

class DayBook {
 public:
  DayBook(Database& database, const Words& words, Dating dating)
      : database_(database), words_(words), dating_(std::move(dating)), states_(read_states()) {}

  void roll(const Zone& zone, std::int32_t day);

 private:
  std::vector<NodeState> read_states();
  DayTotals& of(NodeNumber node);
  void add(NodeNumber node, Share share, Millis from, Millis to);
  void add_stretches();
  void add_states();
  void add_outages();
  void write();
  Millis at(Stamp stamp) const { return millis_of(dating_.date(stamp)); }

  Database& database_;
  const Words& words_;
  const Dating dating_;
  const std::vector<NodeState> states_;  // of present nodes
  // The day under work.
  std::int32_t day_ = 0;
  WallTime begins_date_{};
  Millis begins_{}, ends_{};
  std::map<NodeNumber, DayTotals> rows_;
};

std::vector<NodeState> DayBook::read_states() {
  std::vector<NodeState> states;
  Statement& row = database_.statement(
      "SELECT s.node, s.state FROM nodes n JOIN states s ON s.node = n.number"
      " WHERE n.removed_boot = 0");
  row.with();
  while (row.step()) {
    const NodeNumber node = row.small();
    if (auto state = unpack_state(node, row.blob(), words_)) states.push_back(std::move(*state));
  }
  return states;
}

DayTotals& DayBook::of(NodeNumber node) {
  DayTotals& row = rows_[node];
  row.node = node;
  row.day = day_;
  return row;
}

void DayBook::add(NodeNumber node, Share share, Millis from, Millis to) {
  const Millis begin = std::max(from, begins_);
  const Millis end = std::min(to, ends_);
  if (begin < end) of(node).totals.add(share, end - begin);
}

void DayBook::add_stretches() {
  Statement& row = database_.statement(
      "SELECT s.* FROM boots b CROSS JOIN stretches s ON s.to_boot = b.number"
      " WHERE s.to_at > (? - b.began) / 1000000");
  row.with(begins_date_);
  RecordReader reader(database_, words_);
  while (row.step()) {
    const auto stretch = reader.next<Stretch>(row);
    add(stretch.node, stretch.share, at(stretch.from), at(stretch.to));
  }
}

// What is not booked by now is taken as it stands: the day is long over.
void DayBook::add_states() {
  for (const NodeState& state : states_) {
    Stamp from = state.stretch_from;
    for (std::size_t index = 0; index < state.pieces.size(); ++index) {
      const bool is_last = index + 1 == state.pieces.size();
      const Stamp to = is_last ? Stamp{} : state.pieces[index + 1].from;
      add(state.node, state.pieces[index].share, at(from), is_last ? ends_ : at(to));
      from = to;
    }
  }
}

void DayBook::add_outages() {
  Statement& row = database_.statement(
      "SELECT o.node, p.cause, p.from_boot, p.from_at, o.ended_boot, o.ended_at"
      " FROM boots b CROSS JOIN outages o ON o.ended_boot = b.number"
      " JOIN pieces p ON p.outage = o.id AND p.place = 0"
      " WHERE o.ended_at > (?1 - b.began) / 1000000"
      " UNION ALL SELECT o.node, p.cause, p.from_boot, p.from_at, 0, 0 FROM outages o"
      " JOIN pieces p ON p.outage = o.id AND p.place = 0 WHERE o.ended_boot = 0");
  row.with(begins_date_);
  while (row.step()) {
    const NodeNumber node = row.small();
    const Cause cause = words_.cause(row.integer());
    const Stamp began = row.stamp();
    const Stamp ended = row.stamp();
    const Millis begin = at(began);
    if (begin < begins_ || begin >= ends_) continue;
    DayTotals& totals = of(node);
    ++totals.outages.at(static_cast<std::size_t>(cause));
    if (ended.is_set()) totals.longest = std::max(totals.longest, at(ended) - begin);
  }
}

void DayBook::write() {
  Statement& add = database_.statement("INSERT OR REPLACE INTO days(key, totals) VALUES (?, ?)");
  for (const auto& [node, totals] : rows_) {
    const std::string packed = pack(totals, words_);
    add.run(day_key(day_, node), Blob{packed});
  }
}

void DayBook::roll(const Zone& zone, std::int32_t day) {
  day_ = day;
  begins_date_ = zone.begin_of_day(day);
  begins_ = millis_of(begins_date_);
  ends_ = millis_of(zone.begin_of_day(day + 1));
  rows_.clear();
  Transaction transaction(database_, Transaction::Kind::write);
  add_stretches();
  add_states();
  add_outages();
  write();
  write_mark(database_, next_day_mark, day + 1, zone.name());
  transaction.commit();
}

// The day of the earliest moment that a node is known of.
std::int32_t first_day(Database& database, const Dating& dating, const Zone& zone,
                       std::int32_t limit) {
  std::int32_t first = limit;
  Statement& row = database.statement("SELECT added_boot, min(added_at) FROM nodes GROUP BY 1");
  row.with();
  while (row.step()) first = std::min(first, zone.day_of(dating.date(row.stamp())));
  return std::max(first, limit - limits::journal_days_back);
}

}  // namespace

void roll_up(Database& database, const Words& words, const Zone& zone, WallTime now) {
  Dating dating = RecordReader(database, words).dating();
  const std::int32_t limit = zone.day_of(now - limits::journal_day_settle);
  const auto mark = read_mark(database, next_day_mark);
  // A clock that stood in the future does not keep the days from being rolled up for ever.
  std::int32_t day = mark ? static_cast<std::int32_t>(std::min<std::int64_t>(*mark, limit))
                          : first_day(database, dating, zone, limit);
  if (database.has_failed() || day >= limit) return;
  const std::int32_t last = std::min(limit, day + limits::journal_days_at_once);
  DayBook book(database, words, std::move(dating));
  for (; day < last && !database.has_failed(); ++day) book.roll(zone, day);
}

}  // namespace siaga
