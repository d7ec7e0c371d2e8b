// What each command takes; one file per command implements it. A command returns an ExitCode.
#pragma once

#include <string>

#include "agent/cli/cli.h"
#include "agent/cli/terminal.h"
#include "agent/core/language.h"

namespace siaga {

// Common to all commands.
struct CommonOptions {
  std::string
      config_path;  // empty: /etc/siaga/siaga.toml if it is there, else the embedded default
  Language language = Language::english;
  Terminal terminal;
};

struct RunOptions {
  bool is_verbose = false;
};
int run_agent(const CommonOptions& common, const RunOptions& options);

struct CheckOptions {
  bool as_json = false;
  bool is_quiet = false;
};
int check_configuration(const CommonOptions& common, const CheckOptions& options);

struct ProbeOptions {
  std::string
      what;  // a target's name, or an address to probe: https://, tcp://, tls://, dns://, ping://
  int repeat = 1;
  bool explain = false;
  bool as_json = false;
};
int probe_once(const CommonOptions& common, const ProbeOptions& options);

struct StatusOptions {
  bool as_json = false;
  bool watch = false;
  std::string address;  // of the agent; empty: the first of [web] listen
  int rounds = 0;       // of --watch; 0: until interrupted
};
int show_status(const CommonOptions& common, const StatusOptions& options);

int show_configuration(const CommonOptions& common);
int show_schema(const CommonOptions& common);

int show_version(const CommonOptions& common);

}  // namespace siaga
