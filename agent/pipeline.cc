#include "agent/pipeline.h"

#include <algorithm>
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

// So long before the run began.
Millis Pipeline::name_age(TargetId target, Instant began) const {
  const std::optional<Instant> named = events_.named ? events_.named(target) : std::nullopt;
  return named && *named < began ? std::chrono::ceil<Millis>(began - *named) : Millis::zero();
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
    const Duration since_end = std::max(ago - filed.outcome.duration, Duration::zero());
    const RunTime run{.boot = boot - std::chrono::floor<Millis>(ago),
                      .wall = wall - ago,
                      .ended = boot - std::chrono::floor<Millis>(since_end),
                      .name_age = name_age(filed.target, filed.outcome.started)};
    if (events_.heard) events_.heard(filed.target, filed.outcome, run);
    if (engine_.apply(filed.target, std::move(filed.outcome), run, boot))
      events_.wants_second_look(filed.target);
  }
  batch.clear();
  if (filed_.empty()) filed_ = std::move(batch);  // keeps the memory for the next turn
}

}  // namespace siaga
