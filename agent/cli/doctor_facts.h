// From the command line to the facts that the doctor's checks judge: loads the configuration, asks
// everybody at once, and waits no longer than agent/core/limits.h says.
#pragma once

#include "agent/cli/commands.h"
#include "agent/doctor/facts.h"

namespace siaga {

struct GatheredFacts {
  Facts facts;
  bool is_thread_left = false;  // a disk holds it up
};
GatheredFacts gather_facts(const CommonOptions& common, const DoctorOptions& options);

}  // namespace siaga
