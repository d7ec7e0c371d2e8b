#include "agent/cli/fetch.h"

#include <fmt/format.h>

#include "agent/core/address.h"
#include "agent/loop/timer.h"
#include "agent/net/http_client.h"
#include "agent/net/tls.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t answer_bytes = 256U << 20U;
constexpr Duration answer_wait = 10s;

Address reachable(Address address) {
  const Address any{.family = address.family};
  if (address != any) return address;
  return *parse_address(address.family == Family::ip4 ? "127.0.0.1" : "::1");
}

}  // namespace

Result<std::string> fetch(std::string_view listen, std::string_view path) {
  const auto endpoint = parse_endpoint(listen);
  if (!endpoint) {
    return std::unexpected(Error{
        .tried = "ask", .on = std::string(listen), .text = "not an address like 127.0.0.1:9790"});
  }
  const Endpoint asked{.address = reachable(endpoint->address), .port = endpoint->port};
  const SystemClock clock;
  Loop loop;
  const auto tls = TlsContexts::create(loop, clock);
  const auto client = HttpClient::create(loop, *tls);
  HttpResponse response;
  response.reason = Reason::reply_timeout;
  Timer patience(loop, [&loop] { loop.stop(); });
  patience.start_after(answer_wait);
  const auto exchange = client->start({.url = fmt::format("http://{}{}", to_string(asked), path),
                                       .address = asked.address,
                                       .body_limit_bytes = answer_bytes},
                                      [&](HttpResponse answer) {
                                        response = std::move(answer);
                                        loop.stop();
                                      });
  loop.run();
  if (response.reason != Reason::none) {
    return std::unexpected(Error{
        .tried = "ask",
        .on = to_string(asked),
        .text = response.detail.empty() ? std::string(meaning(response.reason)) : response.detail});
  }
  if (response.status == 200) return std::move(response.body);
  return std::unexpected(
      Error{.tried = "ask",
            .on = to_string(asked),
            .text = fmt::format("status {}: {}", response.status, response.body)});
}

}  // namespace siaga
