// Where the journal's files are.
#include "agent/journal/journal.h"

namespace siaga {

std::string journal_path(const std::string& state_dir) { return state_dir + "/journal.db"; }
std::string heartbeat_path(const std::string& state_dir) { return state_dir + "/heartbeat"; }

}  // namespace siaga
