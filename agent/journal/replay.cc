// All reads are of indexes on what is present, open or awaited: history's length does not matter.
#include "agent/journal/replay.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <iterator>
#include <utility>

#include "agent/journal/marks.h"
#include "agent/journal/packing.h"
#include "agent/journal/record_reader.h"

namespace siaga {
namespace {

std::vector<NodeState> read_states(Database& database, const Words& words,
                                   const std::vector<Node>& nodes) {
  std::vector<NodeState> states;
  states.reserve(nodes.size());
  Statement& row = database.statement("SELECT state FROM states WHERE node = ?");
  for (const Node& node : nodes) {
    if (!row.with(node.number).step()) {
      states.push_back(first_state(node));
      continue;
    }
    auto state = unpack_state(node.number, row.blob(), words);
    if (!state) database.fail(SQLITE_CORRUPT);
    states.push_back(state ? std::move(*state) : first_state(node));
  }
  row.reset();
  return states;
}

void read_dark_sums(Database& database, const Words& words, Replay& replay) {
  Statement& row = database.statement(
      "SELECT class, count(*), coalesce(sum(max(0, min(length, 1 << 40))), 0) FROM darks"
      " GROUP BY class"
      " UNION ALL SELECT cast(substr(name, 12) AS INTEGER), number, 0 FROM marks"
      " WHERE name GLOB 'dark_count:*'"
      " UNION ALL SELECT cast(substr(name, 12) AS INTEGER), 0, number FROM marks"
      " WHERE name GLOB 'dark_spans:*'");
  row.with();
  while (row.step()) {
    const auto dark = static_cast<std::size_t>(words.dark(row.integer()));
    replay.dark_counts.at(dark) += static_cast<std::uint64_t>(row.integer());
    replay.dark_lengths.at(dark) += row.millis();
  }
}

std::vector<Window> read_windows(RecordReader& reader, const Dating& dating) {
  auto windows = reader.read<Window>("SELECT * FROM windows WHERE until_date > ? ORDER BY id",
                                     windows_from(dating));
  reader.read_targets(windows);
  return windows;
}

template <typename Value>
void append(std::vector<Record>& records, const std::vector<Value>& values) {
  records.insert(records.end(), values.begin(), values.end());
}

}  // namespace

NodeState first_state(const Node& node) {
  return {.node = node.number,
          .booked_until = node.added,
          .stretch_from = node.added,
          .pieces = {{.from = node.added}}};
}

WallTime windows_from(const Dating& dating) {
  const BootEra* const latest = dating.eras().empty() ? nullptr : &dating.eras().back();
  const bool is_sure = latest != nullptr && latest->is_trusted;
  return is_sure ? latest->began : WallTime::min();
}

Replay read_replay(Database& database, const Words& words) {
  RecordReader reader(database, words);
  Replay replay{.dating = reader.dating()};
  replay.nodes = reader.read<Node>("SELECT * FROM nodes WHERE removed_boot = 0 ORDER BY number");
  replay.states = read_states(database, words, replay.nodes);
  replay.open_outages =
      reader.read<Outage>("SELECT * FROM outages WHERE ended_boot = 0 ORDER BY id");
  reader.read_pieces(replay.open_outages);
  replay.recoveries = reader.read<Recovery>(
      "SELECT * FROM recoveries WHERE recovered_boot = 0 ORDER BY returned_boot, returned_at, "
      "node");
  replay.windows = read_windows(reader, replay.dating);
  replay.darks = reader.read<DarkInterval>("SELECT * FROM darks WHERE length IS NULL ORDER BY id");
  read_dark_sums(database, words, replay);
  const auto last = [&database](std::string_view name) {
    return static_cast<std::uint64_t>(read_mark(database, name).value_or(0));
  };
  replay.last_boot = static_cast<BootNumber>(last("last_boot"));
  replay.last_node = static_cast<NodeNumber>(last("last_node"));
  replay.last_outage = last("last_outage");
  replay.last_window = last("last_window");
  replay.last_dark = last("last_dark");
  return replay;
}

std::vector<Record> records_of(const Replay& replay) {
  std::vector<Record> records(replay.dating.eras().begin(), replay.dating.eras().end());
  append(records, replay.nodes);
  append(records, replay.states);
  append(records, replay.open_outages);
  append(records, replay.recoveries);
  append(records, replay.windows);
  append(records, replay.darks);
  return records;
}

void write_sums(Database& database, const Words& words, const Replay& replay) {
  auto counts = replay.dark_counts;
  for (const DarkInterval& dark : replay.darks)
    --counts.at(static_cast<std::size_t>(dark.dark_class));
  for (std::size_t place = 0; place < dark_class_count; ++place) {
    const WordId id = words.id(static_cast<DarkClass>(place));
    write_mark(database, fmt::format("dark_count:{}", id),
               static_cast<std::int64_t>(counts[place]));
    write_mark(database, fmt::format("dark_spans:{}", id), replay.dark_lengths[place].count());
  }
  const auto raise = [&database](std::string_view name, std::uint64_t number) {
    write_mark(database, name, static_cast<std::int64_t>(number));
  };
  raise("last_boot", replay.last_boot);
  raise("last_node", replay.last_node);
  raise("last_outage", replay.last_outage);
  raise("last_window", replay.last_window);
  raise("last_dark", replay.last_dark);
}

}  // namespace siaga
