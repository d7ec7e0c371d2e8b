// Moves a file that cannot be used out of the way, with what belongs to it. Never deletes one.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/result.h"
#include "agent/core/time.h"

namespace siaga {

// "journal.db" becomes "journal.db.damaged-2026-11-21T08-00-00Z" in the same folder; a name that is
// taken gets "-2" and so on. The result is the new name.
Result<std::string> set_aside(const std::string& path, std::string_view why, WallTime now);

}  // namespace siaga
