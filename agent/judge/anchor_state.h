// One anchor of a link: does it answer, did it fail often enough, or does nobody know?
#pragma once

#include <optional>

#include "agent/judge/answers.h"
#include "agent/judge/link_evidence.h"

namespace siaga {

enum class AnchorWord : std::uint8_t {
  up,       // answers, or its failure is not confirmed
  lost,     // failed often enough
  waiting,  // will be known soon: not asked yet, or failed and never answered before
  unknown   // the agent could not see for too long
};

// For so many intervals what an anchor said stands; with nothing said since, nobody knows.
inline constexpr int anchor_stale_intervals = 3;

struct AnchorState {
  Answers answers;
  BootTime asked_since{};                 // runs from before speak of another way out
  std::optional<BootTime> waiting_since;  // for the first run since; not set: for ever
  std::optional<BootTime> told;           // when the last run began that saw anything
  std::optional<BootTime> blind;          // since when runs see nothing

  // After a silence that is too long, another row begins.
  void take(const AnchorRun& run, const LinkRules& rules);
  // Another way out: all is to be asked again.
  void start_over(BootTime at);
  AnchorWord word(const LinkRules& rules, BootTime now) const;
  // From when on nobody knows how it is, if nothing is heard of it any more.
  BootTime known_until(BootTime now) const;
};

}  // namespace siaga
