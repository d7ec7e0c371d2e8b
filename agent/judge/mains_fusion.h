// Weighs what UPSes, adapters and canaries say of one mains against each other at one moment.
// Remembers nothing. The rules stand in docs/power.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/judge/canaries.h"
#include "agent/judge/mains_judge.h"

namespace siaga {

// A UPS's or an adapter's word.
struct PowerVoice {
  std::string name;  // "ups apc"
  Opinion opinion;
  BootTime counts_at{};  // what it says was true then, at least: readings lag behind the mains
};

struct PowerFinding {
  State state = State::pending;
  // It will be decided when somebody was asked again, or has not answered in time: what was ruled
  // before holds until then.
  bool is_undecided = false;
  bool is_contradiction = false;
  BootTime since{};
  std::optional<BootTime> after;
  std::string evidence;
};

PowerFinding weigh(const std::vector<PowerVoice>& voices, const Canaries& canaries,
                   Millis fresh_wait, BootTime now);

}  // namespace siaga
