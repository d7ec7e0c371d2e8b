#include "agent/cli/loading.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "probes/link_options.h"
#include "probes/mains_options.h"
#include "probes/registry.h"

namespace siaga {

namespace {

// Where the unit takes credentials from; a command that root types finds them there too.
constexpr const char* packaged_credentials = "/etc/siaga/credentials";

}  // namespace

std::string effective_config_path(const CommonOptions& common) {
  if (!common.config_path.empty()) return common.config_path;
  std::error_code ignored;
  return std::filesystem::exists(default_config_path, ignored) ? default_config_path : "";
}

LoadOptions load_options(const CommonOptions& common) {
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  return {.kinds = kind_schemas(),
          .language = common.language,
          .credentials_directory = credentials == nullptr ? packaged_credentials : credentials};
}

std::expected<Config, Complaints> load_effective_config(const CommonOptions& common) {
  const std::string path = effective_config_path(common);
  if (path.empty()) return parse_config(default_config_text(), "", load_options(common));
  return load_config(path, load_options(common));
}

std::size_t target_count(const Config& config) {
  return static_cast<std::size_t>(
      std::ranges::count_if(config.targets, [](const TargetConfig& target) {
        return target.kind != link_kind && target.kind != mains_kind;
      }));
}

void print_complaints(const Complaints& complaints, const CommonOptions& common) {
  fmt::print(stderr, "{}", format(complaints, common.language, terminal_of(stderr).has_colour));
}

}  // namespace siaga
