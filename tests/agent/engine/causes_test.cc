// Whose fault an outage is when several things fail at about one time, and within which bounds it
// began and ended.
#include "tests/agent/engine/small_office.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

class CausesTest : public tests::SmallOffice {
 protected:
  // A judge's word, heard now, with what bounds it.
  void say(TargetId id, State state, Millis since_ago, Millis after_ago, Millis by_ago = 0ms) {
    const bool is_mains = engine_.node(id).role == NodeRole::mains;
    const Reason down = is_mains ? Reason::mains_off : Reason::link_down;
    engine_.judge(id,
                  {.state = state,
                   .since = now_ - since_ago,
                   .after = now_ - after_ago,
                   .by = now_ - by_ago,
                   .reason = state == State::down ? down : Reason::none,
                   .evidence = {}},
                  now_);
    keep();
  }
  // A run every second, the last one at its end.
  void runs(TargetId id, Millis time, Reason reason = Reason::none) {
    for (; time > 0ms; time -= 1s) {
      pass(1s);
      run(id, reason);
    }
  }
  void slow_run(TargetId id, Millis length, Reason reason = Reason::none) {
    const BootTime began = now_;
    pass(length);
    engine_.apply(id, judged(reason, "why"), {.boot = began, .wall = {}, .ended = now_}, now_);
    keep();
  }
  Millis down(TargetId id, Cause cause) { return totals(id).down[static_cast<std::size_t>(cause)]; }
  Millis unknown(TargetId id, Blind blind) {
    return totals(id).unknown[static_cast<std::size_t>(blind)];
  }
};

TEST_F(CausesTest, WhatFailedLongBeforeACutIsItsOwnUntilThenAndTheCutsFromThenOn) {
  const TargetId mains = add("pln", NodeRole::mains);
  const TargetId portal = add("portal");
  relate(portal, {mains});
  judge(mains, State::up);
  run(portal);
  runs(portal, 36s, Reason::connect_refused);
  say(mains, State::down, 0s, 1s);
  runs(portal, 8s, Reason::connect_refused);
  say(mains, State::up, 0s, 1s);
  runs(portal, 13s, Reason::connect_refused);
  runs(portal, 3min);

  EXPECT_EQ(down(portal, Cause::service), 35s + 14s);
  EXPECT_EQ(down(portal, Cause::power), 8s);
  EXPECT_EQ(engine_.state(portal).outages[static_cast<std::size_t>(Cause::service)], 1U);
  EXPECT_TRUE(all<Revision>().empty());
}

TEST_F(CausesTest, WhatFailedJustBeforeACutWasSeenWentWithIt) {
  const TargetId mains = add("pln", NodeRole::mains);
  const TargetId portal = add("portal");
  relate(portal, {mains});
  judge(mains, State::up);
  run(portal);
  runs(portal, 3s, Reason::connect_timeout);
  say(mains, State::down, 1s, 5s);
  runs(portal, 20s, Reason::connect_timeout);
  say(mains, State::up, 0s, 1s);
  runs(portal, 3min);

  EXPECT_EQ(down(portal, Cause::host), 0s);
  EXPECT_EQ(down(portal, Cause::power), 23s);
  ASSERT_FALSE(all<Outage>().empty());
  EXPECT_EQ(all<Outage>().back().cause(), Cause::power);
}

TEST_F(CausesTest, AnOutageFromBeforeTheCableWasOutDoesNotVanishWithIt) {
  const TargetId cable = add("siaga:interface:eth0", NodeRole::link);
  const TargetId portal = add("portal");
  relate(portal, {}, {cable});
  judge(cable, State::up);
  run(portal);
  runs(portal, 25s, Reason::http_status);
  say(cable, State::down, 0s, 1s);
  runs(portal, 8s, Reason::connect_timeout);
  say(cable, State::up, 0s, 1s);
  runs(portal, 2s, Reason::http_status);
  runs(portal, 3min);

  EXPECT_EQ(down(portal, Cause::service), 24s + 2s);
  EXPECT_EQ(unknown(portal, Blind::via_down), 9s) << "until it was asked again";
  EXPECT_EQ(engine_.state(portal).outages[static_cast<std::size_t>(Cause::service)], 1U);
}

