#include "agent/maintenance_desk.h"

#include <algorithm>

#include "agent/core/limits.h"

namespace siaga {

void MaintenanceDesk::configure(const std::vector<MaintenanceConfig>& configured, Zone zone) {
  configured_ = configured;
  zone_ = std::move(zone);
  rebuild();
}

void MaintenanceDesk::declare(Window window) {
  declared_.push_back(std::move(window));
  rebuild();
}

std::optional<Window> MaintenanceDesk::cancel(std::uint64_t id, WallTime now) {
  const auto found = std::ranges::find(declared_, id, &Window::id);
  if (found == declared_.end() || found->is_cancelled || found->until <= now) return std::nullopt;
  found->is_cancelled = true;
  found->until = std::max(found->from, now);
  Window cancelled = *found;
  rebuild();
  return cancelled;
}

void MaintenanceDesk::rebuild() {
  std::vector<WeeklyWindow> weekly;
  std::vector<Window> windows = declared_;
  for (const MaintenanceConfig& one : configured_) {
    if (one.weekly) {
      weekly.push_back({.name = one.name, .targets = one.targets, .times = *one.weekly});
    } else {
      Window window;
      window.targets = one.targets;
      window.from = zone_.instant(one.from);
      window.until = zone_.instant(one.until);
      window.note = one.name;
      windows.push_back(std::move(window));
    }
  }
  calendar_.emplace(std::move(weekly), std::move(windows), zone_);
  look_again();
}

bool MaintenanceDesk::is_due(WallTime now) const { return now >= next_look_; }

MaintenanceDesk::Answer MaintenanceDesk::of(std::string_view target, WallTime now) {
  const WallTime soon = now + limits::maintenance_look;
  if (next_change_ == WallTime{}) next_change_ = soon;
  Answer answer;
  for (const Span& span : calendar_->spans(target, now - limits::maintenance_look, soon)) {
    if (span.from > now) {
      next_change_ = std::min(next_change_, span.from);
    } else if (span.until > now) {
      next_change_ = std::min(next_change_, span.until);
      answer = {.is_on = true, .since = span.from};
    } else {
      answer.since = span.until;
    }
  }
  return answer;
}

bool MaintenanceDesk::names(std::string_view node) const {
  const auto is_named = [node](const auto& window) {
    return std::ranges::find(window.targets, node) != window.targets.end();
  };
  return std::ranges::any_of(declared_, is_named) || std::ranges::any_of(configured_, is_named);
}

void MaintenanceDesk::looked(WallTime now) {
  next_look_ = next_change_ == WallTime{} ? now + limits::maintenance_look : next_change_;
  next_change_ = {};
  // What is over is the journal's business.
  std::erase_if(declared_, [now](const Window& window) {
    return window.until + limits::maintenance_look < now;
  });
}

}  // namespace siaga
