// Why the agent did not run, from what the last beat and the machine say. Pure.
// The facts are gathered by agent/clock/host; the rules in words: docs/clock-and-darkness.md.
#pragma once

#include <optional>

#include "agent/engine/history.h"
#include "agent/journal/beat.h"

namespace siaga {

// What this machine says about its latest start.
struct HostFacts {
  std::string boot_id;
  std::string panic;  // where a record of a kernel panic was found; empty: none

  bool operator==(const HostFacts&) const = default;
};

// `from` and `to` are filled with the given stamps; the length only within one boot. The id is the
// caller's business. `slack` is the beat's period and limits::beat_lateness, nothing after a clean
// stop.
//  same boot:  stop when the last beat says so, else crash
//  other boot: service stopped before: stop. Shut down in order: reboot, or power when the mains
//              was off. Neither: panic when there is a record of one, power when the mains was
//              off, else power_suspected
DarkInterval classify_dark(const Beat& last, const HostFacts& facts, Stamp from, Stamp to);

}  // namespace siaga
