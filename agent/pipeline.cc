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
  apply_filed();
  if (events_.judge) events_.judge();
  if (std::vector<Record> records = engine_.take_records(); !records.empty())
    events_.recorded(std::move(records));
}

void Pipeline::apply_filed() {
  if (filed_.empty()) return;
  const Instant now = clock_.now();
  const WallTime wall = clock_.wall_now();
  const BootTime boot = clock_.boot_now();
  std::vector<Filed> batch = std::exchange(filed_, {});
  for (Filed& filed : batch) {
    // Steady time says how long ago the run began; only then is it turned into a date.
    const Duration ago = now - filed.outcome.started;
    const RunTime began{.boot = boot - std::chrono::floor<Millis>(ago), .wall = wall - ago};
    if (events_.heard) events_.heard(filed.target, filed.outcome, began.boot);
    if (engine_.apply(filed.target, std::move(filed.outcome), began, boot))
      events_.wants_second_look(filed.target);
  }
  batch.clear();
  if (filed_.empty()) filed_ = std::move(batch);  // keeps the memory for the next turn
}

}  // namespace siaga