TEST_F(CausesTest, AnotherReasonOfADownTargetAtACutIsTheCuts) {
  const TargetId link = add("wan", NodeRole::link);
  const TargetId portal = add("portal"), spse = add("spse");
  relate(portal, {link});
  relate(spse, {}, {link});
  judge(link, State::up);
  for (const TargetId id : {portal, spse}) run(id);
  for (int second = 0; second < 30; ++second) {
    pass(1s);
    for (const TargetId id : {portal, spse}) run(id, Reason::http_status);
  }
  pass(1s);
  for (const TargetId id : {portal, spse}) run(id, Reason::connect_timeout);
  pass(1s);
  say(link, State::down, 0s, 2s);
  pass(2min);

  for (const TargetId id : {portal, spse}) {
    EXPECT_EQ(down(id, Cause::host), 0s);
    EXPECT_EQ(down(id, Cause::service), 30s);
  }
  EXPECT_GT(down(portal, Cause::link), 30s);
  EXPECT_GT(unknown(spse, Blind::via_down), 30s);
}

TEST_F(CausesTest, DeclaredMaintenanceOfALinkHasNoFalseOutageAtItsEdges) {
  const TargetId link = add("wan", NodeRole::link);
  const TargetId portal = add("portal");
  relate(portal, {link});
  judge(link, State::up);
  run(portal);
  engine_.set_maintenance(link, true, now_, now_);
  runs(portal, 2s, Reason::connect_timeout);
  say(link, State::down, 1s, 3s);
  runs(portal, 60s, Reason::connect_timeout);
  say(link, State::up, 0s, 1s);
  pass(1s);
  engine_.set_maintenance(link, false, now_, now_);
  runs(portal, 3min);

  EXPECT_EQ(totals(portal).down_sum(), 0s);
  EXPECT_TRUE(engine_.outage(portal) == nullptr);
  EXPECT_EQ(engine_.state(portal).outages, (std::array<std::uint32_t, cause_count>{}));
  EXPECT_GE(totals(portal).maintenance, 60s);
}

TEST_F(CausesTest, BoundsReachFromTheBeginningOfARunToTheEndOfAnother) {
  const TargetId portal = add("portal");
  const BootTime good = now_;
  slow_run(portal, 2s);
  slow_run(portal, 8s, Reason::connect_timeout);
  const BootTime bad = now_;
  const BootTime last_bad = now_;
  slow_run(portal, 8s, Reason::connect_timeout);
  slow_run(portal, 7s);

  const Outage outage = all<Outage>().back();
  EXPECT_EQ(outage.last_good.at, good);
  EXPECT_EQ(outage.began().at, good + 2s);
  EXPECT_EQ(outage.first_bad.at, bad);
  EXPECT_EQ(outage.last_bad.at, last_bad);
  EXPECT_EQ(outage.ended.at, now_);
}

TEST_F(CausesTest, AnEndIsBoundedByTheLastOfWhatHadToReturn) {
  const TargetId mains = add("pln", NodeRole::mains);
  const TargetId portal = add("portal");
  relate(portal, {mains});
  judge(mains, State::up);
  run(portal);
  pass(1s);
  say(mains, State::down, 0s, 1s);
  run(portal, Reason::connect_timeout);
  pass(20s);
  say(mains, State::up, 1s, 3s);
  const BootTime mains_off = now_ - 3s;
  run(portal);

  const Outage outage = all<Outage>().back();
  EXPECT_EQ(outage.last_bad.at, mains_off) << "not its own last failure, 20 s ago";
  EXPECT_EQ(outage.ended.at, now_);
}

