// `siaga completion`, and what the scripts share.
#include "agent/cli/completion.h"

#include <fmt/format.h>

#include "agent/cli/commands.h"

namespace siaga {

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'') quoted += "'\\''";
    else quoted += letter;
  }
  return quoted + "'";
}

ValueSort value_sort(const CommandOption& option) {
  if (option.value == "FILE") return ValueSort::file;
  return option.value == "DIR" ? ValueSort::folder : ValueSort::other;
}

int show_completion(const CommonOptions&, const CompletionOptions& options, const Command& siaga) {
  fmt::print("{}", options.shell == "bash"  ? bash_completion(siaga)
                   : options.shell == "zsh" ? zsh_completion(siaga)
                                            : fish_completion(siaga));
  return exit_ok;
}

}  // namespace siaga
