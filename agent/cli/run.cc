// `siaga run`: the daemon in the foreground.
#include <sys/resource.h>

#include <fmt/format.h>

#include "agent/cli/commands.h"
#include "agent/cli/loading.h"
#include "agent/core/log.h"
#include "agent/daemon.h"

namespace siaga {
namespace {

// All descriptors that we may have: a probe under way needs one or two.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int run_agent(const CommonOptions& common, const RunOptions& options) {
  const auto load = [common, options] {
    auto config = load_effective_config(common);
    if (config && options.is_verbose) config->agent.log_level = "debug";
    return config;
  };
  auto config = load();
  if (!config) {
    print_complaints(config.error(), common);
    return exit_usage;
  }
  raise_descriptor_limit();
  const SystemClock clock;
  Loop loop;
  auto daemon = Daemon::create(loop, clock, std::move(*config), load);
  if (!daemon) {
    log::error("cannot start", {{"error", describe(daemon.error())}});
    return exit_agent;
  }
  (*daemon)->run();
  return exit_ok;
}

}  // namespace siaga
