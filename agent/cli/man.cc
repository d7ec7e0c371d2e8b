// `siaga man`: a manual page on stdout, for `man -l -` and for packages.
#include <chrono>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "agent/cli/commands.h"
#include "agent/cli/man_page.h"
#include "probes/registry.h"

namespace siaga {
namespace {

// reproducible-builds.org: a build says which date its documents have.
std::string date_of_page() {
  const char* given = std::getenv("SOURCE_DATE_EPOCH");
  const auto now = std::chrono::system_clock::now();
  const std::chrono::sys_seconds seconds =
      given == nullptr
          ? std::chrono::floor<std::chrono::seconds>(now)
          : std::chrono::sys_seconds(std::chrono::seconds(std::strtoll(given, nullptr, 10)));
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(seconds));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

}  // namespace

int show_manual(const CommonOptions& common, const ManualOptions& options, const Command& siaga) {
  const std::string date = date_of_page();
  fmt::print("{}", options.page == "siaga.toml"
                       ? configuration_manual(kind_schemas(), common.language, date)
                       : command_manual(siaga, common.language, date));
  return exit_ok;
}

}  // namespace siaga
