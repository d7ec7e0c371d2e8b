// Moves a file that cannot be used out of the way, with what belongs to it. Never deletes one.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/result.h"
#include "agent/core/time.h"

namespace siaga {

// Whether there is something to set aside: the file, or what belongs to it ("-wal", "-shm").
bool is_anything_at(const std::string& path);

// "journal.db" becomes "journal.db.damaged-2026-11-21T08-00-00Z" in the same folder; a name that is
// taken gets "-2" and so on. The result is the new name; of a file that is missing, the name that
// it would have, and what belongs to it is moved.
Result<std::string> set_aside(const std::string& path, std::string_view why, WallTime now);
// Only the file: the WAL beside it is another one's, and would be played into it when it is opened.
Result<std::string> set_aside_alone(const std::string& path, std::string_view why, WallTime now);

}  // namespace siaga
