// The composed agent on loopback for tests: its configuration as text, its pages by HTTP, and as
// many lives as a test wants, one after the other, with one state directory.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "agent/daemon.h"
#include "agent/net/http_client.h"
#include "probes/registry.h"
#include "tests/agent/machine.h"
#include "tests/support/test_loop.h"

namespace siaga::tests {

class RunningDaemon : public testing::Test {
 protected:
  Config parsed(const std::string& text) {
    auto config = parse_config(
        "[office]\nid = \"kantor\"\n[agent]\nclock = \"trusted\"\n[defaults]\ninterval = "
        "\"1s\"\ntimeout = \"1s\"\n" +
            text,
        "", {.kinds = kind_schemas()});
    EXPECT_TRUE(config) << (config ? "" : format(config.error(), Language::english, false));
    Config made = config.value_or(Config{});
    made.web.listen = {"127.0.0.1:0"};  // port 0 is for tests: a person could not find the agent
    made.agent.state_dir = machine_.state_dir();
    return made;
  }
  void start(const std::string& text) {
    auto daemon = Daemon::create(loop_.loop(), clock_, parsed(text), [this] { return next_; },
                                 {.host = machine_.paths()});
    ASSERT_TRUE(daemon) << describe(daemon.error());
    daemon_ = std::move(*daemon);
    client_ = HttpClient::create(loop_.loop(), *tls_);
  }
  // As by a kill, except that what was recorded is on disk.
  void end() {
    client_.reset();
    daemon_.reset();
  }
  HttpResponse get(const std::string& path, const std::string& method = "GET") {
    std::optional<HttpResponse> answer;
    const auto exchange =
        client_->start({.url = "http://" + daemon_->addresses().at(0) + path,
                        .address = *parse_address("127.0.0.1"),
                        .method = method,
                        .body_limit_bytes = 8U << 20U},
                       [&](HttpResponse response) { answer = std::move(response); });
    loop_.run_until([&] { return answer.has_value(); });
    return std::move(*answer);
  }
  std::string metrics() { return get("/metrics").body; }
  bool has(const std::string& line) { return metrics().find(line) != std::string::npos; }
  void wait_for(const std::string& line) {
    const Instant end = clock_.now() + std::chrono::seconds(15);
    while (!has(line)) ASSERT_LT(clock_.now(), end) << "never came: " << line << "\n" << metrics();
  }
  static std::string tcp(const std::string& name, const std::string& host,
                         const std::string& more = "") {
    return "[[tcp]]\nname = \"" + name + "\"\nhost = \"" + host +
           "\"\nretry_interval = \"200ms\"\n" + more;
  }

  Machine machine_;
  TestLoop loop_{std::chrono::seconds(30)};
  SystemClock clock_;
  std::unique_ptr<TlsContexts> tls_ = TlsContexts::create(loop_.loop(), clock_);
  std::expected<Config, Complaints> next_;
  std::unique_ptr<Daemon> daemon_;
  std::unique_ptr<HttpClient> client_;
};

}  // namespace siaga::tests
