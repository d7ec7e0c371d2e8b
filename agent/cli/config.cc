// `siaga config show|schema`.
#include <fmt/format.h>

#include "agent/cli/commands.h"
#include "agent/cli/loading.h"
#include "agent/config/document.h"
#include "agent/config/show.h"
#include "probes/registry.h"

namespace siaga {

int show_configuration(const CommonOptions& common) {
  const auto config = load_effective_config(common);
  if (!config) {
    print_complaints(config.error(), common);
    return exit_errors;
  }
  fmt::print("{}", show_config(*config, kind_schemas()));
  return exit_ok;
}

int show_schema(const CommonOptions&) {
  fmt::print("{}\n", config_schema(kind_schemas()));
  return exit_ok;
}

}  // namespace siaga
