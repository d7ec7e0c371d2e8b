// HTTP over a Unix socket: to the running agent.
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "agent/net/http_client.h"
#include "tests/support/test_loop.h"
#include "tests/support/unix_peer.h"

namespace siaga {
namespace {

using tests::Conversation;
using tests::UnixPeer;

class HttpUnixSocket : public testing::Test {
 protected:
  HttpResponse get(const std::string& path) {
    std::optional<HttpResponse> response;
    const auto exchange =
        client_->start({.url = "http://localhost/a?b=c",
                        .method = "POST",
                        .body_limit_bytes = 1000,
                        .unix_socket = path},
                       [&](HttpResponse answer) { response = std::move(answer); });
    test_.run_until([&] { return response.has_value(); });
    return *response;
  }

  std::string path_ = (std::filesystem::temp_directory_path() /
                       ("siaga-http-" + std::to_string(getpid()) + ".sock"))
                          .string();
  tests::TestLoop test_;
  SystemClock clock_;
  std::unique_ptr<TlsContexts> tls_ = TlsContexts::create(test_.loop(), clock_);
  std::unique_ptr<HttpClient> client_ = HttpClient::create(test_.loop(), *tls_);
};

TEST_F(HttpUnixSocket, AsksAndIsAnsweredAgainAndAgain) {
  const UnixPeer peer(path_, [](Conversation& talk) {
    const std::string request = talk.receive_until("\r\n\r\n");
    const bool is_right = request.starts_with("POST /a?b=c HTTP/1.1\r\nHost: localhost\r\n");
    talk.send(is_right ? "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"
                       : "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n");
  });

  for (int round = 0; round < 3; ++round) {
    const HttpResponse response = get(path_);
    EXPECT_EQ(response.reason, Reason::none) << response.detail;
    EXPECT_EQ(response.status, 202);
    EXPECT_EQ(response.body, "ok");
  }
}

TEST_F(HttpUnixSocket, ASocketThatNobodyListensAtRefuses) {
  tests::leave_stale_socket(path_);

  EXPECT_EQ(get(path_).reason, Reason::connect_refused);
  std::filesystem::remove(path_);
  EXPECT_EQ(get(path_).reason, Reason::connect_failed) << "no such file";
  EXPECT_NE(get("/" + std::string(200, 'x')).reason, Reason::none) << "too long for an address";
}

}  // namespace
}  // namespace siaga
