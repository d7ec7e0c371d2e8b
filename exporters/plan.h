// What the expositions of one set of targets have in common: label text rendered once per target in
// one contiguous arena, and the order of families, each with the targets that have it. Immutable
// and shared by the scrapes under way; made anew only when the configured targets change.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "exporters/families.h"

namespace siaga {

class Plan {
 public:
  struct Use {
    std::uint32_t group;           // of targets
    std::vector<ReadingRow> rows;  // empty for a target family
  };
  struct Family {
    std::string_view metric;
    std::array<std::string, 2> headers;             // by Format
    decltype(TargetFamily::write) write = nullptr;  // of a target family
    std::vector<Use> uses;
  };

  Plan(const OfficeLabels& office, const Snapshot& snapshot);

  // True when the snapshot has exactly the targets that this was made for.
  bool fits(const Snapshot& snapshot) const;

  std::span<const Family> families() const { return families_; }
  // Positions in the snapshot, ascending.
  std::span<const std::uint32_t> targets(std::uint32_t group) const {
    return groups_[group].targets;
  }
  // What a view borrows from its exposition.
  struct Scratch {
    std::string text, address;
    BucketTails buckets;
  };
  TargetView view(const Snapshot& snapshot, std::uint32_t target, Scratch& scratch) const;
  std::size_t size_bytes() const;

 private:
  // Four neighbouring texts in the arena.
  struct Labels {
    std::uint32_t begin, core_end, blackbox_end, host_end, source_end;
  };
  struct Group {
    const ReadingDefinition* key;  // which table
    bool has_smokeping;
    std::vector<std::uint32_t> targets;
  };

  void add_target(const OfficeLabels& office, const TargetInfo& info);
  Group& group_of(const TargetInfo& info);
  void add_readings(std::uint32_t group, std::span<const ReadingDefinition> readings);

  std::vector<std::shared_ptr<const TargetInfo>> infos_;  // keeps what fits() compares alive
  std::vector<Labels> labels_;
  std::string arena_;
  std::vector<Group> groups_;  // the first holds all targets
  std::vector<Family> families_;
};

}  // namespace siaga
