// What the judges of mains and links have in common: what they say to the engine.
#pragma once

#include <optional>
#include <string>

#include "agent/core/reason.h"
#include "agent/core/time.h"
#include "agent/engine/engine.h"

namespace siaga {

// Confirmed already, as Engine::judge takes it.
struct Ruling {
  State state = State::pending;   // pending until there was any evidence; then up, down, unknown
  BootTime since{};               // the first evidence of this state; may lie back
  std::optional<BootTime> after;  // the last evidence of the state before; none: not known
  std::optional<BootTime> by;     // the end of the run that brought the first; none: `since`
  bool is_degraded = false;       // up, and losing much of what goes through it
  Reason reason = Reason::none;   // of down
  std::string evidence;           // one sentence with all sides: "ups apc: on battery (OB DISCHRG)"

  bool operator==(const Ruling&) const = default;
};

inline Judgement judgement_of(const Ruling& ruling) {
  return {.state = ruling.state,
          .since = ruling.since,
          .after = ruling.after,
          .by = ruling.by,
          .is_degraded = ruling.is_degraded,
          .reason = ruling.reason,
          .evidence = ruling.evidence};
}

}  // namespace siaga
