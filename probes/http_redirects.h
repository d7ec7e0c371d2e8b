// Where a redirect leads and whether it may: pure. The address is checked apart, after the name was
// resolved, because a name says nothing of where it leads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/reason.h"
#include "agent/net/http_client.h"

namespace siaga {

struct HttpRedirectRules {
  bool is_followed = true;
  int limit = 10;
  bool is_same_host_only = false;
  std::vector<std::string> hosts;  // lower case; "*.example.org" is every name below it
  std::vector<IpNetwork> forbidden;
};

// What changes from one request of a run to the next.
struct HttpHop {
  Url url;
  std::string method;
  bool has_body = false;
};

struct HttpRedirect {
  Reason reason = Reason::none;  // why it is not followed
  std::string detail;
  HttpHop next;
};

// Whether the answer asks to go somewhere else: 301, 302, 303, 307, 308 with a Location.
bool is_redirect(const HttpResponse& response);
// `first` is what the target's URL says, `count` how many redirects were followed already.
HttpRedirect next_hop(const HttpRedirectRules& rules, const Url& first, const HttpHop& from,
                      const HttpResponse& response, int count);
// A network that holds `address` and is forbidden; those that hold the target's own first address
// are not: whoever watches a machine inside means it.
const IpNetwork* forbidding_network(const HttpRedirectRules& rules,
                                    const std::optional<Address>& first, const Address& address);
// What a failed step of a hop behind a redirect means, given what it would mean on the first hop.
// Where visitors are sent is the target's choice: a name without an address, and an address that
// this host has no way to or no source address for, are its failure then. The agent's other
// trouble, and resolvers that do not answer, are not.
enum class HttpHopStep : std::uint8_t { resolve, exchange };
Reason reason_behind_redirect(HttpHopStep step, Reason reason);
// Credentials go to the first host and port, and from http to https of one host; never back to
// plain text.
bool may_have_credentials(const Url& first, const Url& next);

}  // namespace siaga
