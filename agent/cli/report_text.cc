#include "agent/cli/report_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "agent/cli/text_table.h"
#include "agent/core/limits.h"
#include "agent/core/plural.h"
#include "agent/core/utf8.h"
#include "agent/report/dates.h"
#include "agent/report/sentences.h"
#include "agent/report/words.h"

namespace siaga {
namespace {

constexpr Text still_word{"still", "masih"};
constexpr Text unknown_word{"not known", "tidak diketahui"};

std::string clean(std::string_view text) { return printable(text, limits::excerpt_bytes); }

class ReportText {
 public:
  ReportText(const Report& report, const CommonOptions& common)
      : report_(report), common_(common), language_(common.language) {}

  std::string text() const {
    std::string text = head() + "\n" + target_table();
    text += section({"Down by cause", "Mati menurut sebab"}, causes());
    text += section({"Power", "Listrik"}, power());
    text += section({"Links", "Jaringan"}, links());
    text += section({"Did not come back in time", "Tidak kembali tepat waktu"}, late());
    text += section({"The agent did not run", "Agen tidak berjalan"}, darks());
    text += section({"Please note", "Catatan"}, report_notes(report_, language_));
    return text;
  }

 private:
  std::string say(Text text) const { return std::string(text.in(language_)); }

  std::string head() const {
    const ReportQuery& query = report_.query;
    const std::string office = query.office_name.empty() ? query.office_id : query.office_name;
    return common_.terminal.paint(Colour::bold, fmt::format("{}: {}", clean(office),
                                                            report_period(report_, language_))) +
           "\n";
  }

  std::string section(Text title, const std::vector<std::string>& lines) const {
    if (lines.empty()) return "";
    std::string text = "\n" + common_.terminal.paint(Colour::bold, title.in(language_)) + "\n";
    for (const std::string& line : lines) text += "  " + clean(line) + "\n";
    return text;
  }

  std::string target_table() const {
    TextTable table{
        .columns = {{.title = "TARGET", .columns_max = 40, .may_shrink = true},
                    {.title = say({"AVAILABLE", "TERSEDIA"}), .is_number = true},
                    {.title = say({"WITHOUT CUTS", "TANPA PADAM"}), .is_number = true},
                    {.title = say({"SEEN", "TERLIHAT"}), .is_number = true},
                    {.title = say({"DOWN", "MATI"}), .is_number = true},
                    {.title = say({"OUTAGES", "GANGGUAN"}), .is_number = true},
                    {.title = say({"MEAN", "RATA-RATA"}), .is_number = true},
                    {.title = say({"LONGEST", "TERLAMA"}), .is_number = true},
                    {.title = say({"TARGET ", "SASARAN "}) +
                              human_share(report_.query.availability_target, language_)}},
        .rows = {}};
    table.rows.reserve(report_.targets.size());
    for (const TargetReport& target : report_.targets) table.rows.push_back(row(target));
    return text_of(table, common_.terminal);
  }

  std::vector<TextCell> row(const TargetReport& target) const {
    const auto duration = [this](std::optional<Millis> time) {
      return time ? human_duration(*time, language_) : std::string("-");
    };
    Colour colour = Colour::grey;
    if (target.kpi == Kpi::pass) colour = Colour::green;
    if (target.kpi == Kpi::fail) colour = Colour::red;
    return {{target.name},
            {human_share(target.availability.gross, language_)},
            {human_share(target.availability.net_of_power, language_)},
            {human_share(target.observed, language_)},
            {human_duration(target.totals.down_sum(), language_)},
            {fmt::format("{}", target.outages.count)},
            {duration(target.outages.mttr)},
            {duration(target.outages.longest)},
            {say(words(target.kpi)), colour}};
  }

  std::vector<std::string> causes() const {
    std::vector<std::string> lines;
    for (const TargetReport& target : report_.targets) {
      const std::string list = cause_list(target.totals, language_);
      if (!list.empty()) lines.push_back(target.name + ": " + list);
    }
    return lines;
  }

