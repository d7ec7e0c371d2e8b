// What a start reads of the journal, and the same as records again: to begin a new file with what
// could be read of one that broke while the agent ran.
#pragma once

#include <vector>

#include "agent/journal/database.h"
#include "agent/journal/store.h"
#include "agent/journal/words.h"

namespace siaga {

// Rows whose checksum is wrong make the database fail with damage.
Replay read_replay(Database& database, const Words& words);

std::vector<Record> records_of(const Replay& replay);

}  // namespace siaga
