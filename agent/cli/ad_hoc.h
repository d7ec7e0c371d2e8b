// A target that stands in no file: `siaga probe https://host/`.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "agent/cli/commands.h"
#include "agent/config/load.h"

namespace siaga {

// True for "scheme://..." of a known scheme.
bool is_probe_url(std::string_view text);

// The configuration text of one target for `url`: what a user would have written.
//   http(s)://host/path  tcp://host:port  tls://host[:port]  ping://host
//   dns://server[:port]/name[?type=MX]  dns:///name (the system's resolvers)
std::string target_text(std::string_view url);

// The target itself, or the complaints about it.
std::expected<TargetConfig, Complaints> ad_hoc_target(std::string_view url,
                                                      const CommonOptions& common);

}  // namespace siaga
