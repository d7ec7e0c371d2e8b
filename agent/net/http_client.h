// One HTTP exchange with one address, by libcurl's multi interface on the loop. No redirects, no
// names: the caller resolves and follows. Only agent/net/http_*.cc see <curl/curl.h>.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/reason.h"
#include "agent/core/time.h"
#include "agent/loop/loop.h"
#include "agent/net/tls.h"

namespace siaga {

// An absolute http or https URL in its parts. User information and fragment are not in it.
struct Url {
  std::string text;  // the whole, normalised
  std::string host;  // lower case; a name or an address, without brackets
  std::uint16_t port = 0;
  bool is_tls = false;

  bool operator==(const Url&) const = default;
};
// Nothing for relative URLs, other schemes, hosts beyond ASCII (their ASCII form is wanted, RFC
// 5891) and what libcurl cannot parse.
std::optional<Url> parse_url(std::string_view text);
// A reference (RFC 3986, 5) against a base, as in Location. Nothing as above.
std::optional<Url> join_url(const Url& base, std::string_view reference);
// The three date forms of RFC 9110, 5.6.7.
std::optional<WallTime> parse_http_date(std::string_view text);

enum class HttpVersion : std::uint8_t { any, http_1_1, http_2 };

struct HttpRequest {
  std::string url;  // absolute, http or https
  Address address;  // where to connect (the proxy's address with a proxy)
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  HttpVersion version = HttpVersion::any;
  bool accept_compressed = false;    // offer gzip, deflate, br and decode them
  std::size_t body_limit_bytes = 0;  // of the decoded body; at the limit the transfer is ended
  std::string user, password;        // basic authentication when user is not empty
  std::string bearer;                // bearer token
  std::string proxy;                 // "http://host:port", "socks5h://host:port"; empty: none
  std::string proxy_user, proxy_password;
  std::shared_ptr<TlsContext> tls;  // for https
  std::optional<Address> source;
  std::string interface;
  std::string unix_socket;  // a path: connects there, not to the address; no proxy then
};

enum class HttpPhase : std::uint8_t { connect, tls, processing, transfer };

// Filled as far as the exchange went.
struct HttpResponse {
  Reason reason = Reason::none;  // of the exchange: connect_*, reset, closed, protocol_error,
                                 // tls_*, http_header_too_large, body_encoding, http_proxy,
                                 // agent_*; a status is never a reason here
  std::string detail;
  int status = 0;                                            // 0: no status line came
  std::string version;                                       // "1.1", "2"
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, in order
  std::string body;                                          // decoded, at most body_limit_bytes
  bool body_cut = false;                                     // the limit was reached
  std::int64_t content_length = -1;                          // as announced
  Duration connect{}, tls{}, processing{}, transfer{};       // of the phases that were reached
  HttpPhase reached = HttpPhase::connect;
  TlsFacts tls_facts;
};

// Destroying it cancels and closes the connection.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;
  // What is known so far; for a deadline that struck. The phase under way gets its time until now.
  virtual HttpResponse so_far() = 0;
};

class HttpClient {
 public:
  using Done = std::move_only_function<void(HttpResponse)>;

  static std::unique_ptr<HttpClient> create(Loop& loop, TlsContexts& tls);
  virtual ~HttpClient() = default;

  // Always a fresh connection; the connection request is sent at once. `done` is never called
  // inside start(). Exchanges must be gone before the client is.
  virtual std::unique_ptr<HttpExchange> start(HttpRequest request, Done done) = 0;
};

}  // namespace siaga
