// From the command line's options to the past: which journal, whose zone, and everything the
// running agent knows written to it first. Says on stderr what is wrong, in the user's language.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "agent/cli/commands.h"
#include "agent/config/config.h"
#include "agent/core/limits.h"
#include "agent/engine/maintenance.h"
#include "agent/journal/past.h"

namespace siaga {

inline constexpr Text did_you_mean{"; did you mean '{}'?", "; maksud Anda '{}'?"};

struct JournalPlace {
  std::string state_dir;
  Zone zone = Zone::utc();
  std::optional<Config> config;  // none: it does not load, but --state-dir said where to look

  std::string office_id() const { return config ? config->office.id : ""; }
  std::string office_name() const { return config ? config->office.name : ""; }
  Duration momentary() const { return config ? config->defaults.momentary : limits::momentary; }
  double availability_target() const { return config ? config->defaults.availability_target : 0; }
};
// Error: the exit code; the complaints are printed.
std::expected<JournalPlace, int> find_journal(const CommonOptions& common,
                                              const std::string& state_dir);

// Exit code and message where there is no journal.
std::expected<void, int> require_journal(const CommonOptions& common, const JournalPlace& place);

// Flushes the running agent, if there is one, and says when that did not work.
void refresh_journal(const CommonOptions& common, const JournalPlace& place);

std::expected<Past, int> read_span(const CommonOptions& common, const JournalPlace& place,
                                   Span span);

// --since and --until as typed; `fallback` for what is empty. Error: exit_usage, said.
std::expected<Span, int> span_of(const CommonOptions& common, const JournalPlace& place,
                                 const std::string& since, const std::string& until, Span fallback);
// Error: exit_usage, said.
std::expected<WallTime, int> date_of(const CommonOptions& common, const Zone& zone,
                                     std::string_view option, const std::string& text);

}  // namespace siaga
