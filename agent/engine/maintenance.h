// Which targets are under maintenance when: one-off windows and weekly ones in the office's zone.
// Pure; the zone's rules are the only thing it looks up.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/weekly.h"
#include "agent/core/zone.h"
#include "agent/engine/history.h"

namespace siaga {

struct WeeklyWindow {
  std::string name;
  std::vector<std::string> targets;  // empty: all
  WeeklyTimes times;

  bool operator==(const WeeklyWindow&) const = default;
};

// A span of dates in which a window holds.
struct Span {
  WallTime from{}, until{};
  bool operator==(const Span&) const = default;
};

class MaintenanceCalendar {
 public:
  MaintenanceCalendar(std::vector<WeeklyWindow> weekly, std::vector<Window> windows, Zone zone);

  // Spans that cover the target and overlap [since, until), merged and ascending. A weekly window
  // that daylight saving jumps over is short or absent; one whose hour comes twice lasts longer.
  std::vector<Span> spans(std::string_view target, WallTime since, WallTime until) const;

 private:
  std::vector<WeeklyWindow> weekly_;
  std::vector<Window> windows_;
  Zone zone_;
};

}  // namespace siaga
