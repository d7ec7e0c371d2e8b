// The HTTP endpoint: sockets, connections and their limits, on the loop, without threads. The only
// door to <microhttpd.h>. What is answered is decided by the Site; nothing here reads a snapshot.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/core/limits.h"
#include "agent/core/result.h"
#include "agent/loop/descriptor.h"
#include "agent/loop/loop.h"
#include "exporters/endpoint/site.h"

namespace siaga {

// Of each address that is listened on.
struct WebLimits {
  unsigned connections = limits::web_connections;
  Duration idle = limits::scrape_idle;     // whole seconds; a peer that takes or sends nothing
  Duration request = limits::web_request;  // from the connection, or the last answer, to a
                                           // whole request
  Duration answer = limits::web_answer;    // from the request to the last byte taken
};

class WebEndpoint {
 public:
  // `listen`: "127.0.0.1:9790", "[::1]:9790", "unix:/path". All or none: an Error names the first
  // that cannot be had and says what to change. `loop` and `site` must outlive the endpoint.
  static Result<std::unique_ptr<WebEndpoint>> open(Loop& loop,
                                                   const std::vector<std::string>& listen,
                                                   Site& site, const WebLimits& limits = {});
  // The same on a socket that listens already.
  static Result<std::unique_ptr<WebEndpoint>> adopt(Loop& loop, Descriptor socket, Site& site,
                                                    const WebLimits& limits = {});
  // Ends all connections at once. Never from inside a handler of the Site.
  ~WebEndpoint();
  WebEndpoint(const WebEndpoint&) = delete;
  WebEndpoint& operator=(const WebEndpoint&) = delete;

  // As bound, in the order asked for: "127.0.0.1:40123" where port 0 was asked for.
  std::vector<std::string> addresses() const;
  std::size_t connections() const;

 private:
  class Door;
  WebEndpoint() = default;
  std::vector<std::unique_ptr<Door>> doors_;
};

}  // namespace siaga
