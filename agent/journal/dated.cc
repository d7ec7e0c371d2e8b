#include "agent/journal/dated.h"

#include "agent/core/dates.h"

#include <algorithm>

namespace siaga {
namespace {

void sort_by_time(NamedPast& named) {
  constexpr auto by_number = [](const Node* node) { return node->number; };
  constexpr auto by_from = [](const Stretch* stretch) { return stretch->from; };
  std::ranges::sort(named.nodes, {}, by_number);
  if (!std::ranges::is_sorted(named.stretches, {}, by_from))
    std::ranges::sort(named.stretches, {}, by_from);
}

// The part of [from, to) that lies in the span and after what was given before.
std::optional<DateSpan> cut(DateSpan part, DateSpan span, Millis& cursor) {
  part.from = std::max({part.from, span.from, cursor});
  part.to = std::min(part.to, span.to);
  if (part.to <= part.from) return std::nullopt;
  cursor = part.to;
  return part;
}

}  // namespace

Dates::Dates(const Dating& dating) : dating_(dating), ends_(dating.eras().size(), Millis::max()) {
  Millis end = Millis::max();
  for (std::size_t index = ends_.size(); index-- > 0;) {
    const BootEra& era = dating.eras()[index];
    if (era.is_trusted) end = std::min(end, millis_of(era.began));
    else ends_[index] = end;
  }
}

Millis Dates::at(Stamp stamp) const {
  const BootEra* const era = dating_.era(stamp.boot);
  if (era == nullptr) return {};
  const auto index = static_cast<std::size_t>(era - dating_.eras().data());
  return std::min(millis_of(dating_.date(stamp)), ends_[index]);
}

std::optional<Millis> Dates::between(Stamp from, Stamp to) const {
  const auto length = dating_.between(from, to);
  if (!length) return std::nullopt;
  return std::max(Millis::zero(), *length);
}

std::vector<NamedPast> by_name(const Past& past) {
  std::vector<NamedPast> all;
  std::unordered_map<std::string_view, std::size_t> places;
  std::unordered_map<NodeNumber, std::size_t> place_of;
  for (const Node& node : past.nodes) {
    const auto [place, is_new] = places.try_emplace(node.name, all.size());
    if (is_new) all.push_back({.name = node.name});
    all[place->second].nodes.push_back(&node);
    place_of.emplace(node.number, place->second);
  }
  for (const Stretch& stretch : past.stretches) {
    const auto place = place_of.find(stretch.node);
    if (place != place_of.end()) all[place->second].stretches.push_back(&stretch);
  }
  std::ranges::for_each(all, sort_by_time);
  return all;
}

DatedPast dated(const NamedPast& named, const Dates& dates, DateSpan span) {
  DatedPast past;
  past.stretches.reserve(named.stretches.size());
  Millis cursor = span.from;
  for (const Stretch* stretch : named.stretches) {
    const DateSpan whole{dates.at(stretch->from), dates.at(stretch->to)};
    if (!dates.is_known(stretch->from, stretch->to)) {
      past.unknown_lengths += whole.from < span.to && whole.to >= span.from ? 1U : 0U;
      continue;
    }
    const auto part = cut(whole, span, cursor);
    if (!part) continue;
    past.stretches.push_back({*part, stretch});
    past.uncertain += dates.is_certain(stretch->from) ? 0U : 1U;
  }
  cursor = span.from;
  for (const Node* node : named.nodes) {
    const Millis removed = node->removed.is_set() ? dates.at(node->removed) : span.to;
    if (const auto part = cut({dates.at(node->added), removed}, span, cursor))
      past.existed.push_back(*part);
  }
  return past;
}

NodeNames node_names(const Past& past) {
  NodeNames names;
  names.reserve(past.nodes.size());
  for (const Node& node : past.nodes) names.emplace(node.number, &node);
  return names;
}

}  // namespace siaga
