// The kind `ping` against loopback. Needs CAP_NET_RAW, as the agent does.
#include "probes/ping.h"

#include <gtest/gtest.h>

#include "probes/reach.h"
#include "tests/support/descriptors.h"
#include "tests/support/test_loop.h"

namespace siaga::tests {
namespace {

using namespace std::chrono_literals;

class PingTest : public testing::Test {
 protected:
  PingTest() : values_(ping_kind.options.size()) {
    set("host", std::string("127.0.0.1"));
    set("packets", std::int64_t{2});
    set("spacing", Duration(1ms));
    set("wait", Duration(1s));
    set("size", std::int64_t{56});
    set("dont_fragment", false);
    set("preferred_ip_protocol", std::string("ip4"));
    set("ip_protocol_fallback", true);
  }

  void set(std::string_view key, OptionValue value) {
    for (std::size_t index = 0; index < values_.size(); ++index) {
      if (ping_kind.options[index].key == key) values_[index] = std::move(value);
    }
  }
  std::unique_ptr<const Probe> parse() {
    Section section("target", ping_kind.options, values_);
    return ping_kind.parse(section);
  }
  Outcome run() {
    const auto probe = parse();
    std::optional<Outcome> outcome;
    const auto attempt =
        probe->start({.network = network_, .deadline = test_.loop().now() + 5s, .explain = true},
                     [&](Outcome found) { outcome = std::move(found); });
    EXPECT_FALSE(outcome) << "told from inside the start";
    test_.run_until([&] { return outcome.has_value(); });
    return std::move(*outcome);
  }
  static double reading(const Outcome& outcome, std::string_view metric, std::string_view label) {
    for (std::size_t index = 0; index < ping_kind.readings.size(); ++index) {
      const ReadingDefinition& row = ping_kind.readings[index];
      if (row.metric == metric && row.label == label)
        return outcome.readings.get(static_cast<ReadingId>(index));
    }
    ADD_FAILURE() << metric;
    return 0;
  }

  TestLoop test_;
  SystemClock clock_;
  Network network_{test_.loop(), clock_};
  std::vector<OptionValue> values_;
};

TEST_F(PingTest, AnsweringHostIsOkWithAllReadings) {
  const Outcome outcome = run();

  EXPECT_EQ(outcome.verdict, Verdict::ok) << outcome.detail;
  EXPECT_EQ(outcome.address, "127.0.0.1");
  EXPECT_EQ(reading(outcome, "probe_ip_protocol", ""), 4);
  EXPECT_EQ(reading(outcome, "probe_icmp_reply_hop_limit", ""), 64);
  EXPECT_EQ(reading(outcome, "smokeping_requests_total", ""), 2);
  EXPECT_EQ(reading(outcome, "smokeping_response_duplicates_total", ""), 0);
  EXPECT_EQ(reading(outcome, "siaga_ping_loss_ratio", ""), 0);
  const double mean = reading(outcome, "siaga_ping_rtt_seconds", "stat=\"mean\"");
  EXPECT_GT(mean, 0);
  EXPECT_GE(mean, reading(outcome, "siaga_ping_rtt_seconds", "stat=\"min\""));
  EXPECT_LE(mean, reading(outcome, "siaga_ping_rtt_seconds", "stat=\"max\""));
  EXPECT_EQ(mean, reading(outcome, "probe_icmp_duration_seconds", "phase=\"rtt\""));
  EXPECT_EQ(outcome.readings.observations().size(), 2U);
  ASSERT_TRUE(outcome.explanation);
  EXPECT_EQ(outcome.explanation->lines.front().second, "127.0.0.1");
}

TEST_F(PingTest, Ip6HostIsReached) {
  set("host", std::string("::1"));

  const Outcome outcome = run();

  EXPECT_EQ(outcome.verdict, Verdict::ok) << outcome.detail;
  EXPECT_EQ(reading(outcome, "probe_ip_protocol", ""), 6);
}

TEST_F(PingTest, RoundTripAboveTheLimitIsSlow) {
  set("rtt_max", Duration(1ns));

  const Outcome outcome = run();

  EXPECT_EQ(outcome.reason, Reason::ping_slow);
  EXPECT_EQ(outcome.verdict, Verdict::failed);
}

TEST_F(PingTest, TroubleOfTheAgentIsUnknown) {
  set("interface", std::string("nonesuch0"));

  const Outcome outcome = run();

  EXPECT_EQ(outcome.verdict, Verdict::unknown);
  EXPECT_EQ(outcome.reason, Reason::agent_address);
}

TEST_F(PingTest, WithoutDescriptorsItIsTheAgentsTrouble) {
  run();
  set("host", std::string("::1"));  // over a socket that is not open yet
  const DescriptorFamine famine;

  const Outcome outcome = run();

  EXPECT_EQ(outcome.verdict, Verdict::unknown);
  EXPECT_EQ(outcome.reason, Reason::agent_descriptors);
}

TEST_F(PingTest, DeadlineJudgesTheRepliesThatCame) {
  set("packets", std::int64_t{100});
  set("spacing", Duration(5ms));
  const auto probe = parse();
  bool is_told = false;
  const auto attempt = probe->start({.network = network_, .deadline = test_.loop().now() + 5s},
                                    [&](const Outcome&) { is_told = true; });
  test_.run_for(30ms);

  const Outcome outcome = attempt->give_up();

  EXPECT_EQ(outcome.verdict, Verdict::ok) << outcome.detail;
  EXPECT_GE(reading(outcome, "smokeping_requests_total", ""), 1);
  EXPECT_FALSE(is_told);
}

TEST_F(PingTest, DroppedMidwayItTellsNothing) {
  const auto probe = parse();
  bool is_told = false;
  auto attempt = probe->start({.network = network_, .deadline = test_.loop().now() + 5s},
                              [&](const Outcome&) { is_told = true; });

  attempt.reset();
  test_.run_ready();

  EXPECT_FALSE(is_told);
}

TEST_F(PingTest, DroppedInsideItsOwnAnswer) {
  const auto probe = parse();
  std::unique_ptr<Attempt> attempt;
  bool is_told = false;
  attempt =
      probe->start({.network = network_, .deadline = test_.loop().now() + 5s}, [&](const Outcome&) {
        attempt.reset();
        is_told = true;
      });

  test_.run_until([&] { return is_told; });
}

TEST_F(PingTest, OnlyNamesCanFailToResolve) {
  EXPECT_FALSE(parse()->reason_groups().has(ReasonGroup::resolve));
  set("host", std::string("gateway.example"));
  EXPECT_TRUE(parse()->reason_groups().has(ReasonGroup::resolve));
  EXPECT_TRUE(parse()->reason_groups().has(ReasonGroup::ping));
  EXPECT_EQ(parse()->instance(), "gateway.example");
}

TEST_F(PingTest, ReadingsBeginWithTheAddressBlock) {
  for (std::size_t index = 0; index < address_readings.size(); ++index)
    EXPECT_EQ(ping_kind.readings[index].metric, address_readings[index].metric);
}

}  // namespace
}  // namespace siaga::tests
