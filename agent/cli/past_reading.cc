#include "agent/cli/past_reading.h"

#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "agent/cli/control.h"
#include "agent/cli/loading.h"
#include "agent/journal/journal.h"
#include "agent/report/dates.h"

namespace siaga {
namespace {

constexpr Text no_journal{
    "there is no journal yet: {} does not exist\nIt is written once the agent runs (siaga run). If "
    "the agent keeps it elsewhere, say so with --state-dir DIR.\n",
    "belum ada jurnal: {} tidak ada\nJurnal ditulis begitu agen berjalan (siaga run). Bila agen "
    "menyimpannya di tempat lain, sebutkan dengan --state-dir DIR.\n"};
constexpr Text not_fresh{"note: the newest minutes may not be in the journal: {}\n",
                         "catatan: menit-menit terakhir mungkin belum ada di jurnal: {}\n"};
constexpr Text no_configuration{
    "note: the configuration does not load (siaga check says why): dates are UTC, and the office's "
    "name and target are not known\n",
    "catatan: konfigurasi tidak dapat dimuat (siaga check menyebut sebabnya): tanggal dalam UTC, "
    "nama kantor dan sasarannya tidak diketahui\n"};
constexpr Text no_zone{"note: {}; dates are UTC\n", "catatan: {}; tanggal dalam UTC\n"};
constexpr Text no_date{"{}: '{}' is not a date: {}\n", "{}: '{}' bukan tanggal: {}\n"};
constexpr Text backwards{"--since must be before --until\n", "--since harus sebelum --until\n"};

template <typename... Values>
void complain(const CommonOptions& common, Text text, const Values&... values) {
  fmt::print(stderr, fmt::runtime(text.in(common.language)), values...);
}

Zone zone_of(const CommonOptions& common, const std::string& name) {
  if (name.empty()) return Zone::utc();
  auto zone = Zone::named(name);
  if (zone) return *zone;
  complain(common, no_zone, describe(zone.error()));
  return Zone::utc();
}

}  // namespace

std::expected<JournalPlace, int> find_journal(const CommonOptions& common,
                                              const std::string& state_dir) {
  auto config = load_effective_config(common);
  JournalPlace place{.state_dir = state_dir};
  if (!config) {
    if (state_dir.empty()) {
      print_complaints(config.error(), common);
      return std::unexpected(exit_errors);
    }
    complain(common, no_configuration);
    return place;
  }
  if (place.state_dir.empty()) place.state_dir = config->agent.state_dir;
  place.zone = zone_of(common, config->office.timezone);
  place.config = std::move(*config);
  return place;
}

std::expected<void, int> require_journal(const CommonOptions& common, const JournalPlace& place) {
  const std::string path = journal_path(place.state_dir);
  std::error_code error;
  // What cannot be looked at may be there: reading it says why it cannot be read.
  if (std::filesystem::exists(path, error) || error) return {};
  complain(common, no_journal, path);
  return std::unexpected(exit_agent);
}

void refresh_journal(const CommonOptions& common, const JournalPlace& place) {
  const Freshness freshness = flush_agent(place.state_dir);
  if (!freshness.trouble.empty()) complain(common, not_fresh, freshness.trouble);
}

std::expected<Past, int> read_span(const CommonOptions& common, const JournalPlace& place,
                                   Span span) {
  if (const auto there = require_journal(common, place); !there)
    return std::unexpected(there.error());
  refresh_journal(common, place);
  auto past = read_past(journal_path(place.state_dir), heartbeat_path(place.state_dir), span.from,
                        span.until);
  if (past) return std::move(*past);
  fmt::print(stderr, "{}\n", describe(past.error()));
  return std::unexpected(exit_agent);
}

std::expected<WallTime, int> date_of(const CommonOptions& common, const Zone& zone,
                                     std::string_view option, const std::string& text) {
  const auto date = parse_date(text, zone, SystemClock().wall_now());
  if (date) return *date;
  complain(common, no_date, option, text, date_forms.in(common.language));
  return std::unexpected(exit_usage);
}

std::expected<Span, int> span_of(const CommonOptions& common, const JournalPlace& place,
                                 const std::string& since, const std::string& until,
                                 Span fallback) {
  Span span = fallback;
  if (!since.empty()) {
    const auto date = date_of(common, place.zone, "--since", since);
    if (!date) return std::unexpected(date.error());
    span.from = *date;
  }
  if (!until.empty()) {
    const auto date = date_of(common, place.zone, "--until", until);
    if (!date) return std::unexpected(date.error());
    span.until = *date;
  }
  if (span.from < span.until) return span;
  complain(common, backwards);
  return std::unexpected(exit_usage);
}

}  // namespace siaga
