// From the command line's options to a configuration, for every command that needs one.
#pragma once

#include <expected>
#include <string>

#include "agent/cli/commands.h"
#include "agent/config/load.h"

namespace siaga {

inline constexpr const char* default_config_path = "/etc/siaga/siaga.toml";
// What to call the configuration that is used when there is no file.
inline constexpr Text embedded_name{"the embedded default", "konfigurasi bawaan"};

// The file that counts: the one asked for, else the default path if a file is there, else "" for
// the embedded default.
std::string effective_config_path(const CommonOptions& common);
LoadOptions load_options(const CommonOptions& common);
std::expected<Config, Complaints> load_effective_config(const CommonOptions& common);
// Without the links and mains, which are judged from others: as `siaga status` counts.
std::size_t target_count(const Config& config);
// All complaints on stderr, in frames.
void print_complaints(const Complaints& complaints, const CommonOptions& common);

}  // namespace siaga
