// Which targets are under maintenance now: the configuration's windows and those that people
// declared, looked at when one begins or ends.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/config.h"
#include "agent/core/zone.h"
#include "agent/engine/maintenance.h"

namespace siaga {

class MaintenanceDesk {
 public:
  explicit MaintenanceDesk(Zone zone) : zone_(std::move(zone)) { rebuild(); }

  void configure(const std::vector<MaintenanceConfig>& configured, Zone zone);
  // Windows that were declared while the agent ran, this time or before.
  void declare(Window window);
  // The window as it is now, cut to `now`; none: there is no such window that is not over.
  std::optional<Window> cancel(std::uint64_t id, WallTime now);
  const std::vector<Window>& windows() const { return declared_; }

  // True when some target's answer may have changed since the last call that returned true.
  bool is_due(WallTime now) const;
  struct Answer {
    bool is_on = false;
    WallTime since{};  // when it began or ended
  };
  // Asked for every target when due, then `looked`.
  Answer of(std::string_view target, WallTime now);
  // Whether a window names it. One without names covers all targets, but no link and no mains.
  bool names(std::string_view node) const;
  void looked(WallTime now);
  void look_again() { next_look_ = {}; }  // the clock was set, or targets came

 private:
  void rebuild();

  Zone zone_;
  std::vector<MaintenanceConfig> configured_;
  std::vector<Window> declared_;
  std::optional<MaintenanceCalendar> calendar_;
  WallTime next_look_{}, next_change_{};
};

}  // namespace siaga
