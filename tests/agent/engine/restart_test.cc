// What an engine's next life makes of the one before.
#include "tests/agent/engine/small_office.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

class RestartTest : public tests::SmallOffice {
 protected:
  struct Kept {
    Node node;
    NodePast past;
  };
  Kept kept(TargetId id) const {
    Kept kept{.node = engine_.node(id),
              .past = {.state = engine_.state(id), .outages = {}, .recovery = {}}};
    if (const Outage* open = engine_.outage(id)) kept.past.outages = {*open};
    return kept;
  }
  void reboot(DarkClass dark, std::optional<Millis> length, bool is_mains_off) {
    const BootNumber before = boot_++;
    restart_ = {.alive_until = {.boot = before, .at = now_},
                .dark = {.id = before,
                         .from = {.boot = before, .at = now_},
                         .to = {.boot = boot_, .at = BootTime(30s)},
                         .slack = {},
                         .dark_class = dark,
                         .is_mains_off = is_mains_off,
                         .length = length,
                         .evidence = {}}};
    now_ = BootTime(30s);
    engine_ = Engine({}, {.boot = boot_, .last_node = 10, .last_outage = 10});
  }
  TargetId restore(const Kept& kept) {
    return engine_.restore(info(kept.node.name, kept.node.role), kept.node, kept.past, restart_,
                           now_);
  }

  BootNumber boot_ = 1;
  Restart restart_;
};

TEST_F(RestartTest, InTheDarkNobodySawWhetherTheMainsWasStillOff) {
  const TargetId mains = add("pln", NodeRole::mains);
  const TargetId server = add("server");
  const TargetId other = add("other");
  relate(server, {mains});
  judge(mains, State::up);
  run(server);
  run(other);
  pass(60s);
  judge(mains, State::down);
  pass(60s);
  run(other);
  const Kept of_server = kept(server), of_other = kept(other), of_mains = kept(mains);

  reboot(DarkClass::power, 40min, true);
  const TargetId mains_again = restore(of_mains);
  const TargetId again = restore(of_server);
  const TargetId other_again = restore(of_other);

  EXPECT_EQ(totals(again).down[static_cast<std::size_t>(Cause::power)], 60s);
  EXPECT_EQ(totals(again).unknown[static_cast<std::size_t>(Blind::agent_dark)], 40min);
  EXPECT_EQ(totals(other_again).unknown[static_cast<std::size_t>(Blind::agent_dark)], 40min);
  ASSERT_NE(engine_.outage(again), nullptr) << "the outage goes on";
  EXPECT_EQ(engine_.outage(again)->id, of_server.past.outages.at(0).id);
  // The first word after it: the mains came back at any time since it was last seen off.
  judge(mains_again, State::up);
  ASSERT_EQ(all<Outage>().empty(), false);
  const Outage ended = all<Outage>().back();
  EXPECT_EQ(ended.end, OutageEnd::recovered);
  EXPECT_EQ(ended.last_bad.boot, 1U);
  EXPECT_EQ(ended.ended.at, now_);
}

TEST_F(RestartTest, ADarkTimeWhoseLengthIsNotKnownIsNotZeroButLater) {
  const TargetId portal = add("portal");
  run(portal);
  pass(60s);
  run(portal);
  const Kept of_portal = kept(portal);

  reboot(DarkClass::power_suspected, std::nullopt, false);
  const TargetId again = restore(of_portal);
  const Totals before = totals(again);
  run(again);
  EXPECT_EQ(before.unknown[static_cast<std::size_t>(Blind::agent_dark)], 0ms);
  restart_.dark.length = 25min;
  engine_.date_dark(restart_.dark);

  EXPECT_EQ(totals(again).unknown[static_cast<std::size_t>(Blind::agent_dark)], 25min);
  engine_.date_dark(restart_.dark);
  EXPECT_EQ(totals(again).unknown[static_cast<std::size_t>(Blind::agent_dark)], 25min) << "once";
}

TEST_F(RestartTest, AfterAPowerCutWhatWasUpIsAwaited) {
  const TargetId portal = add("portal");
  run(portal);
  pass(30s);
  const Kept of_portal = kept(portal);

  reboot(DarkClass::power_suspected, 10min, false);
  const TargetId again = restore(of_portal);
  for (int round = 0; round < 11; ++round) {
    pass(30s);
    run(again, Reason::connect_timeout);
  }

  EXPECT_EQ(status(again).not_recovered_after, Cause::power);
}

TEST_F(RestartTest, AnOutageOverARestartHasBoundsThatDoNotClaimMoreThanWasSeen) {
  const TargetId portal = add("portal");
  run(portal);
  pass(30s);
  run(portal, Reason::connect_refused);
  pass(10min);
  run(portal, Reason::connect_refused);
  const Stamp last_seen{.boot = 1, .at = now_};
  const Kept of_portal = kept(portal);

  reboot(DarkClass::reboot, 5min, false);
  const TargetId again = restore(of_portal);
  pass(2s);
  run(again);
  keep();

  const Outage closed = all<Outage>().back();
  EXPECT_EQ(closed.end, OutageEnd::recovered);
  EXPECT_EQ(closed.ended, (Stamp{.boot = 2, .at = now_}));
  EXPECT_LE(closed.last_bad, last_seen);
  EXPECT_GE(closed.last_bad.at, last_seen.at - 36s) << "runs are no farther apart";
}

TEST_F(RestartTest, AnOutageOverAShortLifeWasSeenInIt) {
  const TargetId portal = add("portal");
  run(portal);
  pass(30s);
  run(portal, Reason::connect_refused);
  pass(30s);
  const Kept first = kept(portal);
  reboot(DarkClass::reboot, 5min, false);
  const TargetId again = restore(first);
  pass(5s);
  run(again, Reason::connect_refused);
  const Stamp seen{.boot = 2, .at = now_};
  pass(2s);  // far less than an interval
  const Kept second = kept(again);

  reboot(DarkClass::reboot, 5min, false);
  const TargetId last = restore(second);
  pass(2s);
  run(last);
  keep();

  EXPECT_EQ(all<Outage>().back().end, OutageEnd::recovered);
  EXPECT_EQ(all<Outage>().back().last_bad, seen) << "not in the dark before it";
}

}  // namespace
}  // namespace siaga
