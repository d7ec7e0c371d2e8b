// The report as one HTML page. Every tag that is opened is closed, so that it is well-formed XML
// too.
#include <algorithm>

#include <fmt/format.h>

#include "agent/core/html.h"
#include "agent/core/limits.h"
#include "agent/report/dates.h"
#include "agent/report/formats.h"
#include "agent/report/html_parts.h"
#include "agent/report/sentences.h"
#include "agent/report/words.h"

namespace siaga {
namespace {

constexpr Text how_to_read{
    "Available: time up, of the time up and down. What was not seen, and declared maintenance, do "
    "not count. Without power cuts: the same, without the time that the power was the cause of. "
    "Seen: how much of the time outside maintenance was seen at all. Mean: how long an outage "
    "lasted on average.",
    "Tersedia: waktu hidup dari waktu hidup dan mati. Waktu yang tidak terlihat dan pemeliharaan "
    "yang diumumkan tidak dihitung. Tanpa padam: sama, tanpa waktu mati karena listrik. Terlihat: "
    "bagian waktu di luar pemeliharaan yang dapat dilihat. Rata-rata: lama gangguan rata-rata."};

class Page {
 public:
  Page(const Report& report, Language language) : report_(report), language_(language) {}

  std::string text() {
    head();
    overview();
    targets();
    causes();
    power();
    list({"Did not come back in time", "Tidak kembali tepat waktu"}, late());
    outages();
    list({"When the agent itself did not run", "Saat agen sendiri tidak berjalan"}, darks());
    list({"Please note", "Catatan"}, report_notes(report_, language_));
    page_ += fmt::format("<p class=\"small\">{}</p>\n</body>\n</html>\n", say(how_to_read));
    return std::move(page_);
  }

 private:
  std::string say(Text text) const { return html_escaped(text.in(language_)); }

  template <typename... Values>
  void put(std::string_view pattern, const Values&... values) {
    page_ += fmt::format(fmt::runtime(pattern), values...);
  }

