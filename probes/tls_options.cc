#include "probes/tls_options.h"

#include <algorithm>
#include <optional>

namespace siaga {
namespace {

std::optional<TlsVersion> version_of(std::string_view name) {
  const auto* const found = std::ranges::find(tls_version_names, name);
  if (found == tls_version_names.end()) return std::nullopt;
  return static_cast<TlsVersion>(found - tls_version_names.begin());
}

}  // namespace

TlsOptions parse_tls(Section& section) {
  TlsOptions options;
  options.verify = section.get<bool>("tls.verify");
  options.ca_file = section.get_or<std::string>("tls.ca_file", {});
  options.certificate_file = section.get_or<std::string>("tls.certificate_file", {});
  options.key_file = section.get_or<std::string>("tls.key_file", {});
  options.server_name = section.get_or<std::string>("tls.server_name", {});
  options.min_version =
      version_of(section.get<std::string>("tls.min_version")).value_or(TlsVersion::tls_1_2);
  options.max_version = version_of(section.get_or<std::string>("tls.max_version", {}));
  options.expires_in_min = section.get_or<Duration>("tls.expires_in", {});

  if (!options.key_file.empty() && options.certificate_file.empty())
    section.complain("tls.key_file", "a key without a certificate", "add tls.certificate_file");
  if (options.max_version && *options.max_version < options.min_version)
    section.complain("tls.max_version", "is older than tls.min_version");
  return options;
}

}  // namespace siaga
