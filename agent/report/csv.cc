// Reports as RFC 4180: one line per target.
#include <array>

#include <fmt/format.h>

#include "agent/report/dates.h"
#include "agent/report/formats.h"

namespace siaga {
namespace {

std::string csv_seconds(Millis duration) {
  return fmt::format("{}.{:03}", duration.count() / 1000, duration.count() % 1000);
}
std::string csv_seconds(std::optional<Millis> duration) {
  return duration ? csv_seconds(*duration) : "";
}
std::string ratio(std::optional<double> share) {
  return share ? fmt::format("{:.9f}", *share) : "";
}
std::string count(std::size_t number) { return fmt::format("{}", number); }

// A spreadsheet takes a cell that begins like this for a formula, and would run what a target's
// name says; an apostrophe makes it text again.
bool is_formula(std::string_view cell) {
  return !cell.empty() && std::string_view("=+-@\t\r").contains(cell.front());
}

std::string quoted(std::string_view cell) {
  std::string text = is_formula(cell) ? "'" : "";
  text += cell;
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string all = "\"";
  for (const char letter : text) {
    if (letter == '"') all += '"';
    all += letter;
  }
  return all + "\"";
}

std::string down(const TargetReport& target, Cause cause) {
  return csv_seconds(target.totals.of(Share::down(cause)));
}
std::string unknown(const TargetReport& target, Blind blind) {
  return csv_seconds(target.totals.of(Share::unknown(blind)));
}

struct Column {
  std::string_view name;
  std::string (*cell)(const Report&, const TargetReport&);
};
using R = Report;
using T = TargetReport;

constexpr std::array columns{
    Column{"office", [](const R& r, const T&) { return quoted(r.query.office_id); }},
    Column{"target", [](const R&, const T& t) { return quoted(t.name); }},
    Column{"kind", [](const R&, const T& t) { return quoted(t.kind); }},
    Column{"role", [](const R&, const T& t) { return std::string(name(t.role)); }},
    Column{"since", [](const R& r, const T&) { return iso_date(r.span.from, r.query.zone); }},
    Column{"until", [](const R& r, const T&) { return iso_date(r.span.until, r.query.zone); }},
    Column{"existed_seconds", [](const R&, const T& t) { return csv_seconds(t.existed); }},
    Column{"up_seconds", [](const R&, const T& t) { return csv_seconds(t.totals.up); }},
    Column{"down_seconds", [](const R&, const T& t) { return csv_seconds(t.totals.down_sum()); }},
    Column{"unknown_seconds",
           [](const R&, const T& t) { return csv_seconds(t.totals.unknown_sum()); }},
    Column{"maintenance_seconds",
           [](const R&, const T& t) { return csv_seconds(t.totals.maintenance); }},
    Column{"unrecorded_seconds", [](const R&, const T& t) { return csv_seconds(t.unrecorded); }},
    Column{"down_power_seconds", [](const R&, const T& t) { return down(t, Cause::power); }},
    Column{"down_link_seconds", [](const R&, const T& t) { return down(t, Cause::link); }},
    Column{"down_dns_seconds", [](const R&, const T& t) { return down(t, Cause::dns); }},
    Column{"down_host_seconds", [](const R&, const T& t) { return down(t, Cause::host); }},
    Column{"down_service_seconds", [](const R&, const T& t) { return down(t, Cause::service); }},
    Column{"down_certificate_seconds",
           [](const R&, const T& t) { return down(t, Cause::certificate); }},
    Column{"down_content_seconds", [](const R&, const T& t) { return down(t, Cause::content); }},
    Column{"unknown_via_down_seconds",
           [](const R&, const T& t) { return unknown(t, Blind::via_down); }},
    Column{"unknown_agent_dark_seconds",
           [](const R&, const T& t) { return unknown(t, Blind::agent_dark); }},
    Column{"unknown_agent_trouble_seconds",
           [](const R&, const T& t) { return unknown(t, Blind::agent_trouble); }},
    Column{"unknown_not_probed_seconds",
           [](const R&, const T& t) { return unknown(t, Blind::not_probed); }},
    Column{"availability_gross", [](const R&, const T& t) { return ratio(t.availability.gross); }},
    Column{"availability_net_of_power",
           [](const R&, const T& t) { return ratio(t.availability.net_of_power); }},
    Column{"availability_net_of_link",
           [](const R&, const T& t) { return ratio(t.availability.net_of_link); }},
    Column{"availability_net_of_power_and_link",
           [](const R&, const T& t) { return ratio(t.availability.net_of_both); }},
    Column{"observed_ratio", [](const R&, const T& t) { return ratio(t.observed); }},
    Column{"availability_target",
           [](const R& r, const T&) { return ratio(r.query.availability_target); }},
    Column{"kpi", [](const R&, const T& t) { return std::string(name(t.kpi)); }},
    Column{"outages", [](const R&, const T& t) { return count(t.outages.count); }},
    Column{"outages_began", [](const R&, const T& t) { return count(t.outages.began); }},
    Column{"outages_open", [](const R&, const T& t) { return count(t.outages.open); }},
    Column{"mttr_seconds", [](const R&, const T& t) { return csv_seconds(t.outages.mttr); }},
    Column{"mtbf_seconds", [](const R&, const T& t) { return csv_seconds(t.outages.mtbf); }},
    Column{"longest_seconds", [](const R&, const T& t) { return csv_seconds(t.outages.longest); }},
    Column{"saifi", [](const R&, const T& t) { return t.power ? count(t.power->sustained) : ""; }},
    Column{
        "saidi_seconds",
        [](const R&, const T& t) { return t.power ? csv_seconds(t.power->sustained_time) : ""; }},
    Column{"caidi_seconds",
           [](const R&, const T& t) { return t.power ? csv_seconds(t.power->caidi) : ""; }},
    Column{"asai", [](const R&, const T& t) { return t.power ? ratio(t.power->asai) : ""; }},
    Column{"maifi", [](const R&, const T& t) { return t.power ? count(t.power->momentary) : ""; }},
    Column{"mains_observed_seconds",
           [](const R&, const T& t) { return t.power ? csv_seconds(t.power->observed) : ""; }},
};

}  // namespace

std::string report_as_csv(const Report& report) {
  std::string text;
  for (const Column& column : columns) {
    text += column.name;
    text += &column == &columns.back() ? "\r\n" : ",";
  }
  for (const TargetReport& target : report.targets) {
    for (const Column& column : columns) {
      text += column.cell(report, target);
      text += &column == &columns.back() ? "\r\n" : ",";
    }
  }
  return text;
}

}  // namespace siaga
