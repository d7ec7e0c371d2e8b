// The kind `echo` against real sockets on loopback.
#include "probes/echo.h"

#include <gtest/gtest.h>

#include <optional>

#include "agent/schedule/flight.h"
#include "tests/support/test_loop.h"
#include "tests/support/udp_peer.h"

namespace siaga {
namespace {

class EchoTest : public testing::Test {
 protected:
  // One run against the peer's port, to its end.
  Outcome look(std::uint16_t port, Duration timeout = std::chrono::seconds(5)) {
    const std::vector<OptionValue> values = {HostPort{"127.0.0.1", port}, std::string("hello"),
                                             std::string("ip4"), true};
    std::vector<OptionValue> all = values;
    all.resize(echo_kind.options.size());
    Section section("one", echo_kind.options, all);
    const auto probe = echo_kind.parse(section);
    std::optional<Outcome> found;
    Flight flight(network_, *probe, timeout, false,
                  [&](Outcome outcome) { found = std::move(outcome); });
    test_.run_until([&] { return found.has_value(); });
    return std::move(*found);
  }

  tests::TestLoop test_;
  SystemClock clock_;
  Network network_{test_.loop(), clock_};
};

TEST_F(EchoTest, IsOkWhenTheSameTextComesBack) {
  tests::UdpPeer peer([](std::string_view text) { return std::vector{std::string(text)}; });

  const Outcome outcome = look(peer.port());

  EXPECT_EQ(outcome.verdict, Verdict::ok) << outcome.detail;
}

TEST_F(EchoTest, FailsWhenAnotherTextComesBack) {
  tests::UdpPeer peer([](std::string_view) { return std::vector<std::string>{"goodbye"}; });

  const Outcome outcome = look(peer.port());

  EXPECT_EQ(outcome.reason, Reason::expect_mismatch);
}

TEST_F(EchoTest, NamesTheStepThatRanOutOfTime) {
  tests::UdpPeer peer([](std::string_view) { return std::vector<std::string>{}; });

  const Outcome outcome = look(peer.port(), std::chrono::milliseconds(50));

  EXPECT_EQ(outcome.reason, Reason::reply_timeout);
}

}  // namespace
}  // namespace siaga
