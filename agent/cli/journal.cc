// `siaga journal`: the record itself, for other programs and for doubts.
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "agent/cli/commands.h"
#include "agent/cli/past_reading.h"
#include "agent/core/units.h"
#include "agent/journal/export.h"
#include "agent/journal/journal.h"

namespace siaga {
namespace {

constexpr Duration step_min = std::chrono::seconds(1);
constexpr Text bad_step{"--step: '{}' is not a duration of 1s or more, such as 60s or 4m\n",
                        "--step: '{}' bukan lama waktu 1s atau lebih, seperti 60s atau 4m\n"};
constexpr Text no_fault_found{"{}: no fault found\n", "{}: tidak ada kesalahan\n"};
constexpr Text faults_found{
    "{} faults in {}\nThe agent goes on with it; keep a copy of the file before doing anything to "
    "it.\n",
    "{} kesalahan di {}\nAgen tetap memakainya; simpan salinan berkas itu sebelum mengubah "
    "apa pun.\n"};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

int export_failed(const std::string& tried, const std::string& path, int code) {
  const Error error{.tried = tried, .on = path.empty() ? "stdout" : path, .code = code};
  fmt::print(stderr, "{}\n", describe(error));
  return exit_agent;
}

bool run_export(const Past& past, const ExportQuery& query, const std::string& format,
                std::FILE* file) {
  const ExportSink sink = [file](std::string_view piece) {
    return std::fwrite(piece.data(), 1, piece.size(), file) == piece.size();
  };
  return format == "json" ? export_json(past, query, sink) : export_openmetrics(past, query, sink);
}

int write_export(const Past& past, const ExportQuery& query, const JournalCommandOptions& options) {
  std::unique_ptr<std::FILE, CloseFile> opened;
  std::FILE* file = stdout;
  if (!options.output_path.empty()) {
    opened.reset(std::fopen(options.output_path.c_str(), "we"));
    if (!opened) return export_failed("create", options.output_path, errno);
    file = opened.get();
  }
  const bool is_written = run_export(past, query, options.format, file) && std::fflush(file) == 0;
  return is_written ? static_cast<int>(exit_ok)
                    : export_failed("write", options.output_path, errno);
}

}  // namespace

int export_journal(const CommonOptions& common, const JournalCommandOptions& options) {
  const auto step = parse_duration(options.step);
  if (!step || *step < step_min) {
    fmt::print(stderr, fmt::runtime(bad_step.in(common.language)), options.step);
    return exit_usage;
  }
  const auto place = find_journal(common, options.past.state_dir);
  if (!place) return place.error();
  const auto span = span_of(common, *place, options.past.since, options.past.until,
                            {WallTime{}, SystemClock().wall_now()});
  if (!span) return span.error();
  const auto past = read_span(common, *place, *span);
  if (!past) return past.error();
  const ExportQuery query{.since = span->from,
                          .until = span->until,
                          .office = place->office_id(),
                          .zone = place->zone,
                          .step = *step};
  return write_export(*past, query, options);
}

int check_journal_file(const CommonOptions& common, const JournalCommandOptions& options) {
  const auto place = find_journal(common, options.past.state_dir);
  if (!place) return place.error();
  if (const auto there = require_journal(common, *place); !there) return there.error();
  const std::string path = journal_path(place->state_dir);
  const auto faults = check_journal(path);
  if (!faults) {
    fmt::print(stderr, "{}\n", describe(faults.error()));
    return exit_agent;
  }
  for (const std::string& fault : *faults) fmt::print("{}\n", fault);
  if (faults->empty()) {
    fmt::print(fmt::runtime(no_fault_found.in(common.language)), path);
    return exit_ok;
  }
  fmt::print(stderr, fmt::runtime(faults_found.in(common.language)), faults->size(), path);
  return exit_errors;
}

}  // namespace siaga
