#include "agent/cli/command_tree.h"

namespace siaga {
namespace {

bool is_help(const CommandOption& option) { return option.names.back() == "--help"; }

std::string usage_of_option(const CommandOption& option) {
  std::string text = option.names.front();
  if (!option.value.empty()) text += " " + option.value;
  if (option.is_list) text += "...";
  return option.is_required ? text : "[" + text + "]";
}

std::string usage_of_argument(const CommandOption& argument) {
  const std::string text = argument.value + (argument.is_list ? "..." : "");
  return argument.is_required ? text : "[" + text + "]";
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == text.npos ? std::string_view{} : text.substr(begin);
}

}  // namespace

std::string usage_of(const Command& command) {
  std::string usage;
  for (const CommandOption& option : command.options)
    if (!is_help(option)) usage += " " + usage_of_option(option);
  for (const CommandOption& argument : command.arguments)
    usage += " " + usage_of_argument(argument);
  if (!command.parts.empty()) usage += " COMMAND ...";
  return usage.empty() ? usage : usage.substr(1);
}

std::vector<CommandExample> examples_of(const Command& command) {
  std::vector<CommandExample> examples;
  std::string_view rest = command.footer;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() == rest.size() ? line.size() : line.size() + 1);
    if (!line.starts_with("  " + command.name + " ")) continue;
    const std::string_view shown = trimmed(line);
    const auto gap = shown.find("  ");
    if (gap == shown.npos) continue;
    examples.push_back({.command = std::string(shown.substr(0, gap)),
                        .what = std::string(trimmed(shown.substr(gap)))});
  }
  return examples;
}

void read_type(CommandOption& option, std::string_view type) {
  option.value = type.substr(0, type.find(':'));
  const auto open = type.find(":{");
  if (open == type.npos) return;
  std::string_view list = type.substr(open + 2, type.find('}', open) - open - 2);
  while (!list.empty()) {
    const std::string_view choice = list.substr(0, list.find(','));
    option.choices.emplace_back(choice);
    list.remove_prefix(choice.size() == list.size() ? choice.size() : choice.size() + 1);
  }
}

}  // namespace siaga
