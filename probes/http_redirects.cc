#include "probes/http_redirects.h"

#include <algorithm>
#include <array>

#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr std::array redirect_statuses{301, 302, 303, 307, 308};

std::string_view location_of(const HttpResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "location") return value;
  }
  return {};
}

bool is_listed(const std::string& host, const std::string& entry) {
  if (!entry.starts_with("*.")) return host == entry;
  const std::string_view below = std::string_view(entry).substr(1);
  return host.size() > below.size() && host.ends_with(below);
}

bool is_host_allowed(const HttpRedirectRules& rules, const Url& first, const Url& next) {
  if (!rules.is_same_host_only && rules.hosts.empty()) return true;
  if (next.host == first.host) return true;
  return std::ranges::any_of(rules.hosts,
                             [&](const auto& entry) { return is_listed(next.host, entry); });
}

// RFC 9110, 15.4: 303 makes everything but HEAD a GET; 301 and 302 do so by long habit.
HttpHop changed(const HttpHop& from, int status, Url url) {
  if (status == 307 || status == 308 || from.method == "HEAD")
    return {.url = std::move(url), .method = from.method, .has_body = from.has_body};
  return {.url = std::move(url), .method = "GET", .has_body = false};
}

}  // namespace

bool is_redirect(const HttpResponse& response) {
  return std::ranges::find(redirect_statuses, response.status) != redirect_statuses.end() &&
         !location_of(response).empty();
}

HttpRedirect next_hop(const HttpRedirectRules& rules, const Url& first, const HttpHop& from,
                      const HttpResponse& response, int count) {
  const std::string_view location = location_of(response);
  if (count >= rules.limit)
    return {.reason = Reason::http_redirects,
            .detail = "more than " + std::to_string(rules.limit) + " redirects, the next to " +
                      printable(location, limits::excerpt_bytes / 4),
            .next = {}};
  auto url = join_url(from.url, location);
  if (!url)
    return {.reason = Reason::http_redirect_forbidden,
            .detail = "not an http or https URL: " + printable(location, limits::excerpt_bytes / 4),
            .next = {}};
  if (!is_host_allowed(rules, first, *url))
    return {.reason = Reason::http_redirect_forbidden,
            .detail = "the host " + printable(url->host, limits::excerpt_bytes / 4) +
                      " is not one of the allowed ones",
            .next = {}};
  return {.reason = Reason::none,
          .detail = {},
          .next = changed(from, response.status, std::move(*url))};
}

const IpNetwork* forbidding_network(const HttpRedirectRules& rules,
                                    const std::optional<Address>& first, const Address& address) {
  for (const IpNetwork& network : rules.forbidden) {
    const bool is_own = first && network.contains(*first);
    if (network.contains(address) && !is_own) return &network;
  }
  return nullptr;
}

// agent_no_route of a name's look-up is about the way to our own resolvers.
Reason reason_behind_redirect(HttpHopStep step, Reason reason) {
  const bool leads_nowhere =
      step == HttpHopStep::resolve
          ? reason == Reason::dns_nxdomain || reason == Reason::dns_no_address
          : reason == Reason::agent_no_route || reason == Reason::agent_address;
  return leads_nowhere ? Reason::http_redirect_unreachable : reason;
}

bool may_have_credentials(const Url& first, const Url& next) {
  if (first.host != next.host || (first.is_tls && !next.is_tls)) return false;
  const bool is_upgrade = !first.is_tls && next.is_tls && first.port == 80 && next.port == 443;
  return is_upgrade || (first.port == next.port && first.is_tls == next.is_tls);
}

}  // namespace siaga
