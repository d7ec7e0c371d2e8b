// The command line: one file per command beside this one. The only door to CLI11 is cli.cc.
#pragma once

namespace siaga {

// Exit codes of every command; documented in `siaga --help`.
enum ExitCode : int {
  exit_ok = 0,
  exit_errors = 1,  // the thing asked about is not right: a bad configuration, a failing probe
  exit_usage = 2,   // the command line is wrong; `run`: the configuration is invalid
  exit_agent = 3,   // the agent's own trouble: nothing answers, no permission
};

int run_command_line(int argc, char** argv);

}  // namespace siaga
