// `siaga version`.
#include <fmt/format.h>

#include "agent/cli/commands.h"

namespace siaga {

int show_version(const CommonOptions&) {
  fmt::print("siaga {} ({} {})\n", SIAGA_VERSION, SIAGA_COMPILER, SIAGA_BUILD_TYPE);
  return exit_ok;
}

}  // namespace siaga
