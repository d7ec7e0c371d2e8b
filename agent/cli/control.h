// Asking the running agent over its control socket, <state_dir>/control.sock: short HTTP exchanges,
// blocking, each with a deadline and a bounded answer. That nobody listens there is an answer too:
// the agent does not run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/core/result.h"

namespace siaga {

struct ControlAnswer {
  int status = 0;
  std::string body;
};

// Nothing when no agent runs. Error: one does, or may, but does not answer as it should.
Result<std::optional<ControlAnswer>> ask_agent(const std::string& state_dir,
                                               const std::string& method,
                                               const std::string& path_and_query);
std::string control_path(const std::string& state_dir);
// Whether the path is a socket; false for everything that cannot be looked at.
bool is_socket(const std::string& path);
// For a query: everything but letters, digits and "-._~" as %XX (RFC 3986, 2.3).
std::string percent_encoded(std::string_view text);

// How far the file can be believed to hold what the agent knows.
struct Freshness {
  bool is_agent_running = false;
  std::string trouble;  // why the newest minutes may not be in the file; empty: they are
};
// Waits until everything up to the ticket is on disk, for limits::control_durable at most.
Freshness wait_until_durable(const std::string& state_dir, std::uint64_t ticket);
// Asks the agent to write everything it knows to the journal, and waits for that.
Freshness flush_agent(const std::string& state_dir);

}  // namespace siaga
