// Links over time: statistics, dates, wishes, what is shown.
#include <gtest/gtest.h>

#include "agent/judge/link_judge.h"
#include "agent/judge/self_judge.h"
#include "tests/agent/judge/life.h"

namespace siaga::judge_tests {
namespace {

AnchorRun run(int time, Verdict verdict, std::vector<Duration> trips = {}, int sent = 0) {
  return {.began = at(time),
          .verdict = verdict,
          .reason = verdict == Verdict::failed ? Reason::ping_no_reply : Reason::none,
          .detail = {},
          .sent = sent,
          .round_trips = std::move(trips)};
}

std::vector<Anchor> anchors() {
  return {{.name = "a1"}, {.name = "a2"}, {.name = "gateway", .role = AnchorRole::gateway}};
}

TEST(LinkJudge, LossQuantilesAndJitterAreOfTheWindow) {
  LinkJudge link({.window = 60s}, anchors());
  link.hear_anchor(0, run(0, Verdict::ok, {500ms}, 1));  // will have left the window
  link.hear_anchor(0, run(50, Verdict::ok, {10ms, 20ms, 14ms}, 4));
  link.hear_anchor(0, run(60, Verdict::ok, {10ms}, 1));
  link.hear_anchor(1, run(60, Verdict::ok, {30ms}, 0));   // not a ping: no part of the loss
  link.hear_anchor(2, run(60, Verdict::ok, {900us}, 1));  // the gateway: no part of the link

  const LinkJudge::View view = link.view(at(61));

  EXPECT_DOUBLE_EQ(view.loss_ratio.value(), 0.2);
  ASSERT_TRUE(view.round_trips.has_value());
  EXPECT_EQ(view.round_trips->min, Duration(10ms));
  EXPECT_EQ(view.round_trips->p50, Duration(14ms));
  EXPECT_EQ(view.round_trips->p95, Duration(30ms));
  EXPECT_EQ(view.round_trips->max, Duration(30ms));
  EXPECT_EQ(view.round_trips->jitter, Duration(20ms) / 3);
  EXPECT_FALSE(link.view(at(200)).loss_ratio.has_value()) << "nothing is known any more";
  EXPECT_FALSE(link.view(at(200)).round_trips.has_value());
}

TEST(LinkJudge, ManyRunsTakeBoundedMemoryAndTheLatestCount) {
  LinkJudge link({.window = std::chrono::hours(24)}, anchors());

  for (int time = 0; time < 3000; ++time)
    link.hear_anchor(0, run(time, Verdict::ok, {Duration(time < 2000 ? 1s : 1ms)}, 1));

  EXPECT_EQ(link.view(at(3000)).round_trips->max, Duration(1ms));
}

TEST(LinkJudge, GatewaysAreNoPartOfTheCountUnlessThereIsNothingElse) {
  LinkJudge mixed({}, anchors());
  LinkJudge alone({}, {{.name = "gateway", .role = AnchorRole::gateway}});
  mixed.hear_anchor(2, run(0, Verdict::ok));
  alone.hear_anchor(0, run(0, Verdict::ok));

  EXPECT_EQ(mixed.judge(at(1)).state, State::pending);
  EXPECT_EQ(mixed.view(at(1)).anchors, 2U);
  EXPECT_EQ(mixed.view(at(1)).is_up, (std::vector<bool>{false, false, true}));
  EXPECT_EQ(alone.judge(at(1)).state, State::up);
}

TEST(LinkJudge, DownIsBoundedByTheLastAnswerOfThoseLost) {
  LinkJudge link({}, anchors());
  for (const int time : {90, 95})
    for (const std::size_t place : {0U, 1U}) link.hear_anchor(place, run(time, Verdict::ok));
  link.judge(at(95));
  for (const int time : {100, 102})
    for (const std::size_t place : {0U, 1U})
      link.hear_anchor(place, run(time + static_cast<int>(place), Verdict::failed));

  const Ruling& ruling = link.judge(at(104));

  EXPECT_EQ(ruling.state, State::down);
  EXPECT_EQ(ruling.reason, Reason::link_down);
  EXPECT_EQ(ruling.since, at(101));
  EXPECT_EQ(ruling.after, at(95));
  EXPECT_EQ(ruling.evidence, "2 of 2 anchors lost");
}

TEST(LinkJudge, ShowsThatItIsHeldDown) {
  LinkJudge link({}, {{.name = "a1"}});
  link.hear_anchor(0, run(0, Verdict::ok));
  link.judge(at(0));
  for (const int time : {10, 12}) link.hear_anchor(0, run(time, Verdict::failed));
  link.judge(at(12));
  link.hear_anchor(0, run(20, Verdict::ok));

  link.judge(at(25));
  EXPECT_TRUE(link.view(at(25)).is_held_down);
  link.judge(at(30));

  EXPECT_FALSE(link.view(at(30)).is_held_down);
  EXPECT_EQ(link.judge(at(30)).after, at(12));
}

TEST(LinkJudge, ALostCarrierOfItsOwnSaysSoAndThenTheAnchorsDo) {
  LinkJudge link({.owns_interface = true}, {{.name = "a1"}});
  WayOut way{.has_interface = true,
             .has_carrier = true,
             .has_address = true,
             .has_route = true,
             .interface = "ppp0",
             .gateway = {}};
  link.hear_way(way, at(0));
  link.hear_anchor(0, run(90, Verdict::ok));
  link.judge(at(90));
  way.has_carrier = false;
  link.hear_way(way, at(95));

  EXPECT_EQ(link.judge(at(95)).reason, Reason::link_no_carrier);
  EXPECT_EQ(link.judge(at(95)).after, at(95));
  EXPECT_EQ(link.judge(at(95)).evidence, "interface ppp0 has no carrier");
  way.has_carrier = true;
  link.hear_way(way, at(100));
  EXPECT_EQ(link.judge(at(101)).reason, Reason::link_no_carrier) << "not asked yet";
  for (const int time : {101, 103}) link.hear_anchor(0, run(time, Verdict::failed));

  EXPECT_EQ(link.judge(at(104)).reason, Reason::link_down);
  EXPECT_EQ(link.judge(at(104)).since, at(101));
}

TEST(LinkJudge, RunsFromBeforeTheWayChangedSayNothing) {
  LinkJudge link({.owns_interface = true}, {{.name = "a1"}});
  WayOut way{.has_interface = true, .interface = "eth1", .gateway = {}};
  link.hear_way(way, at(0));
  way.has_carrier = way.has_address = true;
  link.hear_way(way, at(10));

  link.hear_anchor(0, run(9, Verdict::ok));

  EXPECT_NE(link.judge(at(30)).state, State::up);
}

TEST(LinkJudge, LooksAtOnceOnTheFirstFailureAndWhenTheWayChanges) {
  LinkJudge link({}, anchors());
  link.hear_anchor(0, run(0, Verdict::ok));
  EXPECT_FALSE(link.take_wish_to_look());

  link.hear_anchor(0, run(10, Verdict::failed));
  EXPECT_TRUE(link.take_wish_to_look());
  link.hear_anchor(0, run(12, Verdict::failed));
  EXPECT_FALSE(link.take_wish_to_look());
  link.hear_way({.interface = {}, .gateway = {}}, at(13));
  EXPECT_TRUE(link.take_wish_to_look());
  link.hear_way({.interface = {}, .gateway = {}}, at(14));
  EXPECT_FALSE(link.take_wish_to_look());
}

TEST(LinkJudge, TheSizeIsShownOnceItIsKnown) {
  LinkJudge link({.checks_mtu = true}, {{.name = "a1"}});
  link.hear_anchor(0, run(0, Verdict::ok));
  EXPECT_FALSE(link.view(at(0)).is_mtu_good.has_value());

  link.hear_mtu(run(1, Verdict::ok));
  EXPECT_EQ(link.view(at(1)).is_mtu_good, true);
  for (const int time : {2, 3}) link.hear_mtu(run(time, Verdict::failed));

  EXPECT_EQ(link.view(at(3)).is_mtu_good, false);
  EXPECT_EQ(link.judge(at(3)).reason, Reason::link_mtu);
}

TEST(LinkJudge, WhoSaidAnIcmpErrorIsReadFromItsEnd) {
  EXPECT_EQ(sayer_of("host unreachable, says 10.0.0.1"), parse_address("10.0.0.1"));
  EXPECT_EQ(sayer_of("no route, says 2001:db8::1"), parse_address("2001:db8::1"));
  for (const std::string_view text : {"", ", says ", "says 10.0.0.1", "x, says nobody"})
    EXPECT_FALSE(sayer_of(text).has_value()) << text;
}

TEST(SelfJudge, SaysWhyAndSinceWhen) {
  SelfJudge self(SelfRules{});
  EXPECT_EQ(self.interface(at(5)).state, State::pending);
  WayOut way{.has_interface = true,
             .has_carrier = true,
             .has_address = true,
             .has_route = true,
             .interface = "eth0",
             .gateway = parse_address("10.0.0.1")};
  self.hear_way(way, at(10));
  self.hear_gateway(run(12, Verdict::ok));
  EXPECT_EQ(self.gateway(at(12)).evidence, "gateway 10.0.0.1 works");
  for (const int time : {20, 22}) self.hear_gateway(run(time, Verdict::failed));

  EXPECT_EQ(self.gateway(at(23)).reason, Reason::own_gateway);
  EXPECT_EQ(self.gateway(at(23)).since, at(20));
  EXPECT_EQ(self.gateway(at(23)).after, at(12));
  way.has_carrier = false;
  self.hear_way(way, at(30));

  EXPECT_EQ(self.interface(at(30)).reason, Reason::own_interface);
  EXPECT_EQ(self.interface(at(30)).evidence, "interface eth0 has no carrier");
  EXPECT_EQ(self.gateway(at(30)).state, State::unknown);
}

TEST(SelfJudge, AnotherGatewayBeginsAnew) {
  SelfJudge self(SelfRules{});
  WayOut way{.has_interface = true,
             .has_carrier = true,
             .has_address = true,
             .has_route = true,
             .interface = "eth0",
             .gateway = parse_address("10.0.0.1")};
  self.hear_way(way, at(0));
  self.hear_gateway(run(1, Verdict::ok));
  self.gateway(at(1));
  way.gateway = parse_address("10.0.0.254");
  self.hear_way(way, at(10));

  for (const int time : {11, 13}) self.hear_gateway(run(time, Verdict::failed));

  EXPECT_EQ(self.gateway(at(14)).state, State::up) << "it never answered: it says nothing";
  EXPECT_TRUE(self.take_wish_to_look());
}

}  // namespace
}  // namespace siaga::judge_tests
