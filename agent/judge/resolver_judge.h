// Does the resolver that this host asks answer at all? What it answers, be it a refusal, is about a
// name; when it answers nothing, no name can be looked up, and nobody can tell how those targets
// are. Pure.
#pragma once

#include "agent/judge/answers.h"
#include "agent/judge/link_evidence.h"
#include "agent/judge/ruling.h"

namespace siaga {

class ResolverJudge {
 public:
  explicit ResolverJudge(Millis interval) : interval_(interval) {}

  // A question to it. Answered: Verdict::ok.
  void hear(const AnchorRun& run);
  // Down with own_resolver after `confirm` unanswered questions in a row; unknown while nobody
  // could ask it. Pending until the first evidence.
  const Ruling& judge(BootTime now);

 private:
  static constexpr std::int64_t confirm = 2;
  static constexpr int stale_intervals = 3;

  Millis interval_;  // how often it is asked
  Answers answers_;
  std::optional<BootTime> heard_;  // when the last run ended that saw anything
  Ruling ruling_;
};

}  // namespace siaga
