// The arrow, once per turn of the loop: outcomes that were filed since the last turn are applied to
// the engine as one batch. Callbacks only file; nothing is judged inside them. The journal takes
// its place between applying and publishing.
#pragma once

#include <functional>
#include <vector>

#include "agent/core/outcome.h"
#include "agent/core/target.h"
#include "agent/engine/engine.h"

namespace siaga {

class Pipeline {
 public:
  struct Events {
    std::function<void(const Transition&, const TargetInfo&)> changed;
    std::function<void(TargetId)> wants_second_look;
  };

  Pipeline(Engine& engine, const Clock& clock, Events events)
      : engine_(engine), clock_(clock), events_(std::move(events)) {}

  void file(TargetId target, Outcome outcome);
  // Forgets what was filed for a target that is being removed.
  void forget(TargetId target);
  // Applies what was filed. Once per turn.
  void run();

 private:
  struct Filed {
    TargetId target;
    Outcome outcome;
  };

  Engine& engine_;
  const Clock& clock_;
  Events events_;
  std::vector<Filed> filed_;
};

}  // namespace siaga
