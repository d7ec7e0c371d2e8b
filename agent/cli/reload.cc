// `siaga reload`: the running agent reads its configuration anew, and says whether it took it.
#include <cstdlib>

#include <fmt/format.h>

#include "agent/cli/commands.h"
#include "agent/cli/control.h"
#include "agent/cli/loading.h"

namespace siaga {
namespace {

constexpr Text no_agent_runs{
    "no agent runs on {0}; start it: systemctl start siaga\n",
    "tidak ada agen yang berjalan di {0}; jalankan: systemctl start siaga\n"};
constexpr Text old_stays{"the old configuration stays in force\n",
                         "konfigurasi lama tetap berlaku\n"};
constexpr std::string_view packaged_state_dir = "/var/lib/siaga";

// The configuration that says where the agent lives may be the one that is broken.
std::string state_dir_of(const CommonOptions& common, const ReloadOptions& options) {
  if (!options.state_dir.empty()) return options.state_dir;
  if (const auto config = load_effective_config(common)) return config->agent.state_dir;
  const char* given = std::getenv("STATE_DIRECTORY");  // by systemd, to ExecReload=
  return std::string(given == nullptr ? packaged_state_dir : given);
}

}  // namespace

int reload_agent(const CommonOptions& common, const ReloadOptions& options) {
  const std::string state_dir = state_dir_of(common, options);
  const auto answer = ask_agent(state_dir, "POST", "/-/reload");
  if (!answer) {
    fmt::print(stderr, "{}\n", describe(answer.error()));
    return exit_agent;
  }
  if (!*answer) {
    fmt::print(stderr, fmt::runtime(no_agent_runs.in(common.language)), state_dir);
    return exit_agent;
  }
  const bool is_good = (*answer)->status == 200;
  const std::string& text = (*answer)->body;
  fmt::print(is_good ? stdout : stderr, "{}{}", text, text.ends_with('\n') ? "" : "\n");
  if (!is_good) fmt::print(stderr, "{}", old_stays.in(common.language));
  return is_good ? exit_ok : exit_errors;
}

}  // namespace siaga
