// `siaga probe`: one target, looked at now, by the same code that the daemon runs.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "agent/cli/ad_hoc.h"
#include "agent/cli/commands.h"
#include "agent/cli/loading.h"
#include "agent/cli/probe_report.h"
#include "agent/net/network.h"
#include "agent/network_options.h"
#include "agent/schedule/flight.h"
#include "agent/targets.h"

namespace siaga {
namespace {

constexpr Text no_such_target{
    "no target is named '{}' in {}\nwrite its name as configured, or an address such as "
    "https://host/ or ping://host\n",
    "tidak ada target bernama '{}' di {}\ntulis namanya seperti dalam konfigurasi, atau alamat "
    "seperti https://host/ atau ping://host\n"};

constexpr Text not_probed{
    "'{}' is a [[{}]]: it is judged from others, not probed; see `siaga status`\n",
    "'{}' adalah [[{}]]: dinilai dari yang lain, tidak diperiksa sendiri; lihat `siaga status`\n"};

struct Chosen {
  TargetConfig target;
  AgentConfig agent;
};

std::expected<Chosen, int> choose(const CommonOptions& common, const std::string& what) {
  if (is_probe_url(what)) {
    auto target = ad_hoc_target(what, common);
    if (target) return Chosen{.target = std::move(*target)};
    print_complaints(target.error(), common);
    return std::unexpected(exit_usage);
  }
  const auto config = load_effective_config(common);
  if (!config) {
    print_complaints(config.error(), common);
    return std::unexpected(exit_errors);
  }
  const auto found = std::ranges::find(config->targets, what, &TargetConfig::name);
  const bool is_there = found != config->targets.end();
  if (is_there && role_of(found->kind) != NodeRole::target) {
    fmt::print(stderr, fmt::runtime(not_probed.in(common.language)), what, found->kind);
    return std::unexpected(exit_usage);
  }
  if (is_there) return Chosen{.target = *found, .agent = config->agent};
  const std::string path = effective_config_path(common);
  fmt::print(stderr, fmt::runtime(no_such_target.in(common.language)), what,
             path.empty() ? std::string(embedded_name.in(common.language)) : path);
  return std::unexpected(exit_usage);
}

// Runs the probe once; the loop ends with the flight.
Outcome fly(Network& network, const Target& target, const TargetConfig& config, bool explain) {
  Outcome result;
  Flight flight(network, *target.probe, config.timeout, explain, [&](Outcome outcome) {
    result = std::move(outcome);
    network.loop.stop();
  });
  network.loop.run();
  return result;
}

int exit_code(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok: return exit_ok;
    case Verdict::failed: return exit_errors;
    case Verdict::unknown: return exit_agent;
  }
  return exit_agent;
}

}  // namespace

int probe_once(const CommonOptions& common, const ProbeOptions& options) {
  const auto chosen = choose(common, options.what);
  if (!chosen) return chosen.error();
  const Target target = make_target(chosen->target);
  const SystemClock clock;
  Loop loop;
  Network network(loop, clock, resolver_options(chosen->agent));

  int worst = exit_ok;
  for (int round = 0; round < options.repeat; ++round) {
    const Outcome outcome =
        fly(network, target, chosen->target, options.explain || options.as_json);
    if (options.as_json) fmt::print("{}\n", report_as_json(*target.info, outcome));
    else fmt::print("{}", report_as_text(*target.info, outcome, common, options.explain));
    std::fflush(stdout);
    worst = std::max(worst, exit_code(outcome.verdict));
  }
  return worst;
}

}  // namespace siaga
