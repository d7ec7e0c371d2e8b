// zsh: one function per command, with _arguments.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agent/cli/completion.h"

namespace siaga {
namespace {

// Within [...] of a specification, and before a colon, these end the text.
std::string described(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

std::string action_of(const CommandOption& option) {
  if (!option.choices.empty()) return fmt::format("({})", fmt::join(option.choices, " "));
  switch (value_sort(option)) {
    case ValueSort::file: return "_files";
    case ValueSort::folder: return "_files -/";
    case ValueSort::other: return " ";
  }
  return {};
}

std::string zsh_value_of(const CommandOption& option) {
  if (option.value.empty()) return {};
  return fmt::format(":{}:{}", described(option.value), action_of(option));
}

// One specification for each name; each excludes the others unless it may be repeated.
std::string option_lines(const CommandOption& option) {
  std::string lines;
  for (const std::string& name : option.names) {
    const std::string others =
        option.is_list ? "*" : fmt::format("({})", fmt::join(option.names, " "));
    lines += fmt::format(
        " \\\n    {}", shell_quoted(fmt::format("{}{}[{}]{}", others, name, described(option.help),
                                                zsh_value_of(option))));
  }
  return lines;
}

std::string argument_line(const CommandOption& argument) {
  return fmt::format(" \\\n    {}", shell_quoted(fmt::format("{}{}", argument.is_list ? "*" : "",
                                                             zsh_value_of(argument))));
}

std::string function_of(const std::string& path) {
  std::string name = "_" + path;
  for (char& letter : name)
    if (letter == ' ' || letter == '-') letter = '_';
  return name;
}

std::string choose_part(const Command& command, const std::string& path) {
  std::string text = "  case $state in\n    command)\n      local -a commands\n      commands=(\n";
  for (const Command& part : command.parts)
    text += fmt::format("        {}\n",
                        shell_quoted(described(part.name) + ":" + described(part.help)));
  text +=
      "      )\n      _describe -t commands command commands\n      ;;\n"
      "    rest)\n      case $words[1] in\n";
  for (const Command& part : command.parts)
    text += fmt::format("        {}) {} ;;\n", part.name, function_of(path + " " + part.name));
  return text + "      esac\n      ;;\n  esac\n";
}

void add_function(std::string& script, const Command& command, const std::string& path,
                  const std::string& every) {
  for (const Command& part : command.parts)
    add_function(script, part, path + " " + part.name, every);
  std::string lines;
  for (const CommandOption& option : command.options) lines += option_lines(option);
  if (path.contains(' ')) lines += every;
  for (const CommandOption& argument : command.arguments) lines += argument_line(argument);
  if (!command.parts.empty()) lines += " \\\n    '1: :->command' \\\n    '*:: :->rest'";
  script += fmt::format(
      "\n{}() {{\n  local curcontext=$curcontext state state_descr line\n  typeset -A opt_args\n"
      "  _arguments -C -s -S{}\n{}}}\n",
      function_of(path), lines, command.parts.empty() ? std::string() : choose_part(command, path));
}

}  // namespace

std::string zsh_completion(const Command& siaga) {
  std::string every;
  for (const CommandOption& option : siaga.options)
    if (option.names.back() != "--help") every += option_lines(option);
  std::string script =
      "#compdef siaga\n# zsh completion of siaga; made by `siaga completion zsh`.\n";
  add_function(script, siaga, "siaga", every);
  return script + "\n_siaga \"$@\"\n";
}

}  // namespace siaga
