// The rules of docs/outages.md on a real engine: needs and via, late evidence, booking, recovery,
// flapping, restarts. Time is moved by hand; every office here is small enough to be read.
#include <gtest/gtest.h>

#include "agent/engine/engine.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

class RulesTest : public testing::Test {
 protected:
  static std::shared_ptr<const TargetInfo> info(std::string name, NodeRole role) {
    auto made = std::make_shared<TargetInfo>();
    made->name = std::move(name);
    made->kind = role == NodeRole::target ? "tcp" : std::string(siaga::name(role));
    made->role = role;
    made->reasons = {Reason::agent_error, Reason::connect_refused};
    made->confirm = 1;
    made->recover = 1;
    made->interval = 30s;
    made->timeout = 5s;
    return made;
  }
  TargetId add(const std::string& name, NodeRole role = NodeRole::target) {
    return engine_.add(info(name, role), now_);
  }
  void relate(TargetId id, std::vector<TargetId> needs, std::vector<TargetId> via = {}) {
    engine_.relate(id, std::move(needs), std::move(via), now_);
  }
  // A run that takes no time, now.
  void run(TargetId id, Reason reason = Reason::none) {
    engine_.apply(id, judged(reason, "why"), {.boot = now_, .wall = {}}, now_);
    keep();
  }
  void judge(TargetId id, State state, Millis ago = 0ms) {
    const bool is_mains = engine_.node(id).role == NodeRole::mains;
    engine_.judge(id,
                  {.state = state,
                   .since = now_ - ago,
                   .after = {},
                   .reason = state != State::down ? Reason::none
                             : is_mains           ? Reason::mains_off
                                                  : Reason::link_down},
                  now_);
    keep();
  }
  void pass(Millis time) {
    now_ += time;
    engine_.tick(now_);
    keep();
  }
  // Time passes with a run of this outcome every 30 s, the last one at its end.
  void probe(TargetId id, Millis time, Reason reason = Reason::none) {
    for (; time > 0ms; time -= 30s) {
      pass(std::min<Millis>(time, 30s));
      run(id, reason);
    }
  }
  void keep() {
    for (Record& record : engine_.take_records()) records_.push_back(std::move(record));
  }
  template <typename Wanted>
  std::vector<Wanted> all() const {
    std::vector<Wanted> found;
    for (const Record& record : records_)
      if (const auto* one = std::get_if<Wanted>(&record)) found.push_back(*one);
    return found;
  }
  const TargetStatus& status(TargetId id) { return engine_.status(id); }
  Totals totals(TargetId id) { return engine_.state(id).totals; }

  BootTime now_{1h};
  Engine engine_;
  std::vector<Record> records_;
};

TEST_F(RulesTest, WhatNeedsSomethingThatIsDownIsDownByItsCauseDownToTheRoot) {
  const TargetId mains = add("pln", NodeRole::mains);
  const TargetId link = add("wan", NodeRole::link);
  const TargetId portal = add("portal");
  relate(link, {mains});
  relate(portal, {link});
  judge(mains, State::up);
  judge(link, State::up);
  run(portal);

  pass(10s);
  judge(mains, State::down);

  EXPECT_EQ(status(portal).state, State::down);
  EXPECT_EQ(status(portal).cause, Cause::power);
  EXPECT_EQ(status(portal).explained_by, "pln") << "the root, not the link between";
  EXPECT_EQ(status(link).explained_by, "pln");
  EXPECT_EQ(status(mains).explained_by, "");
}

TEST_F(RulesTest, WhatIsSeenThroughSomethingThatIsDownIsUnknown) {
  const TargetId link = add("wan", NodeRole::link);
  const TargetId spse = add("spse");
  relate(spse, {}, {link});
  judge(link, State::up);
  run(spse);

  pass(10s);
  judge(link, State::down);
  run(spse, Reason::connect_timeout);

  EXPECT_EQ(status(spse).state, State::unknown);
  EXPECT_EQ(status(spse).explained_by, "wan");
  EXPECT_EQ(engine_.outage(spse), nullptr);
  EXPECT_EQ(status(spse).runs[1], 1U) << "probed and counted all the same";
}

TEST_F(RulesTest, AfterTheLinkIsBackOldFailuresAreNoEvidenceAndNewOnesAre) {
  const TargetId link = add("wan", NodeRole::link);
  const TargetId spse = add("spse");
  relate(spse, {}, {link});
  judge(link, State::up);
  run(spse);
  pass(10s);
  judge(link, State::down);
  run(spse, Reason::connect_timeout);
  pass(120s);

  judge(link, State::up);
  EXPECT_EQ(status(spse).state, State::unknown) << "not down by what was seen through a dead link";
  pass(5s);
  run(spse, Reason::connect_timeout);

  EXPECT_EQ(status(spse).state, State::down);
  EXPECT_EQ(status(spse).cause, Cause::host);
}

