// Who runs on this machine and who holds what open, from /proc. Reads only; what may not be read is
// left out, and that is said.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/core/address.h"
#include "agent/doctor/facts.h"

namespace siaga {

struct ProcessScan {
  std::map<std::uint64_t, std::vector<HolderFacts>> sockets;  // by inode, of those asked for
  std::vector<HolderFacts> file_holders;                      // of the file asked for
  std::set<std::string> names;                                // of all processes
  bool is_whole = true;  // every process let itself be looked at
};
// `file` may be empty or not there.
ProcessScan scan_processes(const std::set<std::uint64_t>& sockets, const std::string& file);

// Inodes of the sockets that listen where `endpoint` would: the same port, and the same address or
// any address on either side.
std::set<std::uint64_t> listeners_at(const Endpoint& endpoint);
// The same of the text of /proc/net/tcp or tcp6.
std::set<std::uint64_t> listeners_in(std::string_view text, const Endpoint& endpoint);

// Of one process; empty where it is gone or hidden.
struct AgentProcess {
  std::string user;
  std::optional<std::uint32_t> group;
  std::optional<bool> may_open_raw;  // CAP_NET_RAW is effective
  std::uint64_t descriptors = 0;     // soft limit; 0: not known
};
AgentProcess facts_of_process(int pid);
// The user's name, or its number where it has none.
std::string user_name(std::uint32_t user);

}  // namespace siaga
