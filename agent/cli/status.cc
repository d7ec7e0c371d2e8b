// `siaga status`: what the running agent knows.
#include <chrono>
#include <cstdio>
#include <thread>

#include <fmt/format.h>

#include "agent/cli/commands.h"
#include "agent/cli/fetch.h"
#include "agent/cli/loading.h"
#include "agent/cli/status_table.h"

namespace siaga {
namespace {

constexpr auto watch_pause = std::chrono::seconds(2);
constexpr Text no_agent{"Is the agent running? Start it with: siaga run\n",
                        "Apakah agen berjalan? Jalankan dengan: siaga run\n"};
constexpr Text no_tcp{"[web] listen has no host:port address; say one with --address\n",
                      "[web] listen tidak memuat alamat host:porta; sebutkan dengan --address\n"};

// The first address that can be asked.
std::string address_of(const Config& config) {
  for (const std::string& address : config.web.listen) {
    if (parse_endpoint(address)) return address;
  }
  return "";
}

int show_once(const CommonOptions& common, const StatusOptions& options,
              const std::string& address) {
  const auto status = fetch(address, "/api/v1/status");
  if (!status) {
    fmt::print(stderr, "{}\n{}", describe(status.error()), no_agent.in(common.language));
    return exit_agent;
  }
  if (options.as_json) {
    fmt::print("{}", *status);
    return exit_ok;
  }
  const auto table = status_table(*status, common);
  if (!table) {
    fmt::print(stderr, "{}\n", describe(table.error()));
    return exit_agent;
  }
  // One write, from the top of the screen: a table that is kept up to date does not flicker.
  constexpr std::string_view top = "\x1b[H\x1b[J";
  fmt::print("{}{}", options.watch && common.terminal.is_terminal ? top : "", *table);
  if (options.watch) fmt::print("http://{}/metrics\n", address);
  std::fflush(stdout);
  return exit_ok;
}

}  // namespace

int show_status(const CommonOptions& common, const StatusOptions& options) {
  std::string address = options.address;
  if (address.empty()) {
    const auto config = load_effective_config(common);
    if (!config) {
      print_complaints(config.error(), common);
      return exit_errors;
    }
    address = address_of(*config);
  }
  if (address.empty()) {
    fmt::print(stderr, "{}", no_tcp.in(common.language));
    return exit_usage;
  }
  int code = show_once(common, options, address);
  for (int round = 1; options.watch && round != options.rounds; ++round) {
    std::this_thread::sleep_for(watch_pause);
    code = show_once(common, options, address);
  }
  return code;
}

}  // namespace siaga