TEST_F(RulesTest, ALinkThatIsJudgedLateTakesTheOutageOverFromItsBeginning) {
  const TargetId link = add("wan", NodeRole::link);
  const TargetId portal = add("portal");
  relate(portal, {link});
  judge(link, State::up);
  run(portal);
  pass(10s);
  run(portal, Reason::connect_timeout);
  const BootTime began = now_;
  EXPECT_EQ(status(portal).cause, Cause::host);

  pass(30s);
  judge(link, State::down, 20s);

  ASSERT_NE(engine_.outage(portal), nullptr);
  EXPECT_EQ(engine_.outage(portal)->cause(), Cause::link);
  EXPECT_EQ(engine_.outage(portal)->first_bad.at, began);
  const auto revisions = all<Revision>();
  ASSERT_EQ(revisions.size(), 1U);
  EXPECT_EQ(revisions[0].from, Cause::host);
  EXPECT_EQ(revisions[0].to, Cause::link);
  pass(120s);
  EXPECT_EQ(totals(portal).down[static_cast<std::size_t>(Cause::host)], 0ms);
  EXPECT_GT(totals(portal).down[static_cast<std::size_t>(Cause::link)], 60s);
}

TEST_F(RulesTest, AnOutageThatOnlyAppearedThroughADeadLinkIsWithdrawn) {
  const TargetId link = add("wan", NodeRole::link);
  const TargetId spse = add("spse");
  relate(spse, {}, {link});
  judge(link, State::up);
  run(spse);
  pass(10s);
  run(spse, Reason::connect_timeout);
  EXPECT_EQ(status(spse).state, State::down);

  pass(20s);
  judge(link, State::down, 25s);

  EXPECT_EQ(status(spse).state, State::unknown);
  EXPECT_EQ(engine_.outage(spse), nullptr);
  ASSERT_EQ(all<Revision>().size(), 1U);
  EXPECT_EQ(all<Revision>()[0].to, Cause::none);
  pass(120s);
  EXPECT_EQ(totals(spse).down_sum(), 0ms);
}

TEST_F(RulesTest, EvidenceThatComesAfterSettleRevisesNothing) {
  const TargetId link = add("wan", NodeRole::link);
  const TargetId portal = add("portal");
  relate(portal, {link});
  judge(link, State::up);
  run(portal);
  pass(10s);
  run(portal, Reason::connect_timeout);

  pass(61s);
  run(portal, Reason::connect_timeout);
  pass(60s);
  judge(link, State::down);

  EXPECT_TRUE(all<Revision>().empty());
  EXPECT_EQ(engine_.outage(portal)->cause(), Cause::host);
  EXPECT_EQ(engine_.outage(portal)->pieces.back().cause, Cause::link) << "from now on it is";
}

TEST_F(RulesTest, TheTailUntilTheNextGoodRunBelongsToWhatWasDown) {
  const TargetId mains = add("pln", NodeRole::mains);
  const TargetId server = add("server");
  relate(server, {mains});
  judge(mains, State::up);
  run(server);
  pass(10s);
  judge(mains, State::down);
  run(server, Reason::connect_timeout);
  probe(server, 10min, Reason::connect_timeout);

  judge(mains, State::up);
  pass(20s);
  EXPECT_EQ(status(server).cause, Cause::power) << "it has not been asked yet";
  run(server);
  probe(server, 2min);

  EXPECT_EQ(status(server).state, State::up);
  const auto& down = totals(server).down;
  EXPECT_EQ(down[static_cast<std::size_t>(Cause::power)], 10min + 20s);
  EXPECT_EQ(totals(server).down_sum(), 10min + 20s);
}

TEST_F(RulesTest, WhatStaysDownLongAfterPowerIsBackIsDownByItself) {
  const TargetId mains = add("pln", NodeRole::mains);
  const TargetId server = add("server");
  relate(server, {mains});
  judge(mains, State::up);
  run(server);
  pass(10s);
  judge(mains, State::down);
  run(server, Reason::connect_timeout);
  probe(server, 10min, Reason::connect_timeout);
  judge(mains, State::up);

  for (int round = 0; round < 10; ++round) {
    pass(30s);
    run(server, Reason::connect_timeout);
  }

  EXPECT_EQ(engine_.outage(server)->cause(), Cause::power) << "one outage keeps its one cause";
  EXPECT_EQ(engine_.outage(server)->pieces.back().cause, Cause::host);
  EXPECT_EQ(totals(server).down[static_cast<std::size_t>(Cause::power)], 10min);
  EXPECT_EQ(status(server).not_recovered_after, Cause::power);
  const auto recoveries = all<Recovery>();
  ASSERT_FALSE(recoveries.empty());
  EXPECT_TRUE(recoveries.back().is_overdue);
  run(server);
  EXPECT_EQ(status(server).not_recovered_after, Cause::none);
  EXPECT_TRUE(all<Recovery>().back().recovered.is_set());
}

