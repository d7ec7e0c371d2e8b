// `siaga report`: a month, or any span of dates, in numbers for officials.
#include "agent/report/report.h"

#include <array>
#include <cstdio>

#include <fmt/format.h>

#include "agent/cli/commands.h"
#include "agent/cli/past_reading.h"
#include "agent/cli/report_text.h"
#include "agent/report/dates.h"
#include "agent/report/formats.h"

namespace siaga {
namespace {

constexpr Text no_month{"--month: '{}' is not a month: {}\n", "--month: '{}' bukan bulan: {}\n"};
constexpr Text month_or_dates{"give --month, or --since and --until, not both\n",
                              "berikan --month, atau --since dan --until, bukan keduanya\n"};
constexpr Text in_the_future{"nothing is known of what has not begun\n",
                             "yang belum mulai tidak dapat diketahui\n"};

int refuse(const CommonOptions& common, Text text) {
  fmt::print(stderr, "{}", text.in(common.language));
  return exit_usage;
}

// The current month so far, unless something else was asked for.
std::expected<Span, int> wanted_span(const CommonOptions& common, const JournalPlace& place,
                                     const ReportOptions& options, WallTime now) {
  const bool has_dates = !options.past.since.empty() || !options.past.until.empty();
  if (has_dates && !options.month.empty()) return std::unexpected(refuse(common, month_or_dates));
  Span span{month_of(now, place.zone).from, now};
  if (has_dates) {
    const auto asked = span_of(common, place, options.past.since, options.past.until, span);
    if (!asked) return asked;
    span = *asked;
  } else if (!options.month.empty()) {
    const auto month = parse_month(options.month, place.zone);
    if (!month) {
      fmt::print(stderr, fmt::runtime(no_month.in(common.language)), options.month,
                 month_forms.in(common.language));
      return std::unexpected(exit_usage);
    }
    span = *month;
  }
  span.until = std::min(span.until, now);
  if (span.from >= span.until) return std::unexpected(refuse(common, in_the_future));
  return span;
}

// A journal that is being written lags by seconds: they are no part of the report. One that stopped
// being written does not shorten it: what is not known shows.
void leave_out_the_last_moment(Span& span, const Past& past) {
  constexpr Duration lag = std::chrono::seconds(30);
  const WallTime known = past.dating.date(past.known_until);
  if (known < span.until && known + lag >= span.until && known > span.from) span.until = known;
}

std::string formatted(const Report& report, const CommonOptions& common,
                      const std::string& format) {
  if (format == "json") return report_as_json(report);
  if (format == "csv") return report_as_csv(report);
  if (format == "html") return report_as_html(report, common.language);
  return report_as_text(report, common);
}

}  // namespace

int show_report(const CommonOptions& common, const ReportOptions& options) {
  const auto place = find_journal(common, options.past.state_dir);
  if (!place) return place.error();
  auto span = wanted_span(common, *place, options, SystemClock().wall_now());
  if (!span) return span.error();
  const auto past = read_span(common, *place, *span);
  if (!past) return past.error();
  leave_out_the_last_moment(*span, *past);
  const bool with_days = options.format == "json" || options.format == "html";
  const Report report = make_report(*past, {.span = *span,
                                            .zone = place->zone,
                                            .office_id = place->office_id(),
                                            .office_name = place->office_name(),
                                            .availability_target = place->availability_target(),
                                            .momentary = place->momentary(),
                                            .with_days = with_days});
  fmt::print("{}", formatted(report, common, options.format));
  return exit_ok;
}

}  // namespace siaga
