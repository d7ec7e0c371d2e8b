// One read transaction: everything is of one moment, whatever an agent writes meanwhile.
#include "agent/journal/past.h"

#include <algorithm>
#include <set>
#include <utility>

#include "agent/core/dates.h"
#include "agent/journal/beat.h"
#include "agent/journal/house.h"
#include "agent/journal/marks.h"
#include "agent/journal/opening.h"
#include "agent/journal/packing.h"
#include "agent/journal/record_reader.h"

namespace siaga {
namespace {

class PastReader {
 public:
  PastReader(Database& database, WallTime since, WallTime until)
      : database_(database),
        words_(Words::of(database)),
        reader_(database, words_),
        since_(since),
        until_(until) {}

  Past read(const std::optional<Beat>& beat);

 private:
  std::vector<NodeState> read_states();
  Stamp known_until(const std::optional<Beat>& beat, const std::vector<NodeState>& states);
  void read_nodes();
  void read_stretches(const std::vector<NodeState>& states);
  void add(Stretch stretch);
  void read_outages();
  void read_revisions();
  void read_days();
  void read_rest();

  WallTime date(Stamp stamp) const { return past_.dating.date(stamp); }
  // Whether [from, to) overlaps the span; a stamp that is not set is open.
  bool is_within(Stamp from, Stamp to) const {
    return date(from) < until_ && (!to.is_set() || date(to) > since_);
  }

