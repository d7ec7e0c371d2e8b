// The metric families of time and outages: what a target's books say. A series is there from 0 on
// for every cause and reason that the target can have, and for no other.
#include <array>
#include <cmath>

#include "exporters/families.h"

#include "agent/core/dates.h"

namespace siaga {
namespace {

using Metric = std::string_view;
using Target = const TargetView&;

constexpr std::array<std::string_view, cause_count> cause_tails{
    ",cause=\"none\"} ",        ",cause=\"power\"} ",  ",cause=\"link\"} ",
    ",cause=\"dns\"} ",         ",cause=\"host\"} ",   ",cause=\"service\"} ",
    ",cause=\"certificate\"} ", ",cause=\"content\"} "};
constexpr std::array<std::string_view, blind_count> blind_tails{
    ",reason=\"via_down\"} ", ",reason=\"agent_dark\"} ", ",reason=\"agent_trouble\"} ",
    ",reason=\"not_probed\"} "};
constexpr std::array<std::string_view, cause_count> after_tails{
    "", ",after=\"power\"} ", ",after=\"link\"} ", "", "", "", "", ""};

double whole(Millis span) { return static_cast<double>(span.count()) / 1000; }

double date(Target target, Stamp stamp) { return rounded_unix_seconds(target.dating.date(stamp)); }

bool can_be(const TargetStatus& status, std::size_t cause) {
  return ((status.causes >> cause) & 1U) != 0;
}

void write_up(LineWriter& lines, Metric metric, Target target) {
  lines.sample(metric, target.core, "", whole(target.status.totals.up));
}

void write_maintenance(LineWriter& lines, Metric metric, Target target) {
  lines.sample(metric, target.core, "", whole(target.status.totals.maintenance));
}

void write_down(LineWriter& lines, Metric metric, Target target) {
  const std::string_view begin = series_head(metric, target);
  for (std::size_t cause = 1; cause < cause_count; ++cause)
    if (can_be(target.status, cause))
      lines.line(begin, cause_tails[cause], whole(target.status.totals.down[cause]));
}

void write_unknown(LineWriter& lines, Metric metric, Target target) {
  const std::string_view begin = series_head(metric, target);
  for (std::size_t blind = 0; blind < blind_count; ++blind)
    if (static_cast<Blind>(blind) != Blind::via_down || target.status.has_via)
      lines.line(begin, blind_tails[blind], whole(target.status.totals.unknown[blind]));
}

void write_booked(LineWriter& lines, Metric metric, Target target) {
  lines.sample(metric, target.core, "", date(target, target.status.booked_until));
}

void write_outages(LineWriter& lines, Metric metric, Target target) {
  const std::string_view begin = series_head(metric, target);
  for (std::size_t cause = 1; cause < cause_count; ++cause)
    if (can_be(target.status, cause))
      lines.line(begin, cause_tails[cause], std::uint64_t{target.status.outages[cause]});
}

void write_active(LineWriter& lines, Metric metric, Target target) {
  const std::string_view begin = series_head(metric, target);
  const TargetStatus& status = target.status;
  for (std::size_t cause = 1; cause < cause_count; ++cause)
    if (can_be(status, cause))
      lines.line(begin, cause_tails[cause],
                 std::uint64_t{status.outage_began.is_set() &&
                               cause == static_cast<std::size_t>(status.outage_cause)});
}

void write_started(LineWriter& lines, Metric metric, Target target) {
  if (target.status.outage_began.is_set())
    lines.sample(metric, target.core, "", date(target, target.status.outage_began));
}

void write_not_recovered(LineWriter& lines, Metric metric, Target target) {
  const std::string_view begin = series_head(metric, target);
  for (const Cause after : {Cause::power, Cause::link}) {
    const bool is_there =
        after == Cause::power || can_be(target.status, static_cast<std::size_t>(after));
    if (is_there)
      lines.line(begin, after_tails.at(static_cast<std::size_t>(after)),
                 std::uint64_t{target.status.not_recovered_after == after});
  }
}

void write_flapping(LineWriter& lines, Metric metric, Target target) {
  lines.sample(metric, target.core, "", std::uint64_t{target.status.is_flapping});
}

constexpr std::string_view history_labels = "office target kind";

constexpr std::array<TargetFamily, 10> history_family_rows{{
    {{"siaga_target_up_seconds_total", MetricType::counter, history_labels,
      "Settled time up. The four classes of time are disjoint and add up to the time since the "
      "target was added."},
     write_up},
    {{"siaga_target_down_seconds_total", MetricType::counter, "office target kind cause",
      "Settled time down, by whose fault it was."},
     write_down},
    {{"siaga_target_unknown_seconds_total", MetricType::counter, "office target kind reason",
      "Settled time in which nobody could tell: via_down (what the agent looks through was down), "
      "agent_dark (the agent did not run), agent_trouble, not_probed."},
     write_unknown},
    {{"siaga_target_maintenance_seconds_total", MetricType::counter, history_labels,
      "Settled time in maintenance windows."},
     write_maintenance},
    {{"siaga_target_booked_until_timestamp_seconds", MetricType::gauge, history_labels,
      "Up to when the four classes of time are settled and booked."},
     write_booked},
    {{"siaga_outages_total", MetricType::counter, "office target kind cause",
      "Outages whose cause is settled."},
     write_outages},
    {{"siaga_outage_active", MetricType::gauge, "office target kind cause",
      "1 for the present cause of an open outage; the cause may be revised until it is settled."},
     write_active},
    {{"siaga_outage_started_timestamp_seconds", MetricType::gauge, history_labels,
      "When the open outage began; absent when there is none."},
     write_started},
    {{"siaga_target_not_recovered", MetricType::gauge, "office target kind after",
      "1 while the target has not come back although power or the link did, longer ago than "
      "recovery_grace."},
     write_not_recovered},
    {{"siaga_target_flapping", MetricType::gauge, history_labels,
      "1 while the target changes between up and down more often than flap_limit in flap_window."},
     write_flapping},
}};

}  // namespace

std::span<const TargetFamily> history_families() { return history_family_rows; }

}  // namespace siaga
