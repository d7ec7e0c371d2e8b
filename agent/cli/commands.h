// What each command takes; one file per command implements it. A command returns an ExitCode.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/cli/cli.h"
#include "agent/cli/command_tree.h"
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

struct ReloadOptions {
  std::string state_dir;  // empty: the configuration's
};
int reload_agent(const CommonOptions& common, const ReloadOptions& options);

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

// Of the commands that read the journal: dates as typed (agent/report/dates.h), and where it is.
struct PastOptions {
  std::string since, until;
  std::string state_dir;  // empty: the configuration's
};

struct OutagesOptions {
  PastOptions past;
  std::vector<std::string> targets, causes;  // empty: all
  bool is_open = false;                      // only what is still down
  bool as_json = false;
};
int show_outages(const CommonOptions& common, const OutagesOptions& options);

struct ReportOptions {
  PastOptions past;
  std::string month;   // "2026-11"
  std::string format;  // text, json, csv, html
};
int show_report(const CommonOptions& common, const ReportOptions& options);

struct MaintenanceOptions {
  std::string state_dir;
  std::vector<std::string> targets;
  bool is_for_all = false;
  std::string from, until, length, note;
  std::uint64_t id = 0;
  bool as_json = false;
};
int add_maintenance(const CommonOptions& common, const MaintenanceOptions& options);
int list_maintenance(const CommonOptions& common, const MaintenanceOptions& options);
int cancel_maintenance(const CommonOptions& common, const MaintenanceOptions& options);

struct JournalCommandOptions {
  PastOptions past;
  std::string format;       // openmetrics, json
  std::string output_path;  // empty: stdout
  std::string step;         // "4m"
};
int export_journal(const CommonOptions& common, const JournalCommandOptions& options);
int check_journal_file(const CommonOptions& common, const JournalCommandOptions& options);

int show_configuration(const CommonOptions& common);
int show_schema(const CommonOptions& common);

struct DoctorOptions {
  bool as_json = false;
  std::string state_dir;  // empty: the configuration's
};
int examine_host(const CommonOptions& common, const DoctorOptions& options);

// What is not given is asked for on a terminal; each given value counts as an answer.
struct InitOptions {
  std::optional<std::string> office_id, office_name, timezone;
  std::vector<std::string> websites, upses;  // "none" alone: none
  std::string output_path;                   // empty: the default path; "-": stdout
  bool accepts_all = false;                  // what is found, without questions
  bool replaces = false;                     // a file that somebody has changed; a backup stays
};
int write_first_config(const CommonOptions& common, const InitOptions& options);

int show_version(const CommonOptions& common);

struct ManualOptions {
  std::string page;  // siaga, siaga.toml
};
int show_manual(const CommonOptions& common, const ManualOptions& options, const Command& siaga);

struct CompletionOptions {
  std::string shell;  // bash, zsh, fish
};
int show_completion(const CommonOptions& common, const CompletionOptions& options,
                    const Command& siaga);

}  // namespace siaga
