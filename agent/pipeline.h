// The arrow, once per turn of the loop: outcomes that were filed since the last turn are applied to
// the engine as one batch, and what they changed goes to the journal as one. Callbacks only file;
// nothing is judged inside them.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "agent/core/outcome.h"
#include "agent/core/target.h"
#include "agent/engine/engine.h"

namespace siaga {

class Pipeline {
 public:
  struct Events {
    std::function<void(std::vector<Record>)> recorded;  // what a turn changed; never empty
    std::function<void(TargetId)> wants_second_look;
    // Each outcome, before it is applied: it is evidence for others, too. Optional, as is the next.
    std::function<void(TargetId, const Outcome&, const RunTime&)> heard = {};
    // When the answer for the target's name was had; nothing: it has none that was asked for.
    std::function<std::optional<Instant>(TargetId)> named = {};
    // Once everything of a turn was applied, and before what changed is handed over.
    std::function<void()> judge = {};
  };

  Pipeline(Engine& engine, const Clock& clock, Events events)
      : engine_(engine), clock_(clock), events_(std::move(events)) {}

  void file(TargetId target, Outcome outcome);
  // Forgets what was filed for a target that is being removed.
  void forget(TargetId target);
  // Applies what was filed and hands over what changed, also by others than outcomes. Once per
  // turn.
  void run();

 private:
  struct Filed {
    TargetId target;
    Outcome outcome;
  };
  void apply_filed();
  Millis name_age(TargetId target, Instant began) const;

  Engine& engine_;
  const Clock& clock_;
  Events events_;
  std::vector<Filed> filed_;
};

}  // namespace siaga
