#include "exporters/plan.h"

#include <algorithm>

#include "exporters/labels.h"

namespace siaga {
namespace {

std::array<std::string, 2> headers(std::string_view metric, MetricType type,
                                   std::string_view help) {
  return {family_header(metric, type, help, Format::text),
          family_header(metric, type, help, Format::openmetrics)};
}

bool is_target_family(std::string_view metric) {
  const auto is_it = [metric](const TargetFamily& family) { return family.row.metric == metric; };
  return std::ranges::any_of(target_families(), is_it) ||
         std::ranges::any_of(history_families(), is_it);
}

std::uint32_t size_of(const std::string& text) { return static_cast<std::uint32_t>(text.size()); }

std::string_view slice(const std::string& text, std::uint32_t begin, std::uint32_t end) {
  return std::string_view(text).substr(begin, end - begin);
}

}  // namespace

Plan::Plan(const OfficeLabels& office, const Snapshot& snapshot) {
  groups_.push_back({.key = nullptr, .has_smokeping = false, .targets = {}});
  for (const auto table : {target_families(), history_families()})
    for (const TargetFamily& family : table)
      families_.push_back({.metric = family.row.metric,
                           .headers = headers(family.row.metric, family.row.type, family.row.help),
                           .write = family.write,
                           .uses = {{.group = 0, .rows = {}}}});
  infos_.reserve(snapshot.targets.size());
  labels_.reserve(snapshot.targets.size());
  for (const auto& target : snapshot.targets) {
    infos_.push_back(target->info);
    add_target(office, *target->info);
  }
  arena_.shrink_to_fit();
}

void Plan::add_target(const OfficeLabels& office, const TargetInfo& info) {
  const auto position = static_cast<std::uint32_t>(labels_.size());
  groups_[0].targets.push_back(position);
  Group& group = group_of(info);
  group.targets.push_back(position);

  Labels& labels = labels_.emplace_back();
  std::string text;
  append_label(text, "office", office.id);
  append_label(text, "target", info.name);
  append_label(text, "kind", info.kind);
  labels.begin = size_of(arena_);
  labels.core_end = labels.begin + size_of(text);
  append_label(text, "instance", info.instance);
  labels.blackbox_end = labels.host_end = labels.source_end = labels.begin + size_of(text);
  if (group.has_smokeping) {
    append_label(text, "host", info.host);
    text += ",ip=\"";
    labels.host_end = labels.begin + size_of(text);
    text += "\",source=\"";
    append_escaped(text, info.source);
    text += "\",tos=\"0\"";
    labels.source_end = labels.begin + size_of(text);
  }
  arena_ += text;
}

Plan::Group& Plan::group_of(const TargetInfo& info) {
  for (std::size_t index = 1; index < groups_.size(); ++index)
    if (groups_[index].key == info.readings.data()) return groups_[index];
  const bool has_smokeping = std::ranges::any_of(info.readings, [](const ReadingDefinition& row) {
    return row.dialect == ReadingDialect::smokeping;
  });
  groups_.push_back({.key = info.readings.data(), .has_smokeping = has_smokeping, .targets = {}});
  add_readings(static_cast<std::uint32_t>(groups_.size() - 1), info.readings);
  return groups_.back();
}

void Plan::add_readings(std::uint32_t group, std::span<const ReadingDefinition> readings) {
  for (std::size_t index = 0; index < readings.size(); ++index) {
    const ReadingDefinition& reading = readings[index];
    // The families that every target has are not a kind's to repeat.
    if (is_target_family(reading.metric)) continue;
    auto family = std::ranges::find(families_, reading.metric, &Family::metric);
    if (family == families_.end()) {
      families_.push_back(
          {.metric = reading.metric,
           .headers = headers(reading.metric, metric_type(reading.type), reading.help),
           .uses = {}});
      family = std::prev(families_.end());
    }
    if (family->uses.empty() || family->uses.back().group != group)
      family->uses.push_back({.group = group, .rows = {}});
    family->uses.back().rows.push_back(
        {.id = static_cast<ReadingId>(index),
         .type = reading.type,
         .dialect = reading.dialect,
         .more = reading.label.empty() ? std::string() : "," + std::string(reading.label)});
  }
}

bool Plan::fits(const Snapshot& snapshot) const {
  return std::ranges::equal(
      snapshot.targets, infos_, {}, [](const auto& status) { return status->info.get(); },
      [](const auto& info) { return info.get(); });
}

TargetView Plan::view(const Snapshot& snapshot, std::uint32_t target, Scratch& scratch) const {
  const Labels& labels = labels_[target];
  return {.status = *snapshot.targets[target],
          .core = slice(arena_, labels.begin, labels.core_end),
          .blackbox = slice(arena_, labels.begin, labels.blackbox_end),
          .host = slice(arena_, labels.blackbox_end, labels.host_end),
          .source = slice(arena_, labels.host_end, labels.source_end),
          .scratch = scratch.text,
          .address_scratch = scratch.address,
          .buckets = scratch.buckets,
          .dating = snapshot.dating};
}

std::size_t Plan::size_bytes() const {
  std::size_t sum = arena_.capacity() + labels_.capacity() * sizeof(Labels) +
                    infos_.capacity() * sizeof(infos_[0]);
  for (const Group& group : groups_) sum += group.targets.capacity() * sizeof(std::uint32_t);
  return sum;
}

}  // namespace siaga
