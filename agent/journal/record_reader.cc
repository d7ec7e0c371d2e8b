// In the columns' order of schema.cc.
#include "agent/journal/record_reader.h"

namespace siaga {

template <>
BootEra RecordReader::next<BootEra>(Statement& row) {
  BootEra era{.number = row.small()};
  era.boot_id = row.text();
  era.began = row.wall();
  era.is_trusted = row.integer() != 0;
  return era;
}

template <>
Node RecordReader::next<Node>(Statement& row) {
  Node node{.number = row.small()};
  node.name = row.text();
  node.kind = row.text();
  node.role = words_.role(row.integer());
  node.added = row.stamp();
  node.removed = row.stamp();
  node.interval = row.millis();
  node.timeout = row.millis();
  return node;
}

template <>
Outage RecordReader::next<Outage>(Statement& row) {
  Outage outage{.id = static_cast<OutageId>(row.integer())};
  outage.node = row.small();
  outage.last_good = row.stamp();
  outage.first_bad = row.stamp();
  outage.last_bad = row.stamp();
  outage.ended = row.stamp();
  outage.end = words_.end(row.integer());
  outage.is_settled = row.integer() != 0;
  outage.detail = row.text();
  return outage;
}

template <>
Revision RecordReader::next<Revision>(Statement& row) {
  Revision revision{.at = row.stamp()};
  revision.outage = static_cast<OutageId>(row.integer());
  revision.node = row.small();
  revision.from = words_.cause(row.integer());
  revision.to = words_.cause(row.integer());
  revision.root = row.small();
  revision.evidence = row.text();
  return revision;
}

template <>
Stretch RecordReader::next<Stretch>(Statement& row) {
  Stretch stretch{.to = row.stamp()};
  stretch.node = row.small();
  stretch.from = row.stamp();
  stretch.share = words_.share(row.integer());
  stretch.outage = static_cast<OutageId>(row.integer());
  return stretch;
}

template <>
StateChange RecordReader::next<StateChange>(Statement& row) {
  StateChange change{.at = row.stamp()};
  change.node = row.small();
  change.from = words_.state(row.integer());
  change.to = words_.state(row.integer());
  change.cause = words_.cause(row.integer());
  change.reason = words_.reason(row.integer());
  change.root = row.small();
  change.detail = row.text();
  return change;
}

template <>
Recovery RecordReader::next<Recovery>(Statement& row) {
  Recovery recovery{.returned = row.stamp()};
  recovery.node = row.small();
  recovery.root = row.small();
  recovery.after = words_.cause(row.integer());
  recovery.recovered = row.stamp();
  recovery.is_overdue = row.integer() != 0;
  return recovery;
}

template <>
Window RecordReader::next<Window>(Statement& row) {
  Window window{.id = static_cast<std::uint64_t>(row.integer())};
  window.from = row.wall();
  window.until = row.wall();
  window.note = row.text();
  window.is_cancelled = row.integer() != 0;
  return window;
}

template <>
DarkInterval RecordReader::next<DarkInterval>(Statement& row) {
  DarkInterval dark{.id = static_cast<std::uint64_t>(row.integer())};
  dark.from = row.stamp();
  dark.to = row.stamp();
  dark.slack = row.millis();
  dark.dark_class = words_.dark(row.integer());
  dark.is_mains_off = row.integer() != 0;
  dark.length = row.is_null() ? std::nullopt : std::optional(row.millis());
  if (!dark.length) static_cast<void>(row.integer());
  dark.evidence = row.text();
  return dark;
}

template <>
Note RecordReader::next<Note>(Statement& row) {
  Note note{.at = row.stamp()};
  note.node = row.small();
  note.kind = words_.note(row.integer());
  note.text = row.text();
  return note;
}

void RecordReader::read_pieces(std::vector<Outage>& outages) {
  Statement& row = database_.statement(
      "SELECT from_boot, from_at, cause, reason, root FROM pieces WHERE outage = ? ORDER BY place");
  for (Outage& outage : outages) {
    row.with(outage.id);
    while (row.step()) {
      CausePiece piece{.from = row.stamp()};
      piece.cause = words_.cause(row.integer());
      piece.reason = words_.reason(row.integer());
      piece.root = row.small();
      outage.pieces.push_back(piece);
    }
    // Only in a damaged file; an outage always has a piece.
    if (outage.pieces.empty()) outage.pieces.push_back({.from = outage.first_bad});
  }
}

void RecordReader::read_targets(std::vector<Window>& windows) {
  Statement& row =
      database_.statement("SELECT target FROM window_targets WHERE window_id = ? ORDER BY place");
  for (Window& window : windows) {
    row.with(window.id);
    while (row.step()) window.targets.push_back(row.text());
  }
}

Dating RecordReader::dating() {
  Dating dating;
  for (BootEra& era : read<BootEra>("SELECT * FROM boots ORDER BY number"))
    dating.set(std::move(era));
  return dating;
}

}  // namespace siaga
