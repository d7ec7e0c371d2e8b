// The status of a running agent as a table. Pure: JSON in, text out.
#pragma once

#include <string>
#include <string_view>

#include "agent/cli/commands.h"
#include "agent/core/result.h"

namespace siaga {

// `status` is the agent's /api/v1/status. Error: it is not that.
Result<std::string> status_table(std::string_view status, const CommonOptions& common);

}  // namespace siaga
