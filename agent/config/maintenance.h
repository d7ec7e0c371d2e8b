// The [[maintenance]] tables to MaintenanceConfigs: a name, and either weekly times or a span.
// Which targets a window names is checked with the targets' own references.
#pragma once

#include <vector>

#include "agent/config/config.h"
#include "agent/config/findings.h"
#include "agent/config/tree.h"

namespace siaga {

// A window and where its targets were written, for complaints that come later.
struct MaintenanceDraft {
  MaintenanceConfig window;
  const Entry* targets = nullptr;
};

// In the file's order. Files complaints; a draft may then lack values. With `is_whole` false, what
// is missing may have been lost to a syntax error and is no fault.
std::vector<MaintenanceDraft> read_maintenance(const TomlNode& root, Findings& findings,
                                               bool is_whole);

}  // namespace siaga
