// One upsert a kind; the tables are in schema.cc.
#include "agent/journal/record_writer.h"

#include <algorithm>
#include <string_view>

#include "agent/journal/packing.h"

namespace siaga {

void RecordWriter::write(const Record& record) {
  std::visit([this](const auto& one) { put(one); }, record);
}

void RecordWriter::put(const BootEra& era) {
  database_
      .statement(
          "INSERT OR REPLACE INTO boots(number, boot_id, began, is_trusted)"
          " VALUES (?, ?, ?, ?)")
      .run(era.number, era.boot_id, era.began, era.is_trusted);
  last_boot_ = std::max(last_boot_, era.number);
}

void RecordWriter::put(const Node& node) {
  database_
      .statement(
          "INSERT OR REPLACE INTO nodes(number, name, kind, role, added_boot, added_at,"
          " removed_boot, removed_at, interval_ms, timeout_ms)"
          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(node.number, node.name, node.kind, words_.id(node.role), node.added, node.removed,
           node.interval, node.timeout);
  if (node.removed.is_set()) removed_.push_back(node.number);
  last_node_ = std::max(last_node_, node.number);
}

void RecordWriter::put(const NodeState& state) {
  const std::string packed = pack(state, words_);
  database_.statement("INSERT OR REPLACE INTO states(node, state) VALUES (?, ?)")
      .run(state.node, Blob{packed});
}

void RecordWriter::put(const Outage& outage) {
  database_
      .statement(
          "INSERT OR REPLACE INTO outages(id, node, good_boot, good_at, bad_boot, bad_at,"
          " last_bad_boot, last_bad_at, ended_boot, ended_at, ending, is_settled, detail)"
          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(outage.id, outage.node, outage.last_good, outage.first_bad, outage.last_bad,
           outage.ended, words_.id(outage.end), outage.is_settled, outage.detail);
  database_.statement("DELETE FROM pieces WHERE outage = ?").run(outage.id);
  Statement& add = database_.statement(
      "INSERT INTO pieces(outage, place, from_boot, from_at, cause, reason, root)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)");
  std::size_t place = 0;
  for (const CausePiece& piece : outage.pieces)
    add.run(outage.id, place++, piece.from, words_.id(piece.cause), words_.id(piece.reason),
            piece.root);
  last_outage_ = std::max(last_outage_, outage.id);
}

void RecordWriter::put(const Revision& revision) {
  database_
      .statement(
          "INSERT OR REPLACE INTO revisions(at_boot, at_at, outage, node, old, new, root,"
          " evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .run(revision.at, revision.outage, revision.node, words_.id(revision.from),
           words_.id(revision.to), revision.root, revision.evidence);
  last_outage_ = std::max(last_outage_, revision.outage);
  if (revision.to != Cause::none) return;
  database_.statement("DELETE FROM outages WHERE id = ?").run(revision.outage);
  database_.statement("DELETE FROM pieces WHERE outage = ?").run(revision.outage);
}

void RecordWriter::put(const Stretch& stretch) {
  if (stretch.from == stretch.to) return;  // no time at all
  database_
      .statement(
          "INSERT OR REPLACE INTO stretches(to_boot, to_at, node, from_boot, from_at, share,"
          " outage) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(stretch.to, stretch.node, stretch.from, words_.id(stretch.share), stretch.outage);
}

void RecordWriter::put(const StateChange& change) {
  database_
      .statement(
          "INSERT OR REPLACE INTO changes(at_boot, at_at, node, old, new, cause, reason,"
          " root, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(change.at, change.node, words_.id(change.from), words_.id(change.to),
           words_.id(change.cause), words_.id(change.reason), change.root, change.detail);
}

void RecordWriter::put(const Recovery& recovery) {
  database_
      .statement(
          "INSERT OR REPLACE INTO recoveries(returned_boot, returned_at, node, root, cause,"
          " recovered_boot, recovered_at, is_overdue) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .run(recovery.returned, recovery.node, recovery.root, words_.id(recovery.after),
           recovery.recovered, recovery.is_overdue);
}

void RecordWriter::put(const Window& window) {
  database_
      .statement(
          "INSERT OR REPLACE INTO windows(id, from_date, until_date, note, is_cancelled)"
          " VALUES (?, ?, ?, ?, ?)")
      .run(window.id, window.from, window.until, window.note, window.is_cancelled);
  database_.statement("DELETE FROM window_targets WHERE window_id = ?").run(window.id);
  Statement& add =
      database_.statement("INSERT INTO window_targets(window_id, place, target) VALUES (?, ?, ?)");
  std::size_t place = 0;
  for (const std::string& target : window.targets) add.run(window.id, place++, target);
  last_window_ = std::max(last_window_, window.id);
}

void RecordWriter::put(const DarkInterval& dark) {
  database_
      .statement(
          "INSERT OR REPLACE INTO darks(id, from_boot, from_at, to_boot, to_at, slack,"
          " class, is_mains_off, length, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(dark.id, dark.from, dark.to, dark.slack, words_.id(dark.dark_class), dark.is_mains_off,
           dark.length, dark.evidence);
  last_dark_ = std::max(last_dark_, dark.id);
}

void RecordWriter::put(const Note& note) {
  database_
      .statement(
          "INSERT OR REPLACE INTO notes(at_boot, at_at, node, kind, text) VALUES (?, ?, ?, ?, ?)")
      .run(note.at, note.node, words_.id(note.kind), note.text);
}

void RecordWriter::finish() {
  Statement& drop = database_.statement("DELETE FROM states WHERE node = ?");
  for (const NodeNumber node : removed_) drop.run(node);
  Statement& mark = database_.statement(
      "INSERT INTO marks(name, number) VALUES (?1, ?2)"
      " ON CONFLICT(name) DO UPDATE SET number = excluded.number"
      " WHERE excluded.number > marks.number");
  const auto raise = [&mark](std::string_view name, std::uint64_t number) {
    if (number != 0) mark.run(name, number);
  };
  raise("last_boot", last_boot_);
  raise("last_node", last_node_);
  raise("last_outage", last_outage_);
  raise("last_window", last_window_);
  raise("last_dark", last_dark_);
}

}  // namespace siaga
