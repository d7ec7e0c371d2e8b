// Outages by dates, with both bounds of their beginning and end.
#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "agent/journal/dated.h"
#include "agent/report/report.h"

namespace siaga {
namespace {

std::unordered_set<OutageId> withdrawn(const Past& past) {
  std::unordered_set<OutageId> gone;
  for (const Revision& revision : past.revisions) {
    if (revision.to == Cause::none) gone.insert(revision.outage);
    else gone.erase(revision.outage);
  }
  return gone;
}

class RowMaker {
 public:
  explicit RowMaker(const Past& past)
      : past_(past), dates_(past.dating), names_(node_names(past)) {}

  OutageRow row(const Outage& outage) const {
    OutageRow row{.id = outage.id,
                  .target = name_of(outage.node),
                  .cause = outage.cause(),
                  .reason = outage.pieces.front().reason,
                  .explained_by = name_of(outage.explained_by()),
                  .end = outage.end,
                  .is_settled = outage.is_settled,
                  .detail = outage.detail};
    row.pieces.reserve(outage.pieces.size());
    for (const CausePiece& piece : outage.pieces)
      row.pieces.push_back({date(piece.from), piece.cause, piece.reason, name_of(piece.root)});
    if (const auto node = names_.find(outage.node); node != names_.end()) {
      row.kind = node->second->kind;
      row.role = node->second->role;
    }
    set_bounds(row, outage);
    return row;
  }

 private:
  WallTime date(Stamp stamp) const { return WallTime(dates_.at(stamp)); }

  std::string name_of(NodeNumber number) const {
    const auto place = names_.find(number);
    return place == names_.end() ? "" : place->second->name;
  }

  // Never seen up, it may be down since it was added.
  Stamp earliest(const Outage& outage) const {
    if (outage.last_good.is_set()) return outage.last_good;
    const auto node = names_.find(outage.node);
    return node == names_.end() ? outage.first_bad : node->second->added;
  }

  void set_bounds(OutageRow& row, const Outage& outage) const {
    const Stamp start = earliest(outage);
    const bool is_open = outage.is_open();
    const Stamp end = is_open ? std::max(past_.known_until, outage.last_bad) : outage.ended;
    row.was_seen_up = outage.last_good.is_set();
    row.start_max = date(outage.first_bad);
    row.start_min = std::min(date(start), row.start_max);
    row.end_min = std::max(row.start_min, date(outage.last_bad));
    if (!is_open) row.end_max = std::max(row.end_min, date(outage.ended));
    row.duration = dates_.between(outage.began(), end);
    row.duration_min =
        dates_.between(outage.first_bad, std::max(outage.first_bad, outage.last_bad));
    if (!is_open) row.duration_max = dates_.between(start, outage.ended);
    for (const Stamp stamp : {start, outage.first_bad, outage.last_bad, end})
      row.is_date_certain = row.is_date_certain && dates_.is_certain(stamp);
  }

  const Past& past_;
  Dates dates_;
  NodeNames names_;
};

}  // namespace

std::vector<OutageRow> outage_rows(const Past& past) {
  const RowMaker maker(past);
  const auto gone = withdrawn(past);
  std::vector<OutageRow> rows;
  rows.reserve(past.outages.size());
  for (const Outage& outage : past.outages) {
    if (!gone.contains(outage.id) && !outage.pieces.empty()) rows.push_back(maker.row(outage));
  }
  std::ranges::sort(rows, [](const OutageRow& one, const OutageRow& other) {
    return std::tie(one.start_max, one.id) < std::tie(other.start_max, other.id);
  });
  return rows;
}

}  // namespace siaga
