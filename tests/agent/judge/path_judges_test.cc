// Links that lose packets, resolvers that do not answer, and an agent that stood still.
#include <gtest/gtest.h>

#include "agent/judge/link_judge.h"
#include "agent/judge/loss_watch.h"
#include "agent/judge/resolver_judge.h"
#include "agent/judge/self_judge.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

BootTime second(int number) { return BootTime(std::chrono::seconds(number)); }

// A round of three pings of which so many are lost, answered within a second.
AnchorRun round(int at, int lost) {
  return {.began = second(at),
          .ended = second(at) + 900ms,
          .verdict = lost < 3 ? Verdict::ok : Verdict::failed,
          .reason = lost < 3 ? Reason::none : Reason::ping_no_reply,
          .detail = {},
          .sent = 3,
          .round_trips = std::vector<Duration>(static_cast<std::size_t>(3 - lost), 5ms)};
}

class LossWatchTest : public testing::Test {
 protected:
  // Rounds of two anchors every ten seconds.
  void rounds(std::initializer_list<int> first, std::initializer_list<int> other) {
    auto beside = other.begin();
    for (const int lost : first) {
      watch_.hear(0, round(now_, lost));
      watch_.hear(1, round(now_ + 1, *beside++));
      now_ += 10;
      found_ = watch_.judge(second(now_));
    }
  }
  LossWatch watch_{2, LossRules{}};
  int now_ = 0;
  std::optional<LossWatch::Finding> found_;
};

TEST_F(LossWatchTest, IsDegradedFromTheFirstRoundWithALossOn) {
  rounds({0, 0, 1, 2, 1}, {0, 0, 1, 1, 2});

  ASSERT_TRUE(found_.has_value());
  EXPECT_TRUE(found_->is_degraded);
  EXPECT_EQ(found_->since, second(20));
  EXPECT_EQ(found_->by, second(20) + 900ms);
  EXPECT_EQ(found_->after, second(11));
}

TEST_F(LossWatchTest, IsOverOnceNothingWasLostForFourIntervals) {
  rounds({0, 1, 2, 1, 0, 0, 0}, {0, 1, 1, 2, 0, 0, 0});
  EXPECT_TRUE(found_->is_degraded);
  rounds({0, 0}, {0, 0});

  EXPECT_FALSE(found_->is_degraded);
  EXPECT_EQ(found_->since, second(40) + 900ms);
  EXPECT_EQ(found_->after, second(31));
}

TEST_F(LossWatchTest, TheEdgesOfACutAreNoLoss) {
  rounds({0, 0, 2, 3, 3}, {0, 0, 2, 3, 3});
  EXPECT_FALSE(found_.has_value()) << "all is lost: the link is down";
  watch_.forget();
  rounds({2, 0, 0}, {1, 0, 0});
  EXPECT_FALSE(found_.has_value());
}

TEST_F(LossWatchTest, AnAnchorThatLosesAloneIsInTroubleItself) {
  rounds({0, 1, 2, 1, 2}, {0, 0, 0, 0, 0});
  EXPECT_FALSE(found_.has_value());
}

TEST_F(LossWatchTest, AnAnchorThatIsAwaySaysNothing) {
  rounds({0, 1, 2, 1, 2, 1}, {3, 3, 3, 3, 3, 3});
  ASSERT_TRUE(found_.has_value());
  EXPECT_TRUE(found_->is_degraded);
}

AnchorRun question(int at, bool is_answered) {
  return {.began = second(at),
          .ended = second(at + 3),
          .verdict = is_answered ? Verdict::ok : Verdict::failed,
          .reason = is_answered ? Reason::none : Reason::dns_timeout,
          .detail = {},
          .round_trips = {}};
}

TEST(ResolverJudge, IsDownAfterTwoQuestionsWithoutAnAnswer) {
  ResolverJudge judge(10s);
  EXPECT_EQ(judge.judge(second(1)).state, State::pending);
  judge.hear(question(10, true));
  EXPECT_EQ(judge.judge(second(13)).state, State::up);
  judge.hear(question(20, false));
  EXPECT_EQ(judge.judge(second(23)).state, State::up);
  judge.hear(question(24, false));

  const Ruling& ruling = judge.judge(second(27));
  EXPECT_EQ(ruling.state, State::down);
  EXPECT_EQ(ruling.reason, Reason::own_resolver);
  EXPECT_EQ(ruling.after, second(10));
  EXPECT_EQ(ruling.since, second(20));
  EXPECT_EQ(ruling.by, second(23));
}

TEST(ResolverJudge, NobodyKnowsAfterThreeIntervalsOfSilence) {
  ResolverJudge judge(10s);
  judge.hear(question(10, true));
  EXPECT_EQ(judge.judge(second(40)).state, State::up);
  const Ruling& ruling = judge.judge(second(44));
  EXPECT_EQ(ruling.state, State::unknown);
  EXPECT_EQ(ruling.since, second(13)) << "the end of the last run that saw anything";
}

TEST(LinkJudge, WhatNobodySawWhileTheAgentStoodStillIsUnknown) {
  LinkJudge judge({.interval = 1s}, {{.name = "a1"}, {.name = "a2"}});
  for (int at = 0; at < 10; ++at) {
    judge.hear_anchor(0, round(at, 0));
    judge.hear_anchor(1, round(at, 0));
    EXPECT_EQ(judge.judge(second(at + 1)).state, State::up);
  }
  // A hundred seconds later the anchors answer as if nothing had been.
  judge.hear_anchor(0, round(110, 0));
  judge.hear_anchor(1, round(110, 0));
  const Ruling still = judge.judge(second(111));
  EXPECT_EQ(still.state, State::unknown);
  EXPECT_LE(still.since, second(10));
  const Ruling again = judge.judge(second(112));
  EXPECT_EQ(again.state, State::up);
  EXPECT_EQ(again.since, second(110) + 900ms);
}

TEST(SelfJudge, AGatewayThatNobodyAskedForLongIsUnknownUntilItAnswers) {
  SelfJudge judge(SelfRules{});
  judge.hear_way({.has_interface = true,
                  .has_carrier = true,
                  .has_address = true,
                  .has_route = true,
                  .interface = "eth0",
                  .gateway = parse_address("10.0.0.1")},
                 second(0));
  judge.hear_gateway(round(1, 0));
  EXPECT_EQ(judge.gateway(second(2)).state, State::up);
  EXPECT_EQ(judge.gateway(second(120)).state, State::unknown);
  EXPECT_EQ(judge.gateway(second(120)).since, second(2));
  judge.hear_gateway(round(121, 0));
  EXPECT_EQ(judge.gateway(second(122)).state, State::up);
}

}  // namespace
}  // namespace siaga
