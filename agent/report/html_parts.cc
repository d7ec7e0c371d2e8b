#include "agent/report/html_parts.h"

#include <fmt/format.h>

#include "agent/core/html.h"
#include "agent/core/limits.h"
#include "agent/report/dates.h"
#include "agent/report/sentences.h"
#include "agent/report/words.h"

namespace siaga {
namespace {

constexpr int day_width = 10, bar_height = 40;
constexpr double cause_bar_width = 400;

constexpr std::array<std::string_view, time_class_count> class_fills{"#a5d6a7", "#b71c1c",
                                                                     "url(#hatch)", "url(#dots)"};
constexpr std::array<std::string_view, cause_count> cause_fills{
    "#777777", "#111111", "url(#links)", "#d98200", "#7a1f1f", "#c62828", "url(#seals)", "#f4a3a3"};

// From below.
constexpr std::array<TimeClass, time_class_count> drawn{TimeClass::down, TimeClass::unknown,
                                                        TimeClass::maintenance, TimeClass::up};

std::uint32_t of(const DaySplit& day, TimeClass time_class) {
  return day.at(static_cast<std::size_t>(time_class));
}
std::uint64_t sum_of(const DaySplit& day) {
  std::uint64_t sum = 0;
  for (const std::uint32_t time : day) sum += time;
  return sum;
}
bool is_all_up(const DaySplit& day) {
  const std::uint64_t sum = sum_of(day);
  return sum > 0 && of(day, TimeClass::up) == sum;
}

std::string swatch(std::string_view fill) {
  return fmt::format(
      R"(<svg class="swatch" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><rect )"
      R"(width="12" height="12" fill="{}"/></svg>)",
      fill);
}

// What is seen when the pointer rests on the day.
std::string day_words(const Report& report, std::size_t index, const DaySplit& day,
                      Language language) {
  std::string text = long_day(report.days[index], report.query.zone, language);
  for (const TimeClass time_class : drawn) {
    if (of(day, time_class) == 0) continue;
    text += fmt::format(", {} {}", words(time_class).in(language),
                        human_duration(Millis(of(day, time_class)), language));
  }
  return html_escaped(text);
}

// However short a bad time was, it can be seen.
std::string day_column(const Report& report, std::size_t index, const DaySplit& day,
                       Language language) {
  constexpr double least = 2;
  const auto whole = static_cast<double>(sum_of(day));
  std::string rects;
  double from_below = 0;
  for (const TimeClass time_class : drawn) {
    if (of(day, time_class) == 0) continue;
    const double share = bar_height * of(day, time_class) / whole;
    const double height = std::min(std::max(share, least), bar_height - from_below);
    if (height <= 0) continue;
    from_below += height;
    rects += fmt::format(R"(<rect x="{}" y="{:.2f}" width="{}" height="{:.2f}" fill="{}"/>)",
                         index * day_width, bar_height - from_below, day_width - 1, height,
                         class_fills.at(static_cast<std::size_t>(time_class)));
  }
  return fmt::format("<g><title>{}</title>{}</g>", day_words(report, index, day, language), rects);
}

}  // namespace

std::string_view svg_patterns() {
  return R"svg(<svg width="0" height="0" class="patterns" aria-hidden="true"><defs>
<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#e0e0e0"/><rect width="2" height="6" fill="#8a8a8a"/></pattern>
<pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#dbe9f9"/><circle cx="2.5" cy="2.5" r="1.4" fill="#1e5aa8"/></pattern>
<pattern id="links" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" fill="#ffffff"/><rect width="4" height="2" fill="#333333"/></pattern>
<pattern id="seals" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" fill="#ffffff"/><rect width="2" height="4" fill="#6a1b9a"/></pattern>
</defs></svg>
)svg";
}

std::string class_swatch(TimeClass time_class) {
  return swatch(class_fills.at(static_cast<std::size_t>(time_class)));
}
std::string cause_swatch(Cause cause) {
  return swatch(cause_fills.at(static_cast<std::size_t>(cause)));
}

std::string day_bars(const Report& report, const TargetReport& target, Language language) {
  const std::size_t days = target.days.size();
  std::string svg = fmt::format(
      R"(<svg class="days" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">)",
      days * day_width, bar_height, html_escaped(target.name));
  for (std::size_t index = 0; index < days;) {
    std::size_t end = index;
    while (end < days && is_all_up(target.days[end])) ++end;
    if (end > index) {  // days of nothing but up are one rectangle
      svg += fmt::format(R"(<rect x="{}" width="{}" height="{}" fill="{}"/>)", index * day_width,
                         (end - index) * day_width - 1, bar_height, class_fills.front());
      index = end;
      continue;
    }
    if (sum_of(target.days[index]) > 0)
      svg += day_column(report, index, target.days[index], language);
    ++index;
  }
  return svg + "</svg>";
}

std::string cause_bar(const Totals& totals, Language language) {
  const auto whole = static_cast<double>(totals.down_sum().count());
  if (whole == 0) return "";
  std::string svg = fmt::format(
      R"(<svg class="causes" viewBox="0 0 {} 14" preserveAspectRatio="none" role="img" aria-label="{}">)",
      cause_bar_width, html_escaped(cause_list(totals, language)));
  double from = 0;
  for (std::size_t cause = 0; cause < cause_count; ++cause) {
    const double width =
        cause_bar_width * static_cast<double>(totals.down.at(cause).count()) / whole;
    if (width == 0) continue;
    svg += fmt::format(
        R"(<rect x="{:.2f}" width="{:.2f}" height="14" fill="{}" stroke="#fff"><title>{}</title></rect>)",
        from, width, cause_fills.at(cause),
        html_escaped(words(static_cast<Cause>(cause)).in(language)));
    from += width;
  }
  return svg + "</svg>";
}

std::string_view page_style() {
  return R"(body{font:15px/1.45 "Liberation Sans",Arial,sans-serif;color:#111;margin:2em auto;max-width:62em;padding:0 1em}
h1{font-size:1.6em;margin:0}h2{font-size:1.2em;margin:1.6em 0 .4em;border-bottom:1px solid #999}
p.period{font-size:1.1em;margin:.2em 0 1em}p.big{font-size:1.15em}
table{border-collapse:collapse;width:100%}th,td{padding:.3em .5em;text-align:left;vertical-align:top;border-bottom:1px solid #ddd}
th.n,td.n{text-align:right;white-space:nowrap}td.name{overflow-wrap:anywhere;max-width:16em}td.detail{overflow-wrap:anywhere}
svg.days{width:100%;min-width:12em;height:2.2em;border:1px solid #bbb;background:#fff}svg.causes{width:100%;max-width:26em;height:1em;border:1px solid #bbb}
svg.swatch{border:1px solid #777;vertical-align:-1px;margin-right:.3em}svg.patterns{position:absolute}
.legend span{margin-right:1.2em;white-space:nowrap}.pass{font-weight:bold}.fail{font-weight:bold;color:#b71c1c}.small{font-size:.85em;color:#444}
@page{size:A4 landscape;margin:12mm}
@media print{body{margin:0;max-width:none;font-size:10pt}h2{break-after:avoid}tr,svg{break-inside:avoid}thead{display:table-header-group}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)";
}

}  // namespace siaga
