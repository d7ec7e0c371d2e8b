// bash: the words before the cursor are followed down the tree; then its commands, options, or what
// an option's value can be. Needs nothing of the package bash-completion.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agent/cli/completion.h"

namespace siaga {
namespace {

// "$1" is the command's path, " journal export"; each row of the tables is one `case`.
constexpr std::string_view bash_script =
    R"siaga(# bash completion of siaga; made by `siaga completion bash`.

# The words that may follow a command.
_siaga_words() {{
  case $1 in
{words}  esac
}}

# What completes the value of an option: "file", "folder", "words ..." or "other"; nothing: a flag.
_siaga_value() {{
  case "$1 $2" in
{values}  esac
}}

# What completes a word that is no option.
_siaga_argument() {{
  case $1 in
{arguments}  esac
}}

_siaga() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} path='' value='' word index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=${{COMP_WORDS[index]}}
    if [[ $word = '=' ]]; then
      continue
    elif [[ -n $value ]]; then
      value=''
    elif [[ $word = -* ]]; then
      value=$(_siaga_value "$path" "$word")
    elif [[ -n $(_siaga_words "$path $word") ]]; then
      path+=" $word"
    fi
  done
  [[ $current = '=' ]] && current=''
  if [[ -z $value && $current != -* ]]; then value=$(_siaga_argument "$path"); fi
  case $value in
    file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
    folder)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      ;;
    words\ *) mapfile -t COMPREPLY < <(compgen -W "${{value#words }}" -- "$current") ;;
    other) COMPREPLY=() ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$(_siaga_words "$path")" -- "$current") ;;
  esac
}}

complete -F _siaga siaga
)siaga";

std::string bash_value_of(const CommandOption& option) {
  if (!option.choices.empty()) return fmt::format("words {}", fmt::join(option.choices, " "));
  switch (value_sort(option)) {
    case ValueSort::file: return "file";
    case ValueSort::folder: return "folder";
    case ValueSort::other: return "other";
  }
  return {};
}

struct Tables {
  std::string words, values, arguments;
};

// The root's options hold for every command: `every` has their words.
void add_words(Tables& tables, const Command& command, const std::string& path,
               const std::string& every) {
  std::string words;
  for (const Command& part : command.parts) words += part.name + " ";
  for (const CommandOption& option : command.options)
    words += fmt::format("{} ", fmt::join(option.names, " "));
  tables.words += fmt::format("    {}) echo {} ;;\n", shell_quoted(path),
                              shell_quoted(words + (path.empty() ? "" : every)));
}

void add_values(Tables& tables, const Command& command, const std::string& path) {
  const std::string pattern = path.empty() ? "*" : shell_quoted(path);
  for (const CommandOption& option : command.options) {
    if (option.value.empty()) continue;
    for (const std::string& name : option.names)
      tables.values += fmt::format("    {}' {}') echo {} ;;\n", pattern, name,
                                   shell_quoted(bash_value_of(option)));
  }
  if (!command.arguments.empty())
    tables.arguments += fmt::format("    {}) echo {} ;;\n", shell_quoted(path),
                                    shell_quoted(bash_value_of(command.arguments.front())));
}

void add(Tables& tables, const Command& command, const std::string& path,
         const std::string& every) {
  add_words(tables, command, path, every);
  for (const Command& part : command.parts) add(tables, part, path + " " + part.name, every);
  // After its parts: the root's pattern takes every path, so it has to come last.
  add_values(tables, command, path);
}

}  // namespace

std::string bash_completion(const Command& siaga) {
  std::string every;
  for (const CommandOption& option : siaga.options)
    if (option.names.back() != "--help") every += fmt::format("{} ", fmt::join(option.names, " "));
  Tables tables;
  add(tables, siaga, "", every);
  // A case of nothing is no syntax.
  if (tables.arguments.empty()) tables.arguments = "    *) ;;\n";
  return fmt::format(fmt::runtime(bash_script), fmt::arg("words", tables.words),
                     fmt::arg("values", tables.values), fmt::arg("arguments", tables.arguments));
}

}  // namespace siaga
