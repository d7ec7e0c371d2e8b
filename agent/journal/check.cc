// The journal held against itself. Every fault is one line; a fault does not end the check.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "agent/core/limits.h"
#include "agent/journal/house.h"
#include "agent/journal/marks.h"
#include "agent/journal/opening.h"
#include "agent/journal/packing.h"
#include "agent/journal/past.h"
#include "agent/journal/record_reader.h"

namespace siaga {
namespace {

std::string text_of(Stamp stamp) {
  return fmt::format("{}/{}", stamp.boot, stamp.at.time_since_epoch().count());
}

std::string text_of(Share share) {
  if (share.is(TimeClass::down)) return fmt::format("down/{}", name(share.cause));
  if (share.is(TimeClass::unknown)) return fmt::format("unknown/{}", name(share.blind));
  return std::string(name(share.time_class));
}

class Checker {
 public:
  explicit Checker(Database& database)
      : database_(database), words_(Words::of(database)), reader_(database, words_) {}

  std::vector<std::string> check();

 private:
  // What stretches of a node come to, and which shares have some that only dates can measure.
  struct Sum {
    Totals totals;
    std::vector<Share> over_boots;
  };

  template <typename... Values>
  void fault(fmt::format_string<Values...> text, Values&&... values) {
    ++faults_;
    if (lines_.size() < limits::journal_faults)
      lines_.push_back(fmt::format(text, std::forward<Values>(values)...));
  }
  void check_pages();
  void read_boots_and_nodes();
  void check_boot(Stamp stamp, std::string_view where);
  void check_stretches();
  void check_states();
  void check_sums(const NodeState& state);
  void check_outages();
  void check_pieces(const Outage& outage);
  void check_days();

