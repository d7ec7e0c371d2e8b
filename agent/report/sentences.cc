#include "agent/report/sentences.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/report/dates.h"
#include "agent/report/words.h"

namespace siaga {
namespace {

constexpr std::array<Text, kpi_count> kpi_words{
    {{"met", "tercapai"}, {"not met", "tidak tercapai"}, {"too little seen", "kurang terlihat"}}};

template <typename... Values>
std::string filled(Text text, Language language, const Values&... values) {
  return fmt::format(fmt::runtime(text.in(language)), values...);
}

std::string happened(const TargetReport& target, Language language, Text never, Text happened) {
  const std::size_t count = target.outages.count;
  if (count == 0) return std::string(never.in(language));
  return filled(happened, language, human_times(count, language),
                human_duration(target.totals.down_sum(), language));
}

// The parts that are not zero, the longest first.
struct Part {
  Millis time;
  Text name;
};
std::string listed(std::vector<Part> parts, Language language) {
  std::ranges::sort(parts, [](const Part& one, const Part& other) {
    return one.time != other.time ? one.time > other.time : one.name.english < other.name.english;
  });
  std::string text;
  for (const Part& part : parts) {
    if (part.time == Millis::zero()) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", part.name.in(language), human_duration(part.time, language));
  }
  return text;
}

}  // namespace

Text words(Kpi kpi) { return kpi_words.at(static_cast<std::size_t>(kpi)); }

std::string report_period(const Report& report, Language language) {
  return period_name(report.span, report.query.zone, language);
}

std::string power_sentence(const TargetReport& mains, Language language) {
  return happened(mains, language, {"No power cut was seen.", "Tidak terlihat pemadaman listrik."},
                  {"The power was cut {}, {}.", "Listrik padam {}, {}."});
}

std::string link_sentence(const TargetReport& link, Language language) {
  return happened(link, language, {"It was never down.", "Tidak pernah putus."},
                  {"It was down {}, {}.", "Putus {}, {}."});
}

std::string index_sentence(const TargetReport& mains, Duration momentary, Language language) {
  if (!mains.power) return "";
  const PowerIndices& power = *mains.power;
  const auto minutes = [&](Millis time) {
    return human_number(static_cast<double>(time.count()) / 60'000, 1, language) +
           std::string(Text{" min", " menit"}.in(language));
  };
  const std::string border = human_duration(std::chrono::floor<Millis>(momentary), language);
  return filled({"SAIFI {} (longer than {}), MAIFI {} (up to {}), SAIDI {}, CAIDI {}, ASAI {}; "
                 "{} hours observed.",
                 "SAIFI {} (lebih dari {}), MAIFI {} (sampai {}), SAIDI {}, CAIDI {}, "
                 "ASAI {}; {} jam teramati."},
                language, power.sustained, border, power.momentary, border,
                minutes(power.sustained_time), power.caidi ? minutes(*power.caidi) : "-",
                human_share(power.asai, language),
                human_number(static_cast<double>(power.observed.count()) / 3'600'000, 1, language));
}

std::string cause_list(const Totals& totals, Language language) {
  std::vector<Part> parts;
  parts.reserve(cause_count);
  for (std::size_t cause = 0; cause < cause_count; ++cause)
    parts.push_back({totals.down.at(cause), words(static_cast<Cause>(cause))});
  return listed(std::move(parts), language);
}

std::string blind_list(const Totals& totals, Language language) {
  std::vector<Part> parts;
  parts.reserve(blind_count);
  for (std::size_t blind = 0; blind < blind_count; ++blind)
    parts.push_back({totals.unknown.at(blind), words(static_cast<Blind>(blind))});
  return listed(std::move(parts), language);
}

std::string dark_sentence(const DarkRow& dark, const Report& report, Language language) {
  const std::string length =
      dark.length
          ? human_duration(*dark.length, language)
          : std::string(Text{"length not known yet", "lamanya belum diketahui"}.in(language));
  std::string text = fmt::format("{}: {}, {}", plain_date(dark.from, report.query.zone),
                                 words(dark.dark_class).in(language), length);
  if (!dark.is_date_certain)
    text += Text{" (date not certain)", " (tanggal tidak pasti)"}.in(language);
  return text;
}

std::string late_sentence(const LateRow& row, const Report& report, Language language) {
  const Zone& zone = report.query.zone;
  const std::string root = row.root.empty() ? "" : fmt::format(" ({})", row.root);
  std::string text =
      filled({"{}: after {}{} was back at {}", "{}: setelah {}{} kembali pada {}"}, language,
             row.target, words(row.after).in(language), root, plain_date(row.returned, zone));
  if (!row.recovered)
    return text + std::string(Text{", not back yet", ", belum kembali"}.in(language));
  const auto took = std::chrono::floor<Millis>(std::max(Duration{}, *row.recovered - row.returned));
  return text + filled({", back only {} later", ", baru kembali {} kemudian"}, language,
                       human_duration(took, language));
}

std::vector<std::string> report_notes(const Report& report, Language language) {
  std::vector<std::string> notes;
  const Zone& zone = report.query.zone;
  const auto add = [&]<typename... Values>(Text text, const Values&... values) {
    notes.push_back(filled(text, language, values...));
  };
  if (report.known_until < report.span.until) {
    add({"The record ends at {}; nothing is known of later.",
         "Catatan berakhir pada {}; sesudahnya tidak diketahui."},
        long_date(report.known_until, zone, language));
  }
  if (report.is_by_whole_days) {
    add({"The details of old days are no longer kept: this report is by whole days, from {} to {}.",
         "Rincian hari-hari lama tidak disimpan lagi: laporan ini per hari utuh, dari {} sampai "
         "{}."},
        long_date(report.span.from, zone, language), long_date(report.span.until, zone, language));
  }
  if (report.uncertain_dates > 0) {
    add({"The dates of {} records are not certain: the machine's clock could not be trusted then.",
         "Tanggal dari {} catatan tidak pasti: jam mesin tidak dapat dipercaya saat itu."},
        report.uncertain_dates);
  }
  if (report.unknown_lengths > 0) {
    add({"{} stretches of time over a restart are not counted: their length is not known yet.",
         "{} rentang waktu yang melewati penyalaan ulang tidak dihitung: lamanya belum diketahui."},
        report.unknown_lengths);
  }
  if (std::ranges::any_of(report.targets,
                          [](const auto& target) { return target.kpi == Kpi::not_enough_seen; })) {
    add({"\"{}\": less than {} % of the time was seen, so the target is neither met nor missed.",
         "\"{}\": kurang dari {} % waktu terlihat, sehingga sasaran tidak dapat dinilai."},
        words(Kpi::not_enough_seen).in(language), limits::report_observed_percent);
  }
  return notes;
}

}  // namespace siaga
