// `siaga outages`: what was down, when, why, and how sure that is.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "agent/cli/commands.h"
#include "agent/cli/past_reading.h"
#include "agent/cli/report_text.h"
#include "agent/config/nearest.h"
#include "agent/report/formats.h"

namespace siaga {
namespace {

constexpr Duration default_span = std::chrono::hours(24 * 30);
constexpr Text no_target{"note: no target named '{}' is in this time{}\n",
                         "catatan: tidak ada target bernama '{}' pada waktu itu{}\n"};
constexpr Text no_cause{"--cause: there is no cause '{}'; causes are: {}\n",
                        "--cause: tidak ada sebab '{}'; sebab adalah: {}\n"};

template <typename Words>
bool has(const Words& words, std::string_view word) {
  return std::ranges::find(words, word) != std::ranges::end(words);
}

std::vector<std::string_view> cause_names() {
  std::vector<std::string_view> names;
  for (std::size_t cause = 1; cause < cause_count; ++cause)
    names.push_back(name(static_cast<Cause>(cause)));
  return names;
}

bool are_causes_known(const CommonOptions& common, const OutagesOptions& options) {
  const auto known = cause_names();
  for (const std::string& cause : options.causes) {
    if (has(known, cause)) continue;
    fmt::print(stderr, fmt::runtime(no_cause.in(common.language)), cause, fmt::join(known, ", "));
    return false;
  }
  return true;
}

// A name that nothing had is a slip of the pen more often than a good month.
bool are_targets_known(const CommonOptions& common, const OutagesOptions& options,
                       const Past& past) {
  std::vector<std::string_view> known;
  known.reserve(past.nodes.size());
  for (const Node& node : past.nodes) known.push_back(node.name);
  bool are_known = true;
  for (const std::string& target : options.targets) {
    if (has(known, target)) continue;
    are_known = false;
    const auto near = nearest(target, known);
    fmt::print(stderr, fmt::runtime(no_target.in(common.language)), target,
               near.empty() ? std::string()
                            : fmt::format(fmt::runtime(did_you_mean.in(common.language)), near));
  }
  return are_known;
}

bool is_wanted(const OutageRow& row, const OutagesOptions& options) {
  const bool is_target = options.targets.empty() || has(options.targets, row.target);
  const bool is_cause = options.causes.empty() || has(options.causes, name(row.cause));
  return is_target && is_cause && (!options.is_open || row.is_open());
}

}  // namespace

int show_outages(const CommonOptions& common, const OutagesOptions& options) {
  if (!are_causes_known(common, options)) return exit_usage;
  const auto place = find_journal(common, options.past.state_dir);
  if (!place) return place.error();
  const WallTime now = SystemClock().wall_now();
  const auto span =
      span_of(common, *place, options.past.since, options.past.until, {now - default_span, now});
  if (!span) return span.error();
  const auto past = read_span(common, *place, *span);
  if (!past) return past.error();
  const Report report = make_report(*past, {.span = *span,
                                            .zone = place->zone,
                                            .office_id = place->office_id(),
                                            .office_name = place->office_name(),
                                            .availability_target = place->availability_target(),
                                            .momentary = place->momentary(),
                                            .with_days = false});
  auto rows = report.outages;
  std::erase_if(rows, [&](const OutageRow& row) { return !is_wanted(row, options); });
  fmt::print("{}", options.as_json ? outages_as_json(rows, report)
                                   : outages_as_text(rows, report, common));
  return are_targets_known(common, options, *past) ? exit_ok : exit_errors;
}

}  // namespace siaga
