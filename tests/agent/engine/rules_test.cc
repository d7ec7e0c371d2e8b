// The rules of docs/outages.md on a real engine: needs and via, late evidence, booking, recovery,
// flapping.
#include "tests/agent/engine/small_office.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

class RulesTest : public tests::SmallOffice {};

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

TEST_F(RulesTest, TheEvidenceOfAJudgementIsKeptWithTheChange) {
  const TargetId mains = add("pln", NodeRole::mains);
  engine_.judge(mains, {.state = State::up, .since = now_, .after = {}, .evidence = "ups: OL"},
                now_);
  pass(30s);
  engine_.judge(mains,
                {.state = State::down,
                 .since = now_,
                 .after = {},
                 .reason = Reason::mains_off,
                 .evidence = "ups: OB"},
                now_);
  engine_.note(mains, NoteKind::exhaustion, "runtime 60 s", now_);
  keep();

  EXPECT_EQ(all<StateChange>().at(0).detail, "ups: OL");
  EXPECT_EQ(all<StateChange>().at(1).detail, "ups: OB");
  EXPECT_EQ(all<Outage>().back().detail, "ups: OB");
  EXPECT_EQ(all<Note>().at(0).text, "runtime 60 s");
  EXPECT_EQ(all<Note>().at(0).node, engine_.node(mains).number);
}

TEST_F(RulesTest, SilenceIsNotHealth) {
  const TargetId portal = add("portal");
  run(portal);
  const BootTime seen = now_;

  pass(10min);

  EXPECT_EQ(status(portal).state, State::unknown);
  EXPECT_EQ(status(portal).since.at, seen) << "the last moment that anybody saw";
  EXPECT_GE(totals(portal).unknown[static_cast<std::size_t>(Blind::not_probed)], 9min);
  EXPECT_EQ(totals(portal).up, 0ms);
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

}  // namespace
}  // namespace siaga
