#include "agent/net/pinger_ledger.h"

#include <gtest/gtest.h>

namespace siaga {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{1h};

PingLedger ledger_of(int packets) {
  return PingLedger({.to = {}, .packets = packets, .spacing = 200ms, .wait = 1s}, start);
}

TEST(PingLedger, FirstPacketIsDueAtOnceTheNextAfterTheSpacing) {
  PingLedger ledger = ledger_of(2);

  EXPECT_EQ(ledger.due_packet(start), 0);
  ledger.sent(start);
  EXPECT_FALSE(ledger.due_packet(start + 199ms));
  EXPECT_EQ(ledger.next_event(), start + 200ms);
  EXPECT_EQ(ledger.due_packet(start + 200ms), 1);
}

TEST(PingLedger, StallMakesNoBurst) {
  PingLedger ledger = ledger_of(3);
  ledger.sent(start);

  ledger.sent(start + 10s);

  EXPECT_FALSE(ledger.due_packet(start + 10s));
  EXPECT_EQ(ledger.due_packet(start + 10s + 200ms), 2);
}

TEST(PingLedger, CompletesWithTheLastReply) {
  PingLedger ledger = ledger_of(2);
  ledger.sent(start);
  ledger.sent(start + 200ms);

  ledger.answered(1, 3ms, 60);
  EXPECT_FALSE(ledger.is_complete());
  ledger.answered(0, 5ms, 61);

  EXPECT_TRUE(ledger.is_complete());
  const PingResult result = ledger.result();
  EXPECT_EQ(result.sent, 2);
  ASSERT_EQ(result.replies.size(), 2U);
  EXPECT_EQ(result.replies[0].sequence, 1);
  EXPECT_EQ(result.replies[0].round_trip, 3ms);
  EXPECT_EQ(result.replies[0].hop_limit, 60);
  EXPECT_EQ(result.reason, Reason::none);
}

TEST(PingLedger, PacketCountsAsSentOnlyOnceItIsAnsweredOrLost) {
  PingLedger ledger = ledger_of(2);
  ledger.sent(start);

  EXPECT_EQ(ledger.result().sent, 0);
  ledger.sent(start + 200ms);
  ledger.answered(1, 1ms, 64);
  EXPECT_EQ(ledger.result().sent, 1);
  ledger.expire(start + 999ms);
  EXPECT_EQ(ledger.result().sent, 1);
  ledger.expire(start + 1s);
  EXPECT_EQ(ledger.result().sent, 2);
  EXPECT_TRUE(ledger.is_complete());
}

TEST(PingLedger, LateReplyIsALoss) {
  PingLedger ledger = ledger_of(1);
  ledger.sent(start);

  ledger.answered(0, 1001ms, 64);
  EXPECT_FALSE(ledger.is_complete());
  ledger.expire(start + 1s);
  ledger.answered(0, 900ms, 64);

  EXPECT_TRUE(ledger.result().replies.empty());
  EXPECT_EQ(ledger.result().duplicates, 0);
}

TEST(PingLedger, SecondReplyIsADuplicate) {
  PingLedger ledger = ledger_of(2);
  ledger.sent(start);

  ledger.answered(0, 1ms, 64);
  ledger.answered(0, 2ms, 64);
  ledger.answered(0, 3ms, 64);

  EXPECT_EQ(ledger.result().replies.size(), 1U);
  EXPECT_EQ(ledger.result().duplicates, 2);
}

TEST(PingLedger, RefusalIsTheReasonOfTheMissingReply) {
  PingLedger ledger = ledger_of(2);
  ledger.sent(start);
  ledger.refused(0, Reason::host_unreachable, "host unreachable, says 10.0.0.1");
  ledger.sent(start + 200ms);
  ledger.expire(start + 2s);

  const PingResult result = ledger.result();
  EXPECT_EQ(result.sent, 2);
  EXPECT_EQ(result.reason, Reason::host_unreachable);
  EXPECT_EQ(result.detail, "host unreachable, says 10.0.0.1");
}

TEST(PingLedger, ReplyAfterARefusalCountsAndTheRefusalIsForgotten) {
  PingLedger ledger = ledger_of(2);
  ledger.sent(start);
  ledger.refused(0, Reason::host_unreachable, "host unreachable, says 10.0.0.1");
  ledger.answered(0, 1ms, 64);

  EXPECT_EQ(ledger.result().sent, 1);
  EXPECT_EQ(ledger.result().reason, Reason::none);
  EXPECT_EQ(ledger.result().duplicates, 0);
}

TEST(PingLedger, StoppedRunWaitsForWhatIsUnderWay) {
  PingLedger ledger = ledger_of(3);
  ledger.sent(start);

  ledger.stop(Reason::agent_no_route, "no route");
  EXPECT_FALSE(ledger.is_complete());
  EXPECT_FALSE(ledger.due_packet(start + 10s));
  ledger.answered(0, 1ms, 64);

  EXPECT_TRUE(ledger.is_complete());
  EXPECT_EQ(ledger.result().sent, 1);
  EXPECT_EQ(ledger.result().reason, Reason::agent_no_route);
}

TEST(PingLedger, StoppedBeforeTheFirstPacketItIsComplete) {
  PingLedger ledger = ledger_of(3);

  ledger.stop(Reason::agent_permission, "no");

  EXPECT_TRUE(ledger.is_complete());
  EXPECT_EQ(ledger.result().sent, 0);
}

TEST(PingLedger, FullBuffersAreRetriedForTheWaitOnly) {
  PingLedger ledger = ledger_of(1);

  ledger.postpone(start, start + 1ms);
  EXPECT_FALSE(ledger.due_packet(start));
  EXPECT_EQ(ledger.due_packet(start + 1ms), 0);
  ledger.postpone(start + 1s, start + 1001ms);

  EXPECT_TRUE(ledger.is_complete());
  EXPECT_EQ(ledger.result().reason, Reason::agent_memory);
}

TEST(PingLedger, RunThatCouldSendNothingYetIsTheAgentsTrouble) {
  PingLedger ledger = ledger_of(3);
  EXPECT_EQ(ledger.result().reason, Reason::none);

  ledger.postpone(start, start + 1ms);

  EXPECT_FALSE(ledger.is_complete());
  EXPECT_EQ(ledger.result().sent, 0);
  EXPECT_EQ(ledger.result().reason, Reason::agent_memory);
  ledger.sent(start + 1ms);
  EXPECT_EQ(ledger.result().reason, Reason::none);
}

}  // namespace
}  // namespace siaga
