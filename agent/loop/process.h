// A child process with bounded output.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/result.h"
#include "agent/loop/loop.h"

namespace siaga {

struct ProcessOptions {
  std::vector<std::string> arguments;    // arguments[0] is the program's path
  std::vector<std::string> environment;  // "KEY=value"; nothing is inherited
  std::size_t output_limit_bytes =
      64U << 10U;  // of stdout and stderr each; more is read and thrown away
};

struct ProcessResult {
  int exit_status = 0;  // when signal is 0
  int signal = 0;       // that ended it
  std::string output;   // stdout
  std::string errors;   // stderr
  bool output_cut = false;
};

// Destroying it kills the child's process group (SIGKILL) and reaps it.
class Process {
 public:
  using Finished = std::move_only_function<void(Result<ProcessResult>)>;

  // `finished` comes once the child has ended and its pipes are at their end. A program that cannot
  // be started is an Error through `finished`, on a later turn.
  static std::unique_ptr<Process> start(Loop& loop, ProcessOptions options, Finished finished);
  virtual ~Process() = default;
};

}  // namespace siaga