  Database& database_;
  const Words words_;
  RecordReader reader_;
  std::map<NodeNumber, Node> nodes_;
  Dating dating_;
  std::map<NodeNumber, Sum> sums_;
  std::set<OutageId> mentioned_;  // by stretches
  std::vector<std::string> lines_;
  std::size_t faults_ = 0;
};

void Checker::check_pages() {
  Statement& row = database_.statement("PRAGMA integrity_check(100)").with();
  while (row.step()) {
    const std::string line = row.text();
    if (line != "ok") fault("file: {}", line);
  }
}

void Checker::read_boots_and_nodes() {
  dating_ = reader_.dating();
  for (Node& node : reader_.read<Node>("SELECT * FROM nodes ORDER BY number")) {
    check_boot(node.added, fmt::format("node {}: added", node.number));
    const NodeNumber number = node.number;
    nodes_.emplace(number, std::move(node));
  }
}

void Checker::check_boot(Stamp stamp, std::string_view where) {
  if (stamp.is_set() && dating_.era(stamp.boot) == nullptr)
    fault("{} at {}: there is no boot {}", where, text_of(stamp), stamp.boot);
}

void Checker::check_stretches() {
  Statement& row = database_.statement(
      "SELECT * FROM stretches ORDER BY node, from_boot, from_at, to_boot, to_at");
  row.with();
  Stretch before;
  while (row.step()) {
    const auto stretch = reader_.next<Stretch>(row);
    const std::string where =
        fmt::format("stretch of node {} from {}", stretch.node, text_of(stretch.from));
    if (!nodes_.contains(stretch.node)) fault("{}: there is no such node", where);
    check_boot(stretch.from, where);
    check_boot(stretch.to, where);
    if (stretch.from >= stretch.to) fault("{}: it ends before it begins", where);
    else if (before.node == stretch.node && stretch.from < before.to)
      fault("{}: it begins before the one before it ends, at {}", where, text_of(before.to));
    Sum& sum = sums_[stretch.node];
    if (stretch.from.boot != stretch.to.boot) sum.over_boots.push_back(stretch.share);
    else if (stretch.from < stretch.to)
      sum.totals.add(stretch.share, stretch.to.at - stretch.from.at);
    if (stretch.outage != 0) mentioned_.insert(stretch.outage);
    before = stretch;
  }
}

void Checker::check_states() {
  Statement& row = database_.statement("SELECT node, state FROM states ORDER BY node");
  row.with();
  while (row.step()) {
    const NodeNumber node = row.small();
    const auto state = unpack_state(node, row.blob(), words_);
    if (!state) fault("state of node {}: its checksum is wrong", node);
    else if (!nodes_.contains(node)) fault("state of node {}: there is no such node", node);
    else check_sums(*state);
  }
}

// Closed stretches and what the open one has booked are all that was ever booked; unless a node is
// older than the detail that is kept, or than the file.
void Checker::check_sums(const NodeState& state) {
  Sum sum = sums_[state.node];
  if (!state.pieces.empty() && state.stretch_from.is_set()) {
    const Share share = state.pieces.front().share;
    if (state.stretch_from.boot != state.booked_until.boot) sum.over_boots.push_back(share);
    else if (state.stretch_from <= state.booked_until)
      sum.totals.add(share, state.booked_until.at - state.stretch_from.at);
    else fault("state of node {}: it is booked until before its stretch began", state.node);
  }
  const auto begin = read_mark(database_, detail_begin_mark);
  const bool is_older =
      (begin && dating_.date(nodes_.at(state.node).added) < WallTime(Duration(*begin))) ||
      state.node <= read_mark(database_, anew_node_mark).value_or(0);
  const auto compare = [&](Share share) {
    const Millis booked = state.totals.of(share);
    const Millis counted = sum.totals.of(share);
    if (std::ranges::find(sum.over_boots, share) != sum.over_boots.end()) return;
    if (booked < counted || (booked > counted && !is_older))
      fault("state of node {}: {} ms of {} are booked, its stretches come to {} ms", state.node,
            booked.count(), text_of(share), counted.count());
  };
  for (const Share share : every_share()) compare(share);
}

void Checker::check_outages() {
  auto outages = reader_.read<Outage>("SELECT * FROM outages ORDER BY id");
  Statement& count = database_.statement("SELECT count(*) FROM pieces WHERE outage = ?");
  for (const Outage& outage : outages) {
    count.with(outage.id);
    if (count.step() && count.integer() == 0) fault("outage {}: it has no cause", outage.id);
  }
  count.reset();
  reader_.read_pieces(outages);
  for (const Outage& outage : outages) {
    mentioned_.erase(outage.id);
    if (!nodes_.contains(outage.node))
      fault("outage {}: there is no node {}", outage.id, outage.node);
    check_boot(outage.first_bad, fmt::format("outage {}", outage.id));
    check_boot(outage.ended, fmt::format("outage {}", outage.id));
    const bool is_ordered = outage.last_good <= outage.first_bad &&
                            outage.last_good <= outage.last_bad &&
                            (!outage.ended.is_set() || outage.last_bad <= outage.ended);
    if (!is_ordered) fault("outage {}: its bounds are not in the order of time", outage.id);
    if (outage.ended.is_set() == outage.is_open())
      fault("outage {}: it is {} and {}", outage.id, name(outage.end),
            outage.ended.is_set() ? "has an end" : "has no end");
    check_pieces(outage);
  }
  const auto withdrawn_or_gone = read_mark(database_, detail_day_mark).has_value() ||
                                 read_mark(database_, anew_node_mark).has_value();
  for (const OutageId id : mentioned_)
    if (!withdrawn_or_gone) fault("outage {}: a stretch belongs to it, but it is not there", id);
}

void Checker::check_pieces(const Outage& outage) {
  const auto& pieces = outage.pieces;
  if (outage.began() < outage.last_good || outage.first_bad < outage.began())
    fault("outage {}: its first cause begins at {}, outside the bounds of its beginning", outage.id,
          text_of(pieces.front().from));
  if (!std::ranges::is_sorted(pieces, {}, &CausePiece::from))
    fault("outage {}: its causes are not in the order of time", outage.id);
  for (const CausePiece& piece : pieces)
    if (piece.root != 0 && !nodes_.contains(piece.root) &&
        piece.root > read_mark(database_, anew_node_mark).value_or(0))
      fault("outage {}: it is explained by node {}, which is not there", outage.id, piece.root);
}

void Checker::check_days() {
  constexpr Millis longest_day = std::chrono::hours(26);  // daylight saving ends, and some slack
  Statement& row = database_.statement("SELECT key, totals FROM days ORDER BY key");
  row.with();
  while (row.step()) {
    const std::int64_t key = row.integer();
    const auto day = unpack_day(key, row.blob(), words_);
    const std::int64_t number = key >> 32U;
    if (!day) fault("day {} of node {}: its checksum is wrong", number, key & 0xFFFF'FFFF);
    else if (!nodes_.contains(day->node))
      fault("day {} of node {}: there is no such node", number, day->node);
    else if (day->totals.sum() > longest_day)
      fault("day {} of node {}: it has {} ms", number, day->node, day->totals.sum().count());
  }
}

std::vector<std::string> Checker::check() {
  check_pages();
  read_boots_and_nodes();
  check_stretches();
  check_states();
  check_outages();
  check_days();
  if (database_.has_failed()) fault("file: {}", database_.take_failure().text);
  if (faults_ > lines_.size())
    lines_.push_back(fmt::format("... and {} more", faults_ - lines_.size()));
  return std::move(lines_);
}

}  // namespace

Result<std::vector<std::string>> check_journal(const std::string& journal_path) {
  auto opened = open_for_reading(journal_path, {});
  if (!opened) return std::unexpected(std::move(opened.error().second));
  Transaction transaction(**opened, Transaction::Kind::read);
  return Checker(**opened).check();
}

}  // namespace siaga
