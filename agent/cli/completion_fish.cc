// fish: one `complete` line per command and option, under the condition that the words typed so far
// name its command.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agent/cli/completion.h"

namespace siaga {
namespace {

constexpr std::string_view fish_opening =
    R"(# fish completion of siaga; made by `siaga completion fish`.

# Whether the words before the cursor name this command: `__siaga_at journal export`.
function __siaga_at
    set -l at
    set -l is_value 0
    for word in (commandline -opc)[2..-1]
        if test $is_value = 1
            set is_value 0
        else if contains -- $word {with_value}
            set is_value 1
        else if contains -- (string join ' ' -- $at $word) {paths}
            set -a at $word
        end
    end
    test "$at" = "$argv"
end

complete -c siaga -f
)";

std::string fish_quoted(std::string_view text) {
  std::string escaped = "'";
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') escaped += '\\';
    escaped += letter;
  }
  return escaped + "'";
}

std::string values(const CommandOption& option) {
  if (!option.choices.empty())
    return " -a " + fish_quoted(fmt::format("{}", fmt::join(option.choices, " ")));
  switch (value_sort(option)) {
    case ValueSort::file: return " -F";
    case ValueSort::folder: return " -a '(__fish_complete_directories)'";
    case ValueSort::other: return "";
  }
  return {};
}

std::string option_line(const CommandOption& option, const std::string& condition) {
  std::string line = "complete -c siaga" + condition;
  for (const std::string& name : option.names)
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.value.empty()) line += " -r" + values(option);
  return line + " -d " + fish_quoted(option.help) + "\n";
}

struct Script {
  std::string lines;
  std::vector<std::string> paths, with_value;
};

void add(Script& script, const Command& command, const std::string& path) {
  const std::string condition =
      " -n " + fish_quoted("__siaga_at" + (path.empty() ? "" : " " + path));
  for (const Command& part : command.parts)
    script.lines += fmt::format("complete -c siaga{} -a {} -d {}\n", condition, part.name,
                                fish_quoted(part.help));
  for (const CommandOption& argument : command.arguments) {
    const std::string completed = values(argument);
    if (!completed.empty()) script.lines += "complete -c siaga" + condition + completed + "\n";
  }
  for (const CommandOption& option : command.options) {
    // The root's hold everywhere, as does --help.
    const bool is_common = option.names.back() == "--help";
    if (!path.empty() && is_common) continue;
    script.lines += option_line(option, path.empty() ? "" : condition);
    if (!option.value.empty())
      script.with_value.insert(script.with_value.end(), option.names.begin(), option.names.end());
  }
  for (const Command& part : command.parts) {
    const std::string below = path.empty() ? part.name : path + " " + part.name;
    script.paths.push_back(fish_quoted(below));
    add(script, part, below);
  }
}

}  // namespace

std::string fish_completion(const Command& siaga) {
  Script script;
  add(script, siaga, "");
  std::string text(fish_opening);
  const auto fill = [&text](std::string_view place, const std::vector<std::string>& words) {
    text.replace(text.find(place), place.size(), fmt::format("{}", fmt::join(words, " ")));
  };
  fill("{with_value}", script.with_value);
  fill("{paths}", script.paths);
  return text + script.lines;
}

}  // namespace siaga
