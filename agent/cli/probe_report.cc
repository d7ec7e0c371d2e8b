#include "agent/cli/probe_report.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr int chart_columns = 40;

constexpr Text words_ok{"OK", "BAIK"};
constexpr Text words_failed{"FAILED", "GAGAL"};
constexpr Text words_unknown{"UNKNOWN", "TIDAK DIKETAHUI"};
constexpr Text words_cause{"cause", "penyebab"};
constexpr Text words_excerpt{"the answer began with", "jawaban dimulai dengan"};

std::string_view say(Verdict verdict, Language language) {
  switch (verdict) {
    case Verdict::ok: return words_ok.in(language);
    case Verdict::failed: return words_failed.in(language);
    case Verdict::unknown: return words_unknown.in(language);
  }
  return "";
}

std::string milliseconds(double seconds) { return fmt::format("{:.1f} ms", seconds * 1000); }

struct Phase {
  std::string_view name;
  double seconds = 0;
};

// The readings that are durations by phase, in the kind's order: the run's parts, one after
// another.
std::vector<Phase> phases(const TargetInfo& info, const Outcome& outcome) {
  std::vector<Phase> found;
  for (std::size_t id = 0; id < info.readings.size(); ++id) {
    const ReadingDefinition& row = info.readings[id];
    constexpr std::string_view prefix = "phase=\"";
    const double value = outcome.readings.get(static_cast<ReadingId>(id));
    if (!row.label.starts_with(prefix) || std::isnan(value)) continue;
    found.push_back({.name = row.label.substr(prefix.size(), row.label.size() - prefix.size() - 1),
                     .seconds = value});
  }
  return found;
}

// A waterfall: every phase begins where the one before it ended.
std::string chart(const std::vector<Phase>& phases, const Terminal& terminal) {
  double total = 0;
  for (const Phase& phase : phases) total += phase.seconds;
  if (total <= 0) return "";
  std::string text;
  double begun = 0;
  for (const Phase& phase : phases) {
    const auto column = [&](double at) {
      return static_cast<int>(std::lround(at / total * chart_columns));
    };
    const int first = std::min(column(begun), chart_columns - 1);
    const int length = phase.seconds > 0 ? std::max(1, column(begun + phase.seconds) - first) : 0;
    std::string bar;
    for (int index = 0; index < length; ++index) bar += "█";
    text += fmt::format("  {:<11} {:>10}  {}{}\n", phase.name, milliseconds(phase.seconds),
                        std::string(static_cast<std::size_t>(first), ' '),
                        terminal.paint(Colour::green, bar));
    begun += phase.seconds;
  }
  return text;
}

std::string explained(const Explanation& explanation, const CommonOptions& common) {
  std::string text;
  for (const auto& [topic, line] : explanation.lines) {
    text += fmt::format("  {} {}\n",
                        common.terminal.paint(Colour::bold, fmt::format("{:<12}", topic)), line);
  }
  if (explanation.excerpt.empty()) return text;
  return text + fmt::format("  {}:\n    {}\n", words_excerpt.in(common.language),
                            printable(explanation.excerpt, 400));
}

nlohmann::ordered_json readings_as_json(const TargetInfo& info, const Readings& readings) {
  auto all = nlohmann::ordered_json::object();
  for (std::size_t id = 0; id < info.readings.size(); ++id) {
    const double value = readings.get(static_cast<ReadingId>(id));
    if (std::isnan(value)) continue;
    const ReadingDefinition& row = info.readings[id];
    all[row.label.empty() ? std::string(row.metric)
                          : fmt::format("{}{{{}}}", row.metric, row.label)] = value;
  }
  for (const Readings::Info& reading : readings.infos()) {
    all[fmt::format("{}{{{}}}", info.readings[reading.id].metric, *reading.labels)] = 1;
  }
  return all;
}

}  // namespace

std::string report_as_text(const TargetInfo& info, const Outcome& outcome,
                           const CommonOptions& common, bool explain) {
  const std::string verdict(say(outcome.verdict, common.language));
  std::string text =
      fmt::format("{} {} {} {}", common.terminal.paint(colour_of(outcome.verdict), verdict),
                  info.kind, info.instance, milliseconds(seconds(outcome.duration)));
  if (!outcome.address.empty() && outcome.address != info.host)
    text += fmt::format(" ({})", outcome.address);
  text += '\n';
  if (outcome.reason != Reason::none) {
    text +=
        fmt::format("  {}: {}", name(outcome.reason),
                    outcome.detail.empty() ? std::string(meaning(outcome.reason)) : outcome.detail);
    if (cause(outcome.reason) != Cause::none)
      text +=
          fmt::format(" [{}: {}]", words_cause.in(common.language), name(cause(outcome.reason)));
    text += '\n';
  }
  text += chart(phases(info, outcome), common.terminal);
  const bool has_excerpt = outcome.explanation && !outcome.explanation->excerpt.empty();
  if (outcome.explanation && (explain || has_excerpt))
    text += explained(*outcome.explanation, common);
  return text;
}

std::string report_as_json(const TargetInfo& info, const Outcome& outcome) {
  nlohmann::ordered_json report{
      {"target", info.name},
      {"kind", info.kind},
      {"instance", info.instance},
      {"verdict", name(outcome.verdict)},
      {"reason", name(outcome.reason)},
      {"cause", outcome.reason == Reason::none ? "" : name(cause(outcome.reason))},
      {"detail", outcome.detail},
      {"duration_seconds", seconds(outcome.duration)},
      {"address", outcome.address},
      {"readings", readings_as_json(info, outcome.readings)},
      {"explanation", nlohmann::ordered_json::array()},
      {"excerpt", outcome.explanation ? outcome.explanation->excerpt : ""}};
  if (outcome.explanation) {
    for (const auto& [topic, line] : outcome.explanation->lines) {
      report["explanation"].push_back({{"topic", topic}, {"text", line}});
    }
  }
  return report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace siaga
