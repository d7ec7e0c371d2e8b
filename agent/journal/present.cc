// The conditions are those of replay.cc and record_writer.cc; a test holds the two against each
// other.
#include "agent/journal/present.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "agent/journal/replay.h"

namespace siaga {
namespace {

// As the table's sum is bounded when it is read.
constexpr Millis dark_length_max{std::int64_t{1} << 40U};

template <typename Key, typename Value>
std::vector<Value> values_of(const std::map<Key, Value>& map) {
  std::vector<Value> values;
  values.reserve(map.size());
  for (const auto& [key, value] : map) values.push_back(value);
  return values;
}

}  // namespace

Present::Present(Replay replay) {
  for (std::size_t index = 0; index < replay.nodes.size(); ++index) {
    const NodeNumber number = replay.nodes[index].number;
    nodes_[number] = {.node = std::move(replay.nodes[index]),
                      .state = std::move(replay.states.at(index))};
  }
  for (Outage& outage : replay.open_outages) outages_[outage.id] = std::move(outage);
  for (const Recovery& recovery : replay.recoveries) take(recovery);
  for (Window& window : replay.windows) windows_[window.id] = std::move(window);
  for (DarkInterval& dark : replay.darks) darks_[dark.id] = std::move(dark);
  sums_ = std::move(replay);
  sums_.nodes.clear();
  sums_.states.clear();
  sums_.open_outages.clear();
  sums_.recoveries.clear();
  sums_.windows.clear();
  sums_.darks.clear();
}

void Present::fold(std::span<const Record> records) {
  for (const Record& record : records) std::visit([this](const auto& one) { take(one); }, record);
  early_.clear();
}

void Present::take(const BootEra& era) {
  sums_.dating.set(era);
  sums_.last_boot = std::max(sums_.last_boot, era.number);
}

void Present::take(const Node& node) {
  sums_.last_node = std::max(sums_.last_node, node.number);
  if (node.removed.is_set()) {
    nodes_.erase(node.number);
    return;
  }
  Known& known = nodes_[node.number];
  known.node = node;
  if (auto early = early_.extract(node.number)) known.state = std::move(early.mapped());
}

void Present::take(const NodeState& state) {
  const auto known = nodes_.find(state.node);
  if (known == nodes_.end()) early_[state.node] = state;
  else known->second.state = state;
}

void Present::take(const Outage& outage) {
  sums_.last_outage = std::max(sums_.last_outage, outage.id);
  if (outage.ended.is_set()) outages_.erase(outage.id);
  else outages_[outage.id] = outage;
}

void Present::take(const Revision& revision) {
  sums_.last_outage = std::max(sums_.last_outage, revision.outage);
  if (revision.to == Cause::none) outages_.erase(revision.outage);
}

void Present::take(const Recovery& recovery) {
  const RecoveryKey key{recovery.returned, recovery.node, recovery.root};
  if (recovery.recovered.is_set()) recoveries_.erase(key);
  else recoveries_[key] = recovery;
}

void Present::take(const Window& window) {
  sums_.last_window = std::max(sums_.last_window, window.id);
  windows_[window.id] = window;
}

// One without a length is written again once that is known; one with a length is only counted.
void Present::take(const DarkInterval& dark) {
  const auto place = static_cast<std::size_t>(dark.dark_class);
  const bool is_new = dark.id > sums_.last_dark;
  if (!is_new && !darks_.contains(dark.id)) return;
  sums_.last_dark = std::max(sums_.last_dark, dark.id);
  sums_.dark_counts.at(place) += is_new ? 1U : 0U;
  darks_.erase(dark.id);
  if (!dark.length) darks_[dark.id] = dark;
  else sums_.dark_lengths.at(place) += std::clamp(*dark.length, Millis(0), dark_length_max);
}

Replay Present::replay() const {
  Replay replay = sums_;
  replay.nodes.reserve(nodes_.size());
  replay.states.reserve(nodes_.size());
  for (const auto& [number, known] : nodes_) {
    replay.nodes.push_back(known.node);
    replay.states.push_back(known.state ? *known.state : first_state(known.node));
  }
  replay.open_outages = values_of(outages_);
  replay.recoveries = values_of(recoveries_);
  for (const auto& [id, window] : windows_)
    if (window.until > windows_from(replay.dating)) replay.windows.push_back(window);
  replay.darks = values_of(darks_);
  return replay;
}

bool Present::is_in(const Replay& file) const {
  const Replay ours = replay();
  const auto is_ours = [this](const Window& window) {
    const auto known = windows_.find(window.id);
    return known != windows_.end() && known->second == window;
  };
  const auto rest = [](const Replay& one) {
    return std::tie(one.nodes, one.states, one.open_outages, one.recoveries, one.darks,
                    one.dark_counts, one.dark_lengths, one.last_boot, one.last_node,
                    one.last_outage, one.last_window, one.last_dark);
  };
  return std::ranges::equal(ours.dating.eras(), file.dating.eras()) && rest(ours) == rest(file) &&
         std::ranges::all_of(file.windows, is_ours);
}

}  // namespace siaga
