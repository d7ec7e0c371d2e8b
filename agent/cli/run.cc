// `siaga run`: the daemon in the foreground.
#include <sys/resource.h>

#include <cstdlib>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "agent/cli/commands.h"
#include "agent/cli/loading.h"
#include "agent/core/log.h"
#include "agent/daemon.h"
#include "agent/service/restart_pause.h"
#include "agent/service/sockets.h"
#include "agent/service/start_pages.h"

namespace siaga {
namespace {

constexpr Text pause_words{
    "waiting {} s before another try: {} lives in a row ended within a minute",
    "menunggu {} dtk sebelum mencoba lagi: {} kali berturut-turut berakhir dalam semenit"};
// More than any start takes after the pause.
constexpr Duration start_allowance = std::chrono::minutes(2);

// All descriptors that we may have: a probe under way needs one or two.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Only a service manager starts us again by itself, and gives us a directory for it.
std::optional<StartFile> start_file() {
  const char* directory = std::getenv("RUNTIME_DIRECTORY");
  if (directory == nullptr || std::getenv("NOTIFY_SOCKET") == nullptr) return std::nullopt;
  return StartFile(std::string(directory) + "/starts");
}

// Blocks before there is anything that a signal could not simply end.
void pause_before_start(const StartFile& file, const Clock& clock, Language language) {
  const StartPlan plan = plan_start(file.read(), clock.boot_now());
  if (plan.pause > Duration::zero()) {
    const auto whole = std::chrono::ceil<std::chrono::seconds>(plan.pause).count();
    const std::string words =
        fmt::format(fmt::runtime(pause_words.in(language)), whole, plan.short_lives);
    const auto allowance =
        std::chrono::duration_cast<std::chrono::microseconds>(plan.pause + start_allowance);
    notify_service_manager(
        fmt::format("STATUS={}\nEXTEND_TIMEOUT_USEC={}", words, allowance.count()));
    log::warning("start delayed", {{"seconds", std::to_string(whole)},
                                   {"short_lives", std::to_string(plan.short_lives)}});
    file.remove();  // whoever starts us by hand meanwhile does not wait
    std::this_thread::sleep_for(plan.pause);
  }
  file.write({.short_lives = plan.short_lives, .began = clock.boot_now()});
}

int watch(const CommonOptions& common, const RunOptions& options, const Clock& clock) {
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
  Loop loop;
  auto sockets = take_listening_sockets();
  auto daemon = sockets
                    ? Daemon::create(
                          loop, clock, std::move(*config), load,
                          {.host = {}, .language = common.language, .sockets = std::move(*sockets)})
                    : std::unexpected(sockets.error());
  if (!daemon) {
    log::error("cannot start", {{"error", describe(daemon.error())}});
    return exit_agent;
  }
  give_back_start_pages();
  (*daemon)->run();
  return exit_ok;
}

}  // namespace

int run_agent(const CommonOptions& common, const RunOptions& options) {
  const SystemClock clock;
  const auto file = start_file();
  if (file) pause_before_start(*file, clock, common.language);
  const int code = watch(common, options, clock);
  if (file && code == exit_ok) file->remove();
  return code;
}

}  // namespace siaga