TEST_F(RulesTest, PowerGoesBeforeLinkWhenBothAreDown) {
  const TargetId link = add("wan", NodeRole::link);
  const TargetId mains = add("pln", NodeRole::mains);
  const TargetId portal = add("portal");
  relate(portal, {link, mains});
  run(portal);
  pass(1s);

  judge(link, State::down);
  judge(mains, State::down);

  EXPECT_EQ(status(portal).cause, Cause::power);
}

TEST_F(RulesTest, NothingIsBookedWhileAFailureAwaitsItsConfirmation) {
  auto patient = std::make_shared<TargetInfo>(*info("portal", NodeRole::target));
  patient->confirm = 2;
  const TargetId portal = engine_.add(patient, now_);
  const BootTime added = now_;
  run(portal);
  pass(30s);
  run(portal, Reason::connect_refused);
  const BootTime bad = now_;

  pass(5s);
  EXPECT_EQ(engine_.state(portal).booked_until.at, bad);
  EXPECT_EQ(totals(portal).up, bad - added);
  run(portal, Reason::connect_refused);

  EXPECT_EQ(status(portal).state, State::down);
  EXPECT_EQ(engine_.outage(portal)->first_bad.at, bad);
  EXPECT_EQ(engine_.outage(portal)->last_good.at, added);
}

TEST_F(RulesTest, MaintenanceIsCountedApartAndEndsAnOutage) {
  const TargetId portal = add("portal");
  run(portal);
  pass(30s);
  run(portal, Reason::connect_refused);
  pass(2min);
  run(portal, Reason::connect_refused);

  engine_.set_maintenance(portal, true, now_, now_);
  keep();
  EXPECT_EQ(status(portal).state, State::maintenance);
  EXPECT_EQ(all<Outage>().back().end, OutageEnd::maintenance);
  probe(portal, 10min, Reason::connect_refused);
  engine_.set_maintenance(portal, false, now_, now_);
  run(portal);
  probe(portal, 2min);

  EXPECT_EQ(status(portal).state, State::up);
  EXPECT_EQ(totals(portal).maintenance, 10min);
}

TEST_F(RulesTest, MaintenanceOfANeedCoversWhatIsDownBecauseOfIt) {
  const TargetId link = add("wan", NodeRole::link);
  const TargetId portal = add("portal");
  relate(portal, {link});
  judge(link, State::up);
  run(portal);
  pass(10s);
  engine_.set_maintenance(link, true, now_, now_);
  EXPECT_EQ(status(portal).state, State::up) << "the link works although it may not";

  pass(10s);
  judge(link, State::down);

  EXPECT_EQ(status(portal).state, State::maintenance);
}

TEST_F(RulesTest, ATargetThatChangesTooOftenIsFlappingUntilItCalmsDown) {
  const TargetId portal = add("portal");
  run(portal);
  for (int turn = 0; turn < 7; ++turn) {
    pass(30s);
    run(portal, turn % 2 == 0 ? Reason::connect_refused : Reason::none);
    EXPECT_EQ(status(portal).is_flapping, turn == 6) << turn;
  }
  run(portal);

  for (int quiet = 0; quiet < 70; ++quiet) {
    pass(30s);
    run(portal);
  }
  EXPECT_FALSE(status(portal).is_flapping);
}

TEST_F(RulesTest, SilenceIsNotHealth) {
  const TargetId portal = add("portal");
  run(portal);
  const BootTime seen = now_;

  pass(10min);

  EXPECT_EQ(status(portal).state, State::unknown);
  const Millis stale = 60s + 11s;
  EXPECT_EQ(status(portal).since.at, seen + stale);
  EXPECT_GE(totals(portal).unknown[static_cast<std::size_t>(Blind::not_probed)], 9min - stale);
}

TEST_F(RulesTest, WhatIsShownWaitsForTheJournal) {
  const TargetId portal = add("portal");
  run(portal);
  pass(30s);
  run(portal);
  const Engine::Books books = engine_.books();
  EXPECT_EQ(status(portal).totals.sum(), 0ms);

  pass(30s);
  run(portal);
  engine_.show(books);

  EXPECT_EQ(status(portal).totals.up, 30s);
}

// A second life of the engine, in the same boot or the next.
class RestartTest : public RulesTest {
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

TEST_F(RestartTest, WhatWasDownByPowerIsDownByPowerInTheDarkToo) {
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
  restore(of_mains);
  const TargetId again = restore(of_server);
  const TargetId other_again = restore(of_other);

  EXPECT_EQ(totals(again).down[static_cast<std::size_t>(Cause::power)], 60s + 40min);
  EXPECT_EQ(totals(other_again).unknown[static_cast<std::size_t>(Blind::agent_dark)], 40min);
  ASSERT_NE(engine_.outage(again), nullptr) << "the outage goes on";
  EXPECT_EQ(engine_.outage(again)->id, of_server.past.outages.at(0).id);
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
