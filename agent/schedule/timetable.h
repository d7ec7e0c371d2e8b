// Who is due when: pure, it only knows the instants that it is told. Targets are spread over
// their interval by a stable hash of their name, with a little jitter; every target keeps its own
// grid, so a stall moves nobody and causes no burst: what was missed is skipped and counted.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <string_view>
#include <vector>

#include "agent/core/target.h"
#include "agent/core/time.h"

namespace siaga {

struct Due {
  TargetId id{};
  Instant planned{};
  std::uint64_t missed = 0;  // in take_missed: how many runs were given up
  bool is_second_look = false;
  bool operator==(const Due&) const = default;
};

class Timetable {
 public:
  explicit Timetable(Instant origin) : origin_(origin) {}

  // The first run comes within limits::first_round, the further ones on the target's grid.
  void add(TargetId id, std::string_view name, Duration interval, Instant now);
  void remove(TargetId id);
  // One extra run at `when`, if that is before the next one.
  void look_again(TargetId id, Instant when);

  // When to call take_due next; nothing when no target is there.
  std::optional<Instant> next();
  // All whose time has come. A run that would be more than limits::lateness_max (or half its
  // interval) late is given up: the target waits for its next grid point.
  std::vector<Due> take_due(Instant now);

  // What was given up since the last call.
  std::vector<Due> take_missed();

 private:
  struct Row {
    std::uint64_t hash = 0;
    Duration interval{};
    Instant due{};
    std::uint32_t generation = 0;
    bool is_present = false;
    bool is_second_look = false;
  };
  struct Alarm {
    Instant due;
    std::uint32_t index;
    std::uint32_t generation;
    // Latest last: std::priority_queue keeps the largest on top.
    bool operator<(const Alarm& other) const { return due > other.due; }
  };

  void set_due(std::uint32_t index, Instant due, bool is_second_look);
  Instant grid_point_after(const Row& row, Instant now) const;
  Instant rounded_to_tick(Instant instant) const;
  void drop_outdated();

  Instant origin_;
  std::vector<Row> rows_;
  std::priority_queue<Alarm> alarms_;
  std::vector<Due> missed_;
};

// FNV-1a, 64 bit: the same on every machine and in every version, so that a restart does not move
// anybody.
std::uint64_t stable_hash(std::string_view text);

}  // namespace siaga
