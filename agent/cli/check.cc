// `siaga check`: the configuration as `run` would load it.
#include <fmt/format.h>

#include "agent/cli/commands.h"
#include "agent/cli/loading.h"
#include "agent/core/plural.h"

namespace siaga {
namespace {

constexpr Text file_is_good{"{0}: good, {1} target{2}\n", "{0}: baik, {1} target\n"};

}  // namespace

int check_configuration(const CommonOptions& common, const CheckOptions& options) {
  const auto config = load_effective_config(common);
  if (options.as_json) {
    fmt::print("{}\n", to_json(config ? Complaints{} : config.error()));
  } else if (!config) {
    print_complaints(config.error(), common);
  } else if (!options.is_quiet) {
    std::string path = effective_config_path(common);
    if (path.empty()) path = embedded_name.in(common.language);
    const auto count = target_count(*config);
    fmt::print(fmt::runtime(file_is_good.in(common.language)), path, count, plural_s(count));
  }
  return config ? exit_ok : exit_errors;
}

}  // namespace siaga
