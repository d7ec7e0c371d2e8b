// The [[kind]] tables to TargetConfigs: common keys, the kind's own keys, names, labels, and what
// the kind checks itself. What a target says about others is references.h.
#pragma once

#include <vector>

#include "agent/config/config.h"
#include "agent/config/findings.h"
#include "agent/config/maintenance.h"
#include "agent/config/settings.h"
#include "agent/config/tree.h"

namespace siaga {

// A target and where its parts were written, for complaints that come later.
struct TargetDraft {
  TargetConfig target;
  Place place;
  const Entry* needs = nullptr;
  const Entry* via = nullptr;
  // Names of others that are no edges of the graph: a mains's canaries, a link's uplinks.
  struct Mention {
    const Entry* entry;
    std::string_view kind;  // they must be of; "*": any
  };
  std::vector<Mention> mentions;
};

// In the file's order. Files complaints; a draft may then lack values.
std::vector<TargetDraft> read_targets(const TomlNode& root, const TargetDefaults& defaults,
                                      Findings& findings, bool is_whole);

// Unknown names in needs, via and the windows' targets, targets that name themselves, circles.
void check_references(const std::vector<TargetDraft>& drafts,
                      const std::vector<MaintenanceDraft>& windows, Findings& findings,
                      bool is_whole);

}  // namespace siaga