TEST_F(CausesTest, ADeadResolverHidesOnlyWhatNobodyResolves) {
  const TargetId resolver = add("siaga:resolver", NodeRole::link);
  const TargetId portal = add("portal"), gone = add("gone"), web = add("web");
  engine_.set_resolver(resolver);
  for (const TargetId id : {portal, gone, web}) relate(id, {}, {resolver});
  judge(resolver, State::up);
  for (const TargetId id : {portal, gone, web}) run(id);
  pass(1s);
  run(portal, Reason::dns_timeout);
  run(gone, Reason::dns_nxdomain);
  run(web);
  pass(1s);
  say(resolver, State::down, 1s, 3s);
  pass(1s);
  run(web);

  EXPECT_EQ(status(portal).state, State::unknown);
  EXPECT_EQ(status(portal).explained_by, "siaga:resolver");
  EXPECT_EQ(engine_.outage(portal), nullptr);
  EXPECT_EQ(status(gone).cause, Cause::dns);
  EXPECT_EQ(status(web).state, State::up) << "its name is known, and it answers";
}

TEST_F(CausesTest, ALinkThatLosesMuchExplainsTimeOutsAndResets) {
  const TargetId link = add("wan", NodeRole::link);
  const TargetId portal = add("portal"), spse = add("spse"), web = add("web");
  relate(portal, {link});
  relate(spse, {}, {link});
  relate(web, {}, {link});
  judge(link, State::up);
  for (const TargetId id : {portal, spse, web}) run(id);
  pass(2s);
  run(portal, Reason::connect_timeout);
  run(spse, Reason::tls_timeout);
  run(web, Reason::http_status);
  pass(10s);
  engine_.judge(link,
                {.state = State::up,
                 .since = now_ - 11s,
                 .after = now_ - 13s,
                 .is_degraded = true,
                 .evidence = {}},
                now_);
  keep();

  EXPECT_EQ(status(portal).cause, Cause::link) << "its users need the link";
  EXPECT_EQ(status(portal).state_reason, Reason::link_degraded);
  EXPECT_EQ(status(spse).state, State::unknown);
  EXPECT_EQ(engine_.outage(spse), nullptr);
  EXPECT_EQ(status(web).cause, Cause::service) << "an answer is an answer";
}

TEST_F(CausesTest, AFailureWhileTheViaIsNotKnownToBeBackIsNoEvidence) {
  const TargetId gateway = add("siaga:gateway", NodeRole::link);
  const TargetId portal = add("portal");
  relate(portal, {}, {gateway});
  judge(gateway, State::up);
  run(portal);
  pass(1s);
  judge(gateway, State::unknown);
  run(portal, Reason::host_unreachable);
  run(portal, Reason::host_unreachable);

  EXPECT_EQ(status(portal).state, State::unknown);
  judge(gateway, State::up);
  run(portal);
  EXPECT_EQ(status(portal).state, State::up);
  EXPECT_TRUE(all<Outage>().empty());
}

TEST_F(CausesTest, WhatNoJudgeVouchesForIsNotBooked) {
  const TargetId link = add("wan", NodeRole::link);
  judge(link, State::up);
  engine_.vouch(link, now_);
  const BootTime seen = now_;
  pass(100s);
  EXPECT_LE(totals(link).up, 0s) << "nobody has said that it still is";
  say(link, State::unknown, 100s, 100s);
  engine_.vouch(link, now_);
  pass(2min);

  EXPECT_EQ(totals(link).up, 0s);
  EXPECT_GE(unknown(link, Blind::agent_trouble), 100s);
  EXPECT_EQ(status(link).since.at, seen);
}

TEST_F(CausesTest, ABoundThatRestsOnACachedAnswerReachesBackToIt) {
  const TargetId portal = add("portal");
  pass(60s);
  engine_.apply(portal, judged(Reason::none),
                {.boot = now_, .wall = {}, .ended = now_, .name_age = 40s}, now_);
  const BootTime resolved = now_ - 40s;
  pass(5s);
  run(portal, Reason::dns_nxdomain);

  ASSERT_NE(engine_.outage(portal), nullptr);
  EXPECT_EQ(engine_.outage(portal)->last_good.at, resolved);
}

}  // namespace
}  // namespace siaga
