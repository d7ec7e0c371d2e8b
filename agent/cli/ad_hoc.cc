#include "agent/cli/ad_hoc.h"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "agent/cli/loading.h"

namespace siaga {
namespace {

constexpr std::array<std::string_view, 6> schemes{"http", "https", "tcp", "tls", "dns", "ping"};

// A TOML basic string; JSON's escapes are a subset of TOML's.
std::string toml_quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string dns_text(std::string_view rest) {
  const auto slash = std::min(rest.find('/'), rest.size());
  const std::string_view server = rest.substr(0, slash);
  std::string_view query = slash < rest.size() ? rest.substr(slash + 1) : "";
  std::string_view type = "A";
  if (const auto mark = query.find("?type="); mark != std::string_view::npos) {
    type = query.substr(mark + 6);
    query = query.substr(0, mark);
  }
  std::string text = fmt::format("query = {}\ntype = {}\n", toml_quoted(query), toml_quoted(type));
  if (!server.empty()) text += fmt::format("server = {}\n", toml_quoted(server));
  return text;
}

}  // namespace

bool is_probe_url(std::string_view text) {
  const auto mark = text.find("://");
  if (mark == std::string_view::npos) return false;
  for (const std::string_view scheme : schemes) {
    if (text.substr(0, mark) == scheme) return true;
  }
  return false;
}

std::string target_text(std::string_view url) {
  const auto mark = url.find("://");
  const std::string_view scheme = url.substr(0, mark);
  std::string_view rest = url.substr(mark + 3);
  const bool is_http = scheme == "http" || scheme == "https";
  std::string text = fmt::format("[[{}]]\nname = {}\n", is_http ? "http" : scheme,
                                 toml_quoted(url.substr(0, 128)));
  if (is_http) return text + fmt::format("url = {}\n", toml_quoted(url));
  if (scheme == "dns") return text + dns_text(rest);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  return text + fmt::format("host = {}\n", toml_quoted(rest));
}

std::expected<TargetConfig, Complaints> ad_hoc_target(std::string_view url,
                                                      const CommonOptions& common) {
  auto config = parse_config(target_text(url), "", load_options(common));
  if (!config) return std::unexpected(std::move(config.error()));
  return std::move(config->targets.at(0));
}

}  // namespace siaga
