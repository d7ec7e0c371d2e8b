// Starts probes when they are due, within the caps, and hands their outcomes on. A target never
// overlaps itself. Judges nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/outcome.h"
#include "agent/core/target.h"
#include "agent/loop/timer.h"
#include "agent/schedule/flight.h"
#include "agent/schedule/timetable.h"
#include "probes/probe.h"

namespace siaga {

struct ScheduledTarget {
  std::shared_ptr<const Probe> probe;
  std::string name, kind;
  Duration interval{}, timeout{}, retry_interval{};
};

struct FlightCaps {
  std::size_t in_all = 0;
  std::size_t per_kind = 0;
  bool operator==(const FlightCaps&) const = default;
};

// The caps that fit this process's descriptors: at least 1 flight, at most what the limit leaves.
FlightCaps within_descriptors(FlightCaps wanted, std::size_t descriptors);

enum class SkipReason : std::uint8_t { overlap, capacity, stall };
std::string_view name(SkipReason reason);
inline constexpr std::size_t skip_reason_count = 3;

class Scheduler {
 public:
  // All are called on the loop's thread; none may destroy the Scheduler.
  struct Events {
    std::function<void(TargetId, Outcome)> settled;
    std::function<void(std::string_view kind)> late;
    std::function<void(std::string_view kind, SkipReason, std::uint64_t count)> skipped;
    std::function<void(Duration)> lag;  // how late the loop came to a planned wake-up
  };

  Scheduler(Network& network, FlightCaps caps, Events events);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  void add(TargetId id, ScheduledTarget target);
  // Its run under way is cancelled, without an outcome.
  void remove(TargetId id);
  // A target that rests is not probed until it is told to go on; its run under way is cancelled.
  void rest(TargetId id, bool is_resting);
  // One more run after the target's retry_interval, if that is before its next turn.
  void look_again(TargetId id);
  // One more run now, if there is not one sooner; a run under way is enough.
  void look_now(TargetId id);
  void set_caps(FlightCaps caps) { caps_ = caps; }
  // Cancels all runs under way; they come again at their next turn.
  void cancel_flights();

  // To be called once per turn of the loop: settled flights are destroyed here, not inside their
  // own callbacks, and waiting targets take their places.
  void reap();

  std::size_t in_flight() const { return in_flight_; }

 private:
  struct Row {
    ScheduledTarget target;
    std::unique_ptr<Flight> flight;
    Instant planned{};
    bool is_present = false;
    bool is_waiting = false;
    bool is_settled = false;
    bool is_resting = false;
  };
  void stop(TargetId id, Row& row);
  struct Line {  // of one kind
    std::size_t in_flight = 0;
    std::deque<TargetId> waiting;
  };

  void wake();
  void arm();
  void report_missed();
  void start_or_wait(const Due& due);
  bool has_room(const Line& line) const;
  void start(TargetId id, Row& row);
  void settle(TargetId id, Outcome outcome);
  void land(Row& row);
  void start_waiting();

  Network& network_;
  FlightCaps caps_;
  Events events_;
  Timetable timetable_;
  std::vector<Row> rows_;
  std::map<std::string, Line, std::less<>> lines_;
  std::vector<TargetId> settled_;
  std::size_t in_flight_ = 0;
  std::size_t waiting_ = 0;
  Instant planned_wake_{};
  Timer timer_;
};

}  // namespace siaga