  Database& database_;
  const Words words_;
  RecordReader reader_;
  const WallTime since_, until_;
  std::optional<Millis> detail_begin_;  // what is older has only days
  Past past_;
};

std::vector<NodeState> PastReader::read_states() {
  std::vector<NodeState> states;
  Statement& row = database_.statement(
      "SELECT s.node, s.state FROM nodes n JOIN states s ON s.node = n.number"
      " WHERE n.removed_boot = 0 ORDER BY n.number");
  row.with();
  while (row.step()) {
    const NodeNumber node = row.small();
    if (auto state = unpack_state(node, row.blob(), words_)) states.push_back(std::move(*state));
  }
  return states;
}

Stamp PastReader::known_until(const std::optional<Beat>& beat,
                              const std::vector<NodeState>& states) {
  Stamp latest;
  for (const NodeState& state : states) {
    latest = std::max(latest, state.booked_until);
    if (!state.pieces.empty()) latest = std::max(latest, state.pieces.back().from);
  }
  for (const std::string_view sql :
       {"SELECT to_boot, to_at FROM stretches ORDER BY 1 DESC, 2 DESC LIMIT 1",
        "SELECT at_boot, at_at FROM changes ORDER BY 1 DESC, 2 DESC LIMIT 1",
        "SELECT ended_boot, ended_at FROM outages ORDER BY 1 DESC, 2 DESC LIMIT 1"}) {
    Statement& row = database_.statement(sql).with();
    if (row.step()) latest = std::max(latest, row.stamp());
    row.reset();
  }
  if (!beat) return latest;
  for (const BootEra& era : past_.dating.eras())
    if (era.boot_id == beat->boot_id) latest = std::max(latest, Stamp{era.number, beat->at});
  return latest;
}

void PastReader::read_nodes() {
  past_.nodes = reader_.read<Node>("SELECT * FROM nodes ORDER BY number");
  std::erase_if(past_.nodes,
                [this](const Node& node) { return !is_within(node.added, node.removed); });
}

// Where detail is gone, the days' rows speak; nothing is said twice. What has no sure date is not
// let go by its date either.
void PastReader::add(Stretch stretch) {
  if (detail_begin_ && past_.dating.is_trusted(stretch.to) &&
      millis_of(date(stretch.from)) < *detail_begin_) {
    const BootEra* const era = past_.dating.era(stretch.to.boot);
    if (era == nullptr) return;
    stretch.from = {era->number, BootTime(*detail_begin_ - millis_of(era->began))};
  }
  if (stretch.from < stretch.to && is_within(stretch.from, stretch.to))
    past_.stretches.push_back(stretch);
}

void PastReader::read_stretches(const std::vector<NodeState>& states) {
  Statement& row = database_.statement(
      "SELECT s.* FROM boots b CROSS JOIN stretches s ON s.to_boot = b.number"
      " WHERE s.to_at > (? - b.began) / 1000000");
  row.with(since_);
  while (row.step()) add(reader_.next<Stretch>(row));
  for (const NodeState& state : states) {
    Stamp from = state.stretch_from;
    for (std::size_t index = 0; index < state.pieces.size(); ++index) {
      const OpenPiece& piece = state.pieces[index];
      const bool is_last = index + 1 == state.pieces.size();
      const Stamp to = is_last ? past_.known_until : state.pieces[index + 1].from;
      add({.node = state.node,
           .from = from,
           .to = to,
           .share = piece.share,
           .outage = piece.outage});
      from = to;
    }
  }
  std::ranges::sort(past_.stretches, {},
                    [](const Stretch& stretch) { return std::pair(stretch.node, stretch.from); });
}

void PastReader::read_outages() {
  past_.outages = reader_.read<Outage>(
      "SELECT o.* FROM boots b CROSS JOIN outages o ON o.ended_boot = b.number"
      " WHERE o.ended_at > (? - b.began) / 1000000"
      " UNION ALL SELECT * FROM outages WHERE ended_boot = 0",
      since_);
  std::erase_if(past_.outages, [this](const Outage& outage) {
    return !is_within(outage.first_bad, outage.ended);
  });
  std::ranges::sort(past_.outages, {},
                    [](const Outage& outage) { return std::pair(outage.first_bad, outage.id); });
  reader_.read_pieces(past_.outages);
}

// Of these outages, and those by which one was withdrawn in the span.
void PastReader::read_revisions() {
  std::set<OutageId> wanted;
  for (const Outage& outage : past_.outages) wanted.insert(outage.id);
  past_.revisions = reader_.read<Revision>("SELECT * FROM revisions ORDER BY at_boot, at_at");
  std::erase_if(past_.revisions, [&](const Revision& revision) {
    const bool is_withdrawal =
        revision.to == Cause::none && date(revision.at) >= since_ && date(revision.at) < until_;
    return !is_withdrawal && !wanted.contains(revision.outage);
  });
}

void PastReader::read_days() {
  const auto detail = read_mark(database_, detail_day_mark);
  if (!detail || since_ >= until_) return;
  const auto named = Zone::named(read_mark_text(database_, detail_day_mark));
  const Zone zone = named.value_or(Zone::utc());
  const std::int64_t first = zone.day_of(since_);
  const std::int64_t end = std::min(*detail, std::int64_t{zone.day_of(until_ - Duration(1))} + 1);
  if (first >= end) return;
  Statement& row =
      database_.statement("SELECT key, totals FROM days WHERE key >= ? AND key < ? ORDER BY key");
  row.with(day_key(static_cast<std::int32_t>(first), 0),
           day_key(static_cast<std::int32_t>(end), 0));
  while (row.step()) {
    const std::int64_t key = row.integer();
    if (auto day = unpack_day(key, row.blob(), words_)) past_.days.push_back(*day);
  }
}

void PastReader::read_rest() {
  past_.recoveries = reader_.read<Recovery>("SELECT * FROM recoveries");
  std::erase_if(past_.recoveries, [this](const Recovery& recovery) {
    return !is_within(recovery.returned, recovery.recovered);
  });
  past_.darks = reader_.read<DarkInterval>("SELECT * FROM darks ORDER BY id");
  std::erase_if(past_.darks,
                [this](const DarkInterval& dark) { return !is_within(dark.from, dark.to); });
  past_.windows = reader_.read<Window>(
      "SELECT * FROM windows WHERE until_date > ? AND from_date < ? ORDER BY from_date, id", since_,
      until_);
  reader_.read_targets(past_.windows);
  past_.changes = reader_.read<StateChange>(
      "SELECT c.* FROM boots b CROSS JOIN changes c ON c.at_boot = b.number"
      " WHERE c.at_at >= (? - b.began) / 1000000 ORDER BY c.at_boot, c.at_at, c.node",
      since_);
  past_.notes = reader_.read<Note>(
      "SELECT n.* FROM boots b CROSS JOIN notes n ON n.at_boot = b.number"
      " WHERE n.at_at >= (? - b.began) / 1000000 ORDER BY n.at_boot, n.at_at, n.node",
      since_);
  const auto is_outside = [this](const auto& row) {
    return date(row.at) < since_ || date(row.at) >= until_;
  };
  std::erase_if(past_.changes, is_outside);
  std::erase_if(past_.notes, is_outside);
}

Past PastReader::read(const std::optional<Beat>& beat) {
  past_.dating = reader_.dating();
  if (const auto begin = read_mark(database_, detail_begin_mark))
    detail_begin_ = millis_of(WallTime(Duration(*begin)));
  const auto states = read_states();
  past_.known_until = known_until(beat, states);
  read_nodes();
  read_stretches(states);
  read_outages();
  read_revisions();
  read_days();
  read_rest();
  return std::move(past_);
}

}  // namespace

Result<Past> read_past(const std::string& journal_path, const std::string& heartbeat_path,
                       WallTime since, WallTime until) {
  // First the beat: what it promises is in the file by then.
  const auto beat = Heartbeat::read(heartbeat_path);
  auto opened = open_for_reading(journal_path, {});
  if (!opened) return std::unexpected(std::move(opened.error().second));
  Database& database = **opened;
  Transaction transaction(database, Transaction::Kind::read);
  Past past = PastReader(database, since, until).read(beat);
  transaction.commit();
  if (database.has_failed())
    return std::unexpected(explain(database.take_failure(), "read the journal", journal_path));
  return past;
}

}  // namespace siaga
