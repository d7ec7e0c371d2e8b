// What a start reads of the journal, and the same as records again: to begin a new file with the
// present of one that was lost while the agent ran.
#pragma once

#include <vector>

#include "agent/journal/database.h"
#include "agent/journal/store.h"
#include "agent/journal/words.h"

namespace siaga {

// Rows whose checksum is wrong make the database fail with damage.
Replay read_replay(Database& database, const Words& words);

std::vector<Record> records_of(const Replay& replay);

// What records_of() leaves out: sums of dark intervals without rows, and highest numbers. For a
// file that has none; within a transaction.
void write_sums(Database& database, const Words& words, const Replay& replay);

// Of a node that was written without a state: as if just added.
NodeState first_state(const Node& node);
// Windows that end later than this are read. There is no clock to ask; when the date of the latest
// boot is not sure, rather one too many.
WallTime windows_from(const Dating& dating);

}  // namespace siaga
