// The command line as plain data, read once from the parser that answers for it. The manual page
// and the completions are made of it, so that commands and options are listed nowhere a second
// time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace siaga {

struct CommandOption {
  std::vector<std::string> names;  // "-f", "--format"; of an argument: its one name
  std::string help;
  std::string value;                 // "FORMAT"; empty: a flag
  std::vector<std::string> choices;  // empty: not from a list
  bool is_required = false;
  bool is_list = false;
};

struct Command {
  std::string name, help, footer;
  std::vector<CommandOption> options;
  std::vector<CommandOption> arguments;
  std::vector<Command> parts;
};

// What follows the command's own name: "[OPTION...] COMMAND", "[-f FORMAT] [-o FILE]".
std::string usage_of(const Command& command);

// A line of a footer that shows a command: two spaces, the command, two or more, what it does.
struct CommandExample {
  std::string command, what;
};
std::vector<CommandExample> examples_of(const Command& command);

// "FORMAT:{text,json}" as the parser writes it, to value and choices.
void read_type(CommandOption& option, std::string_view type);

// Of a CLI::App; a template, so that CLI11's headers, slow to compile, stay behind cli.cc.
template <typename App>
Command command_of(const App& app) {
  Command command{.name = app.get_name(),
                  .help = app.get_description(),
                  .footer = app.get_footer(),
                  .options = {},
                  .arguments = {},
                  .parts = {}};
  for (const auto* option : app.get_options()) {
    CommandOption read;
    read.help = option->get_description();
    read.is_required = option->get_required();
    read.is_list = option->get_items_expected_max() > 1;
    if (option->get_items_expected_max() > 0) read_type(read, option->get_type_name());
    if (option->get_positional()) {
      read.names = {option->get_name(true)};
      command.arguments.push_back(std::move(read));
      continue;
    }
    for (const std::string& name : option->get_snames()) read.names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) read.names.push_back("--" + name);
    command.options.push_back(std::move(read));
  }
  for (const App* part : app.get_subcommands({})) command.parts.push_back(command_of(*part));
  return command;
}

}  // namespace siaga
