// The pinger against loopback. Needs CAP_NET_RAW, as the agent does.
#include "agent/net/pinger.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/descriptors.h"
#include "tests/support/test_loop.h"

namespace siaga::tests {
namespace {

using namespace std::chrono_literals;

class PingerTest : public testing::Test {
 protected:
  std::unique_ptr<PingRun> start(const PingRequest& request, std::optional<PingResult>& result) {
    return pinger_->start(request, [&result](PingResult found) { result = std::move(found); });
  }
  PingResult ping(const PingRequest& request) {
    std::optional<PingResult> result;
    const auto run = start(request, result);
    EXPECT_FALSE(result) << "told from inside the start";
    test_.run_until([&] { return result.has_value(); });
    return *result;
  }
  static PingRequest request(std::string_view to, int packets = 1) {
    return {.to = *parse_address(to), .packets = packets, .spacing = 2ms};
  }

  TestLoop test_;
  std::unique_ptr<Pinger> pinger_ = Pinger::create(test_.loop());
};

TEST_F(PingerTest, LoopbackAnswersEveryPacket) {
  for (const std::string_view to : {"127.0.0.1", "127.8.8.8", "::1"}) {
    const PingResult result = ping(request(to, 3));

    EXPECT_EQ(result.sent, 3) << to;
    EXPECT_EQ(result.reason, Reason::none) << result.detail;
    EXPECT_EQ(result.duplicates, 0);
    ASSERT_EQ(result.replies.size(), 3U);
    std::set<int> sequences;
    for (const PingReply& reply : result.replies) {
      sequences.insert(reply.sequence);
      EXPECT_EQ(reply.hop_limit, 64);
      EXPECT_GT(reply.round_trip, 0ns);
      EXPECT_LT(reply.round_trip, 1s);
    }
    EXPECT_EQ(sequences, (std::set{0, 1, 2}));
  }
}

TEST_F(PingerTest, TakesPayloadsOfEverySize) {
  for (const std::size_t bytes : {24U, 1000U, 65000U}) {
    PingRequest large = request("127.0.0.1");
    large.payload_bytes = bytes;

    EXPECT_EQ(ping(large).replies.size(), 1U) << bytes;
  }
}

TEST_F(PingerTest, SendsWithEveryOptionSet) {
  for (const std::string_view to : {"127.0.0.1", "::1"}) {
    PingRequest all = request(to);
    all.hop_limit = 3;
    all.traffic_class = 4;
    all.dont_fragment = true;
    all.source = all.to;
    all.interface = "lo";

    const PingResult result = ping(all);
    EXPECT_EQ(result.replies.size(), 1U) << result.detail;
  }
}

TEST_F(PingerTest, ThousandsOfRunsShareOneSocket) {
  ping(request("127.0.0.1"));
  const std::size_t before = open_descriptors();
  std::size_t ended = 0, answered = 0;
  std::vector<std::unique_ptr<PingRun>> runs;

  for (int index = 0; index < 3000; ++index) {
    const std::string to =
        "127.1." + std::to_string(index / 250) + "." + std::to_string(1 + index % 250);
    runs.push_back(pinger_->start(request(to, 2), [&](const PingResult& result) {
      ++ended;
      answered += result.replies.size();
    }));
  }
  test_.run_until([&] { return ended == runs.size(); });

  EXPECT_EQ(answered, 6000U);
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(PingerTest, RunsAreNotMixedUpWhenTheSixteenBitsOfTheSequenceAreExhausted) {
  // 700 runs of 100 packets are 70,000 packets, more than there are sequence numbers.
  std::size_t ended = 0, answered = 0;
  std::vector<std::unique_ptr<PingRun>> runs;
  for (int index = 0; index < 700; ++index) {
    PingRequest many = request("127.0.0.1", 100);
    many.spacing = 0ns;
    runs.push_back(pinger_->start(many, [&](const PingResult& result) {
      ++ended;
      answered += result.replies.size();
      EXPECT_EQ(result.duplicates, 0);
    }));
  }
  test_.run_until([&] { return ended == runs.size(); });

  EXPECT_EQ(answered, 70'000U);
}

TEST_F(PingerTest, DroppedMidwayItTellsNothing) {
  bool is_told = false;
  auto run = pinger_->start(request("127.0.0.1", 100), [&](const PingResult&) { is_told = true; });
  test_.run_until([&] { return run->so_far().replies.size() >= 2; });

  run.reset();
  test_.run_until_idle();

  EXPECT_FALSE(is_told);
}

TEST_F(PingerTest, DroppedBeforeItsFirstTurnItTellsNothing) {
  bool is_told = false;
  auto run = pinger_->start(request("127.0.0.1"), [&](const PingResult&) { is_told = true; });

  run.reset();
  test_.run_until_idle();

  EXPECT_FALSE(is_told);
}

TEST_F(PingerTest, RunsMayBeDroppedAndStartedInsideTheAnswer) {
  std::unique_ptr<PingRun> first, second, third;
  int told = 0;
  const auto drop_all = [&](const PingResult&) {
    if (++told == 1)
      third = pinger_->start(request("127.0.0.1"), [&](const PingResult&) { ++told; });
    first.reset();
    second.reset();
  };
  first = pinger_->start(request("127.0.0.1"), drop_all);
  second = pinger_->start(request("127.0.0.2"), drop_all);

  test_.run_until([&] { return told == 2; });
  test_.run_until_idle();

  EXPECT_EQ(told, 2);  // one of the first two, and the third
}

TEST_F(PingerTest, SoFarReadsWhatLiesInTheSocket) {
  std::optional<PingResult> result;
  const auto run = start(request("127.0.0.1"), result);
  // Ends right behind the sending: the reply is there, but nobody has read it yet.
  test_.loop().run_ready();

  const PingResult so_far = run->so_far();

  EXPECT_EQ(so_far.replies.size(), 1U);
  test_.run_until([&] { return result.has_value(); });
  EXPECT_EQ(result->duplicates, 0);
}

TEST_F(PingerTest, WithoutDescriptorsItIsTheAgentsTroubleAndPasses) {
  {
    const DescriptorFamine famine;
    const PingResult result = ping(request("127.0.0.1"));
    EXPECT_EQ(result.reason, Reason::agent_descriptors);
    EXPECT_EQ(result.sent, 0);
  }

  EXPECT_EQ(ping(request("127.0.0.1")).replies.size(), 1U);
}

TEST_F(PingerTest, SourceOfAnotherHostIsTheAgentsTrouble) {
  PingRequest foreign = request("127.0.0.1");
  foreign.source = parse_address("192.0.2.1");

  const PingResult result = ping(foreign);

  EXPECT_EQ(result.reason, Reason::agent_address);
  EXPECT_NE(result.detail.find("source address"), std::string::npos) << result.detail;
}

TEST_F(PingerTest, MissingInterfaceIsTheAgentsTrouble) {
  PingRequest missing = request("127.0.0.1");
  missing.interface = "nonesuch0";

  const PingResult result = ping(missing);

  EXPECT_EQ(result.reason, Reason::agent_address);
  EXPECT_NE(result.detail.find("nonesuch0"), std::string::npos);
}

}  // namespace
}  // namespace siaga::tests
