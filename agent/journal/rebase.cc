// Every number in every record; 0 means none and stays.
#include "agent/journal/rebase.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace siaga {
namespace {

class Mover {
 public:
  explicit Mover(const Rebase& by) : by_(by) {}

  void operator()(BootEra& era) const { move(era.number, by_.boot); }
  void operator()(Node& node) const {
    move(node.number, by_.node);
    move(node.added);
    move(node.removed);
  }
  void operator()(NodeState& state) const {
    move(state.node, by_.node);
    move(state.booked_until);
    move(state.stretch_from);
    move(state.last_good);
    move(state.outage, by_.outage);
    for (OpenPiece& piece : state.pieces) {
      move(piece.from);
      move(piece.outage, by_.outage);
    }
  }
  void operator()(Outage& outage) const {
    move(outage.id, by_.outage);
    move(outage.node, by_.node);
    for (Stamp* const stamp :
         {&outage.last_good, &outage.first_bad, &outage.last_bad, &outage.ended})
      move(*stamp);
    for (CausePiece& piece : outage.pieces) {
      move(piece.from);
      move(piece.root, by_.node);
    }
  }
  void operator()(Revision& revision) const {
    move(revision.outage, by_.outage);
    move(revision.node, by_.node);
    move(revision.root, by_.node);
    move(revision.at);
  }
  void operator()(Stretch& stretch) const {
    move(stretch.node, by_.node);
    move(stretch.from);
    move(stretch.to);
    move(stretch.outage, by_.outage);
  }
  void operator()(StateChange& change) const {
    move(change.node, by_.node);
    move(change.root, by_.node);
    move(change.at);
  }
  void operator()(Recovery& recovery) const {
    move(recovery.node, by_.node);
    move(recovery.root, by_.node);
    move(recovery.returned);
    move(recovery.recovered);
  }
  void operator()(Note& note) const {
    move(note.node, by_.node);
    move(note.at);
  }
  void operator()(Window& window) const { move(window.id, by_.window); }
  void operator()(DarkInterval& dark) const {
    move(dark.id, by_.dark);
    move(dark.from);
    move(dark.to);
  }

 private:
  template <typename Number>
  static void move(Number& number, Number by) {
    if (number != 0) number += by;
  }
  void move(Stamp& stamp) const { move(stamp.boot, by_.boot); }

  const Rebase& by_;
};

const BootEra* first_boot(std::span<const Record> records) {
  for (const Record& record : records) {
    const auto* const era = std::get_if<BootEra>(&record);
    if (era != nullptr && era->number == 1) return era;
  }
  return nullptr;
}

Stamp last_known(const Replay& file) {
  Stamp latest;
  for (const Node& node : file.nodes) latest = std::max(latest, node.added);
  for (const NodeState& state : file.states) {
    latest = std::max(latest, state.booked_until);
    if (!state.pieces.empty()) latest = std::max(latest, state.pieces.back().from);
  }
  return latest;
}

}  // namespace

Rebase Rebase::behind(const Replay& file, std::span<const Record> ours) {
  Rebase rebase{.boot = file.last_boot,
                .node = file.last_node,
                .outage = file.last_outage,
                .window = file.last_window,
                .dark = file.last_dark};
  const BootEra* const first = first_boot(ours);
  const BootEra* const last = file.dating.era(file.last_boot);
  if (first != nullptr && last != nullptr && first->boot_id == last->boot_id) --rebase.boot;
  return rebase;
}

Record Rebase::moved(Record record) const {
  std::visit(Mover(*this), record);
  return record;
}

std::vector<Record> ended_past(const Replay& file) {
  const Stamp end = last_known(file);
  std::vector<Record> records;
  records.reserve(file.nodes.size() + file.open_outages.size());
  for (Node node : file.nodes) {
    node.removed = end;
    records.emplace_back(std::move(node));
  }
  for (Outage outage : file.open_outages) {
    outage.ended = std::max(end, outage.last_bad);
    outage.end = OutageEnd::removed;
    records.emplace_back(std::move(outage));
  }
  return records;
}

}  // namespace siaga