  std::vector<std::string> power() const {
    std::vector<std::string> lines;
    for (const TargetReport& target : report_.targets) {
      if (target.role != NodeRole::mains) continue;
      lines.push_back(target.name + ": " + power_sentence(target, language_));
      lines.push_back(index_sentence(target, report_.query.momentary, language_));
    }
    return lines;
  }

  std::vector<std::string> links() const {
    std::vector<std::string> lines;
    for (const TargetReport& target : report_.targets) {
      if (target.role != NodeRole::link) continue;
      lines.push_back(target.name + ": " + link_sentence(target, language_));
    }
    return lines;
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

  const Report& report_;
  const CommonOptions& common_;
  Language language_;
};

// How much earlier it may have begun, where that is more than a second.
std::string bound(WallTime least, WallTime most, std::string_view sign) {
  const auto width = std::chrono::round<std::chrono::seconds>(most - least);
  return width.count() > 1 ? fmt::format(" {}{}s", sign, width.count()) : "";
}

bool has_bound(const OutageRow& row) {
  return !bound(row.start_min, row.start_max, "-").empty() ||
         (row.end_max && !bound(row.end_min, *row.end_max, "-").empty());
}

std::vector<TextCell> outage_row(const OutageRow& row, const Zone& zone, Language language) {
  const std::string doubt = row.is_date_certain ? "" : "?";
  const std::string ended = row.is_open() ? std::string(still_word.in(language))
                                          : plain_date(*row.end_max, zone) + doubt +
                                                bound(row.end_min, *row.end_max, "-");
  return {{row.target},
          {std::string(words(row.cause).in(language))},
          {plain_date(row.start_max, zone) + doubt + bound(row.start_min, row.start_max, "-")},
          {ended, row.is_open() ? Colour::red : Colour::none},
          {row.duration ? human_duration(*row.duration, language)
                        : std::string(unknown_word.in(language))},
          {row.explained_by},
          {std::string((row.is_settled ? Text{"yes", "ya"} : Text{"no", "belum"}).in(language))},
          {row.detail}};
}

}  // namespace

std::string report_as_text(const Report& report, const CommonOptions& common) {
  return ReportText(report, common).text();
}

std::string outages_as_text(std::span<const OutageRow> rows, const Report& report,
                            const CommonOptions& common) {
  const Language language = common.language;
  const auto say = [language](Text text) { return std::string(text.in(language)); };
  const Zone& zone = report.query.zone;
  TextTable table{
      .columns = {{.title = "TARGET", .columns_max = 32, .may_shrink = true},
                  {.title = say({"CAUSE", "SEBAB"})},
                  {.title = say({"BEGAN ", "MULAI "}) + zone.abbreviation(report.span.until)},
                  {.title = say({"ENDED", "SELESAI"})},
                  {.title = say({"DURATION", "LAMANYA"}), .is_number = true},
                  {.title = say({"EXPLAINED BY", "DISEBABKAN"}), .may_shrink = true},
                  {.title = say({"SETTLED", "PASTI"})},
                  {.title = say({"FIRST FAILURE", "KEGAGALAN PERTAMA"}), .may_shrink = true}},
      .rows = {}};
  table.rows.reserve(rows.size());
  for (const OutageRow& row : rows) table.rows.push_back(outage_row(row, zone, language));
  std::string text = text_of(table, common.terminal);
  text += fmt::format(
      fmt::runtime(
          Text{"{0} outage{1}, {2} open\n", "{0} gangguan, {2} masih berlangsung\n"}.in(language)),
      rows.size(), plural_s(rows.size()), std::ranges::count_if(rows, &OutageRow::is_open));
  if (std::ranges::any_of(rows, has_bound))
    text += say({"\"-30s\": it may have begun, or ended, up to so much earlier.\n",
                 "\"-30s\": mungkin mulai, atau selesai, sampai sekian lebih awal.\n"});
  if (!std::ranges::all_of(rows, &OutageRow::is_date_certain))
    text += say({"\"?\": the machine's clock could not be trusted then.\n",
                 "\"?\": jam mesin tidak dapat dipercaya saat itu.\n"});
  return text;
}

}  // namespace siaga
