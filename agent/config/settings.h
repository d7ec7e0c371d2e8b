// The tables that are there once - [office], [agent], [web], [journal], [defaults] - to their
// structs, with the checks that an option's type cannot make.
#pragma once

#include "agent/config/config.h"
#include "agent/config/findings.h"
#include "agent/config/tree.h"

namespace siaga {

// What [defaults] says for targets, and where: inherited values must fit too.
struct TargetDefaults {
  Duration interval{}, timeout{}, retry_interval{};
  std::int64_t confirm = 0, recover = 0;
  bool is_timeout_set = false, is_retry_interval_set = false;  // by the file, not built in
};

struct Settings {
  OfficeConfig office;
  AgentConfig agent;
  WebConfig web;
  JournalConfig journal;
  DefaultsConfig defaults;
  TargetDefaults target_defaults;
};
Settings read_settings(const TomlNode& root, Findings& findings);

}  // namespace siaga
