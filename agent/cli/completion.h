// Completions for three shells, each a script that is made of the tree of commands and contains all
// it needs: the shells do not run siaga to complete, which would cost the terminal a start each
// time.
#pragma once

#include <string>

#include "agent/cli/command_tree.h"

namespace siaga {

std::string bash_completion(const Command& siaga);
std::string zsh_completion(const Command& siaga);
std::string fish_completion(const Command& siaga);

// 'text' as one word of a shell that knows only '\'' inside single quotes (bash, zsh).
std::string shell_quoted(std::string_view text);
// A file, a folder, or something that nobody can list; by the word that stands for the value.
enum class ValueSort { file, folder, other };
ValueSort value_sort(const CommandOption& option);

}  // namespace siaga
