#include "agent/pipeline.h"

#include <utility>

namespace siaga {

void Pipeline::file(TargetId target, Outcome outcome) {
  filed_.push_back({.target = target, .outcome = std::move(outcome)});
}

void Pipeline::forget(TargetId target) {
  std::erase_if(filed_, [target](const Filed& filed) { return filed.target == target; });
}

void Pipeline::run() {
  if (filed_.empty()) return;
  const Instant now = clock_.now();
  const WallTime wall = clock_.wall_now();
  std::vector<Filed> batch = std::exchange(filed_, {});
  for (Filed& filed : batch) {
    // Steady time says how long ago the run began; only then is it turned into a date.
    const WallTime began = wall - (now - filed.outcome.started);
    const Applied applied = engine_.apply(filed.target, std::move(filed.outcome), began);
    if (applied.transition)
      events_.changed(*applied.transition, *engine_.status(filed.target).info);
    if (applied.wants_second_look) events_.wants_second_look(filed.target);
  }
  batch.clear();
  if (filed_.empty()) filed_ = std::move(batch);  // keeps the memory for the next turn
}

}  // namespace siaga
