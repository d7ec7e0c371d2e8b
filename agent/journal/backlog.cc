// The keys are those of the tables in schema.cc, stamps in their order.
#include "agent/journal/backlog.h"

#include <type_traits>
#include <utility>
#include <variant>

namespace siaga {
namespace {

using Parts = std::array<std::uint64_t, 5>;

template <typename Value>
std::uint64_t number(Value value) {
  return static_cast<std::uint64_t>(value);
}
std::uint64_t at(Stamp stamp) { return number(stamp.at.time_since_epoch().count()); }

Parts parts(const BootEra& era) { return {era.number}; }
Parts parts(const Node& node) { return {node.number}; }
Parts parts(const NodeState& state) { return {state.node}; }
Parts parts(const Outage& outage) { return {outage.id}; }
Parts parts(const Window& window) { return {window.id}; }
Parts parts(const DarkInterval& dark) { return {dark.id}; }
Parts parts(const Revision& revision) {
  return {revision.at.boot, at(revision.at), revision.outage,
          number(revision.from) << 8U | number(revision.to), revision.root};
}
Parts parts(const Stretch& stretch) {
  return {stretch.to.boot, at(stretch.to), stretch.node, stretch.from.boot, at(stretch.from)};
}
Parts parts(const StateChange& change) {
  const std::uint64_t kinds = number(change.from) << 24U | number(change.to) << 16U |
                              number(change.cause) << 8U | number(change.reason);
  return {change.at.boot, at(change.at), change.node, kinds, change.root};
}
Parts parts(const Note& note) { return {note.at.boot, at(note.at), note.node, number(note.kind)}; }
Parts parts(const Recovery& recovery) {
  return {recovery.returned.boot, at(recovery.returned), recovery.node, recovery.root};
}

template <typename Kind, std::size_t place = 0>
constexpr std::size_t place_of() {
  if constexpr (std::is_same_v<std::variant_alternative_t<place, Record>, Kind>) return place;
  else return place_of<Kind, place + 1>();
}

// What may go, first what is missed least.
constexpr std::array<std::size_t, 4> droppable{place_of<StateChange>(), place_of<Stretch>(),
                                               place_of<Revision>(), place_of<Note>()};

}  // namespace

Backlog::Key Backlog::key_of(const Record& record) {
  return {.kind = record.index(),
          .parts = std::visit([](const auto& one) { return parts(one); }, record)};
}

void Backlog::add(std::vector<Record> records) {
  for (Record& record : records) {
    const Key key = key_of(record);
    waiting_.insert_or_assign(key, std::move(record));
  }
  trim();
}

std::vector<Record> Backlog::take() {
  std::vector<Record> records;
  records.reserve(waiting_.size());
  for (auto& [key, record] : waiting_) records.push_back(std::move(record));
  waiting_.clear();
  return records;
}

void Backlog::put_back(std::vector<Record>&& records) {
  for (Record& record : records) {
    const Key key = key_of(record);
    waiting_.try_emplace(key, std::move(record));
  }
  trim();
}

void Backlog::trim() {
  for (const std::size_t kind : droppable) {
    auto oldest = waiting_.lower_bound(Key{.kind = kind});
    while (waiting_.size() > limit_ && oldest != waiting_.end() && oldest->first.kind == kind) {
      oldest = waiting_.erase(oldest);
      ++dropped_;
    }
  }
}

}  // namespace siaga
