// `siaga doctor`: is this machine fit for the agent, and what would mend it? Changes nothing.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "agent/cli/commands.h"
#include "agent/cli/doctor_facts.h"
#include "agent/core/utf8.h"
#include "agent/doctor/checks.h"

namespace siaga {
namespace {

constexpr std::size_t line_bytes = 2000;
constexpr Text sums{"{} ok, {} to look at, {} to mend\n",
                    "{} baik, {} perlu dilihat, {} perlu diperbaiki\n"};

Colour colour_of(Level level) {
  constexpr std::array colours{Colour::green, Colour::yellow, Colour::red};
  return colours.at(static_cast<std::size_t>(level));
}

void print_finding(const CommonOptions& common, const Finding& finding) {
  const std::string level = fmt::format("{:<4}", name(finding.level));
  fmt::print("{}  {:<13}  {}\n", common.terminal.paint(colour_of(finding.level), level),
             finding.subject, printable(finding.seen.in(common.language), line_bytes));
  const std::string& remedy = finding.remedy.in(common.language);
  if (!remedy.empty()) fmt::print("{:21}-> {}\n", "", printable(remedy, line_bytes));
}

std::array<std::size_t, 3> counts_of(const FindingList& findings) {
  std::array<std::size_t, 3> counts{};
  for (const Finding& finding : findings) ++counts.at(static_cast<std::size_t>(finding.level));
  return counts;
}

// Keys are a contract: docs/doctor.md.
std::string json_of(const FindingList& findings, Language language) {
  using Json = nlohmann::ordered_json;
  Json rows = Json::array();
  for (const Finding& finding : findings) {
    Json row{{"check", finding.subject},
             {"level", name(finding.level)},
             {"seen", finding.seen.in(language)}};
    if (!finding.remedy.in(language).empty()) row["remedy"] = finding.remedy.in(language);
    rows.push_back(std::move(row));
  }
  const auto counts = counts_of(findings);
  const Json all{{"version", SIAGA_VERSION},
                 {"ok", counts[0]},
                 {"warn", counts[1]},
                 {"fail", counts[2]},
                 {"findings", std::move(rows)}};
  return all.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

int examine_host(const CommonOptions& common, const DoctorOptions& options) {
  const GatheredFacts gathered = gather_facts(common, options);
  const FindingList findings = examine(gathered.facts);
  const auto counts = counts_of(findings);
  if (options.as_json) {
    fmt::print("{}\n", json_of(findings, common.language));
  } else {
    for (const Finding& finding : findings) print_finding(common, finding);
    fmt::print(fmt::runtime(sums.in(common.language)), counts[0], counts[1], counts[2]);
  }
  const int code = counts[2] > 0 ? exit_errors : exit_ok;
  if (gathered.is_thread_left) {
    // A thread hangs in the disk: nobody waits for it, nothing may be torn down under it.
    std::fflush(stdout);
    _exit(code);
  }
  return code;
}

}  // namespace siaga