  void head() {
    const ReportQuery& query = report_.query;
    const std::string office =
        html_escaped(query.office_name.empty() ? query.office_id : query.office_name);
    const std::string title = say({"Availability report", "Laporan ketersediaan"});
    const std::string period = html_escaped(report_period(report_, language_));
    put("<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\"/>\n",
        language_ == Language::indonesian ? "id" : "en");
    put("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    put("<title>{}: {}, {}</title>\n<style>\n", title, office, period);
    page_ += page_style();
    put("</style>\n</head>\n<body>\n");
    page_ += svg_patterns();
    put("<h1>{}</h1>\n<p class=\"period\">{}, {}</p>\n", title, office, period);
  }

  // What an official must have read when nothing else is.
  void overview() {
    const auto count = [this](Kpi kpi) {
      return std::ranges::count_if(report_.targets, [kpi](const TargetReport& target) {
        return target.role == NodeRole::target && target.kpi == kpi;
      });
    };
    put(Text{"<p class=\"big\">Of the services, {} met the target of {}, {} did not; "
             "{} were seen too little to say.</p>\n",
             "<p class=\"big\">Dari semua layanan, {} mencapai sasaran {}, {} tidak; "
             "{} kurang terlihat untuk dinilai.</p>\n"}
            .in(language_),
        count(Kpi::pass), human_share(report_.query.availability_target, language_),
        count(Kpi::fail), count(Kpi::not_enough_seen));
    for (const TargetReport& target : report_.targets) {
      if (target.role != NodeRole::mains) continue;
      put("<p class=\"big\">{} ({})</p>\n", html_escaped(power_sentence(target, language_)),
          html_escaped(target.name));
    }
  }

  void title(Text text) { put("<h2>{}</h2>\n", say(text)); }

  void targets() {
    title({"Services, day by day", "Layanan dari hari ke hari"});
    put("<p class=\"legend\">");
    for (const TimeClass time_class :
         {TimeClass::up, TimeClass::down, TimeClass::unknown, TimeClass::maintenance})
      put("<span>{}{}</span>", class_swatch(time_class), say(words(time_class)));
    put("</p>\n<table>\n<thead><tr><th>{}</th><th>{}</th>", say({"Target", "Target"}),
        say({"Days", "Hari"}));
    for (const Text heading :
         {Text{"Available", "Tersedia"}, Text{"Without power cuts", "Tanpa padam"},
          Text{"Seen", "Terlihat"}, Text{"Down", "Mati"}, Text{"Outages", "Gangguan"},
          Text{"Mean", "Rata-rata"}, Text{"Longest", "Terlama"}, Text{"Target met", "Sasaran"}})
      put("<th class=\"n\">{}</th>", say(heading));
    put("</tr></thead>\n<tbody>\n");
    for (const TargetReport& target : report_.targets) target_row(target);
    put("</tbody>\n</table>\n");
  }

  std::string duration(std::optional<Millis> time) const {
    return time ? human_duration(*time, language_) : "-";
  }

  void target_row(const TargetReport& target) {
    put("<tr><td class=\"name\">{}<br/><span class=\"small\">{}</span></td><td>{}</td>",
        html_escaped(target.name), html_escaped(target.kind), day_bars(report_, target, language_));
    for (const auto& share :
         {target.availability.gross, target.availability.net_of_power, target.observed})
      put("<td class=\"n\">{}</td>", human_share(share, language_));
    put("<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
        "class=\"n\">{}</td>",
        human_duration(target.totals.down_sum(), language_), target.outages.count,
        duration(target.outages.mttr), duration(target.outages.longest));
    put("<td class=\"n {}\">{}</td></tr>\n", name(target.kpi), say(words(target.kpi)));
  }

  void causes() {
    const bool is_any_down = std::ranges::any_of(report_.targets, [](const TargetReport& target) {
      return target.totals.down_sum() > Millis::zero();
    });
    if (!is_any_down) return;
    title({"What it was down for", "Sebab-sebab mati"});
    put("<p class=\"legend\">");
    for (std::size_t cause = 1; cause < cause_count; ++cause) {
      const auto value = static_cast<Cause>(cause);
      put("<span>{}{}</span>", cause_swatch(value), say(words(value)));
    }
    put("</p>\n<table>\n<tbody>\n");
    for (const TargetReport& target : report_.targets) {
      const std::string list = cause_list(target.totals, language_);
      if (list.empty()) continue;
      put("<tr><td class=\"name\">{}</td><td>{}</td><td>{}</td></tr>\n", html_escaped(target.name),
          cause_bar(target.totals, language_), html_escaped(list));
    }
    put("</tbody>\n</table>\n");
  }

  void power() {
    std::vector<std::string> lines;
    for (const TargetReport& target : report_.targets) {
      if (target.role == NodeRole::mains) {
        lines.push_back(target.name + ": " + power_sentence(target, language_) + " " +
                        index_sentence(target, report_.query.momentary, language_));
      }
      if (target.role == NodeRole::link)
        lines.push_back(target.name + ": " + link_sentence(target, language_));
    }
    list({"Power and links", "Listrik dan jaringan"}, lines);
  }

  std::vector<std::string> late() const {
    std::vector<std::string> lines;
    lines.reserve(report_.late.size());
    for (const LateRow& row : report_.late) lines.push_back(late_sentence(row, report_, language_));
    return lines;
  }

  std::vector<std::string> darks() const {
    std::vector<std::string> lines;
    lines.reserve(report_.darks.size());
    for (const DarkRow& dark : report_.darks)
      lines.push_back(dark_sentence(dark, report_, language_));
    return lines;
  }

  void list(Text heading, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    title(heading);
    put("<ul>\n");
    for (const std::string& line : lines) put("<li>{}</li>\n", html_escaped(line));
    put("</ul>\n");
  }

  void outages() {
    if (report_.outages.empty()) return;
    title({"Outages", "Gangguan"});
    const std::string zone = report_.query.zone.abbreviation(report_.span.from);
    put("<table>\n<thead><tr><th>{}</th><th>{}</th><th>{} ({})</th><th>{}</th><th>{}</th></tr>"
        "</thead>\n<tbody>\n",
        say({"Target", "Target"}), say({"Cause", "Sebab"}), say({"Began", "Mulai"}),
        html_escaped(zone), say({"Lasted", "Lamanya"}),
        say({"First failure", "Kegagalan pertama"}));
    std::size_t shown = 0;
    for (const OutageRow& row : report_.outages) {
      if (++shown > limits::report_page_outages) break;
      outage_row(row);
    }
    put("</tbody>\n</table>\n");
    if (report_.outages.size() <= limits::report_page_outages) return;
    put(Text{"<p>... and {} more; siaga outages lists them all.</p>\n",
             "<p>... dan {} lagi; siaga outages menampilkan semuanya.</p>\n"}
            .in(language_),
        report_.outages.size() - limits::report_page_outages);
  }

  void outage_row(const OutageRow& row) {
    const std::string explained =
        row.explained_by.empty() ? "" : " (" + html_escaped(row.explained_by) + ")";
    std::string lasted = row.duration ? human_duration(*row.duration, language_)
                                      : say({"not known", "tidak diketahui"});
    if (row.is_open()) lasted += say({", still down", ", masih mati"});
    put("<tr><td class=\"name\">{}</td><td>{}{}</td><td>{}{}</td><td>{}</td><td "
        "class=\"detail\">{}</td></tr>\n",
        html_escaped(row.target), say(words(row.cause)), explained,
        plain_date(row.start_max, report_.query.zone), row.is_date_certain ? "" : " ?", lasted,
        html_escaped(row.detail));
  }

  const Report& report_;
  Language language_;
  std::string page_;
};

}  // namespace

std::string report_as_html(const Report& report, Language language) {
  return Page(report, language).text();
}

}  // namespace siaga
