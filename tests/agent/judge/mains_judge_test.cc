// The mains over time: dates, events, counts, wishes, what is shown.
#include <gtest/gtest.h>

#include "tests/agent/judge/life.h"

namespace siaga::judge_tests {
namespace {

MainsJudge room(const std::string& heard) { return {{}, sensors_of(parse_steps(heard))}; }

std::vector<std::string> texts(const std::vector<MainsJudge::Event>& events, PowerEvent wanted) {
  std::vector<std::string> found;
  for (const MainsJudge::Event& event : events)
    if (event.event == wanted) found.push_back(event.text);
  return found;
}

void hear_values(MainsJudge& mains, const std::string& words, double volts, double runtime,
                 int time) {
  UpsFacts facts = status(words);
  facts.input_volts = volts;
  facts.nominal_volts = 220;
  facts.runtime_seconds = runtime;
  Outcome outcome = judged(Reason::none);
  outcome.ups = std::make_shared<const UpsFacts>(facts);
  hear_ups(mains, 0, outcome, at(time));
  mains.judge(at(time));
}

TEST(MainsJudge, IsPendingWithoutEvidence) {
  MainsJudge mains = room("0 ups1 OL");

  EXPECT_EQ(mains.judge(at(1000)).state, State::pending);
}

TEST(MainsJudge, ADownRulingIsBoundedByTheLastWordOfAnySensor) {
  const std::vector<Step> steps =
      parse_steps("0-95/5 ups1 OL; 0-98/7 c1 ok; 0-90/10 c2 w1 ok; 100-110/5 ups1 OB");
  MainsJudge mains({}, sensors_of(steps));

  const Ruling ruling = live(mains, steps, 100);

  EXPECT_EQ(ruling.state, State::down);
  EXPECT_EQ(ruling.reason, Reason::mains_off);
  EXPECT_EQ(ruling.since, at(100));
  EXPECT_EQ(ruling.after, at(93)) << "the last OL less its age";
  EXPECT_EQ(ruling.evidence, "ups ups1: on battery (OB); 2 of 2 canaries answer");
}

TEST(MainsJudge, AContradictionNamesBothSides) {
  const std::vector<Step> steps = parse_steps(
      "0-130/5 ups1 OL; 0-90/10 c1 c2 c3 w1 ok; 100-130/2 c1 c2 c3 fail; 100-130/2 w1 ok");
  MainsJudge mains({}, sensors_of(steps));

  const Ruling ruling = live(mains, steps, 130);

  EXPECT_EQ(ruling.state, State::unknown);
  EXPECT_EQ(ruling.evidence,
            "contradiction: ups ups1: on line (OL); 3 of 3 canaries lost together, a witness "
            "answers");
}

TEST(MainsJudge, CanariesThatNobodyCanLookAtSayNothing) {
  const std::vector<Step> steps = parse_steps("0-90/10 c1 c2 ok");
  MainsJudge mains({}, sensors_of(steps));
  ASSERT_EQ(live(mains, steps, 90).state, State::up);

  for (const int time : {100, 105})
    for (const std::size_t canary : {0U, 1U}) mains.hear_canary(canary, Verdict::unknown, at(time));
  mains.judge(at(100));
  EXPECT_EQ(mains.judge(at(106)).state, State::unknown);
  EXPECT_EQ(mains.judge(at(106)).since, at(90));

  for (const std::size_t canary : {0U, 1U}) mains.hear_canary(canary, Verdict::ok, at(110));
  EXPECT_EQ(mains.judge(at(110)).state, State::up);
}

// SIGSTOP for 100 s: judge() is called for the end of the gap before anything is heard from there.
TEST(MainsJudge, WhatNobodySawWasUnknown) {
  const auto stop = [](const std::string& before, const std::string& after, int seen) {
    const std::vector<Step> steps = parse_steps(before + "; " + after);
    MainsJudge mains({}, sensors_of(steps));
    live(mains, parse_steps(before), 100);
    ASSERT_EQ(mains.judge(at(100)).state, State::up) << before;

    const Ruling gap = mains.judge(at(200));
    EXPECT_EQ(gap.state, State::unknown) << before;
    EXPECT_EQ(gap.since, at(seen)) << before;
    for (const Step& step : parse_steps(after)) hear(mains, step);
    const Ruling back = mains.judge(at(200));

    EXPECT_EQ(back.state, State::up) << before << ": " << back.evidence;
    EXPECT_EQ(back.since, at(200)) << before;
    EXPECT_EQ(back.after, std::nullopt) << before;
  };
  stop("0-100/5 ups1 OL", "200 ups1 OL", 100);
  stop("0-100/1 ac on", "200 ac on", 100);
  stop("0-100/10 c1 c2 w1 ok", "200 c1 c2 w1 ok", 100);
  stop("0 p1 p2 on", "200 p1 p2 on", 100);
  stop("0-100/5 ups1 OL; 0-100/10 c1 c2 c3 ok; 0 p1 on", "200 ups1 OL; 200 p1 on", 100);
}

TEST(MainsJudge, ALossThatNobodyLookedAtBeginsAnew) {
  const std::vector<Step> steps =
      parse_steps("0-90/10 c1 c2 c3 w1 ok; 100-120/2 c1 c2 c3 fail; 100-120/2 w1 ok");
  MainsJudge mains({}, sensors_of(steps));
  ASSERT_EQ(live(mains, steps, 120).state, State::down);

  EXPECT_EQ(mains.judge(at(200)).state, State::unknown);
  EXPECT_EQ(mains.judge(at(200)).since, at(120));
  for (const Step& step : parse_steps("200 c1 c2 c3 fail; 200 w1 ok")) hear(mains, step);

  EXPECT_EQ(mains.judge(at(200)).state, State::down);
  EXPECT_EQ(mains.judge(at(200)).since, at(200));
}

TEST(MainsJudge, CanariesThatNobodyAsksSayNothingAfterThreeIntervals) {
  const std::vector<Step> steps = parse_steps("0-100/10 c1 c2 ok");
  MainsJudge mains({.canary_interval = 20s}, sensors_of(steps));

  EXPECT_EQ(live(mains, steps, 160).state, State::up);
  mains.judge(at(161));
  EXPECT_EQ(mains.judge(at(161)).state, State::unknown);
  EXPECT_EQ(mains.judge(at(161)).since, at(100));
}

TEST(MainsJudge, AnotherLimitOfMomentaryReachesTheCutUnderWay) {
  const std::vector<Step> steps = parse_steps("0-95/5 ups1 OL; 100-300/5 ups1 OB");
  MainsJudge mains({.momentary = 300s}, sensors_of(steps));
  live(mains, steps, 300);
  ASSERT_EQ(mains.view(at(300)).sustained, 0U);

  mains.set_rules({.momentary = 60s});
  mains.judge(at(301));

  EXPECT_EQ(mains.view(at(301)).sustained, 1U);
  EXPECT_EQ(mains.judge(at(301)).since, at(100)) << "what is known stays";
}

TEST(MainsJudge, LostCanariesWaitForAUpsThatWasNotReadSince) {
  MainsSensors sensors = sensors_of(parse_steps("0 ups1 OL; 0 c3 w1 ok"));
  sensors.upses[0].judge->set_rules({.interval = 30s});
  const std::vector<Step> steps = parse_steps(
      "0-90/30 ups1 OL; 0-90/10 c1 c2 c3 w1 ok; 100-130/2 c1 c2 c3 fail; 100-130/2 w1 ok");
  MainsJudge mains({}, sensors);

  EXPECT_EQ(live(mains, steps, 111).state, State::up) << "found lost at 102, asked at once";
  EXPECT_TRUE(mains.take_wish_to_look());

  const Ruling& ruling = mains.judge(at(112));
  EXPECT_EQ(ruling.state, State::down) << "it did not answer in time";
  EXPECT_EQ(ruling.since, at(100));
  EXPECT_EQ(ruling.after, at(90));
}

TEST(MainsJudge, LooksAroundOnceForEachReason) {
  const std::vector<Step> good = parse_steps("0-95/5 ups1 OL; 0-90/10 c1 c2 w1 ok");
  MainsJudge mains({}, sensors_of(good));
  live(mains, good, 95);
  mains.take_wish_to_look();

  hear(mains, {.at = 100, .who = "c1", .what = "fail"});
  EXPECT_TRUE(mains.take_wish_to_look());
  hear(mains, {.at = 102, .who = "c1", .what = "fail"});
  EXPECT_FALSE(mains.take_wish_to_look());
  hear(mains, {.at = 103, .who = "ups1", .what = "OB"});
  EXPECT_TRUE(mains.take_wish_to_look());
  EXPECT_FALSE(mains.take_wish_to_look());
}

TEST(MainsJudge, CutsAreMomentaryOrSustained) {
  const std::vector<Step> steps = parse_steps(
      "0-95/5 ups1 OL; 100-195/5 ups1 OB; 200-295/5 ups1 OL; 300-695/5 ups1 OB; 700 ups1 OL");
  MainsJudge mains({}, sensors_of(steps));

  live(mains, steps, 600);
  EXPECT_EQ(mains.view(at(600)).momentary, 1U);
  EXPECT_EQ(mains.view(at(600)).sustained, 0U) << "exactly five minutes";
  MainsJudge later({}, sensors_of(steps));
  live(later, steps, 601);
  EXPECT_EQ(later.view(at(601)).sustained, 1U) << "not only when it is over";
  MainsJudge over({}, sensors_of(steps));
  live(over, steps, 700);

  EXPECT_EQ(over.view(at(700)).sustained, 1U);
  EXPECT_EQ(over.view(at(700)).momentary, 1U);
  EXPECT_EQ(texts(over.take_events(), PowerEvent::cut_end),
            (std::vector<std::string>{"after 1m40s, momentary", "after 6m40s, sustained"}));
  EXPECT_TRUE(over.take_events().empty());
}

TEST(MainsJudge, ACutThatWasTakenBackIsNotCounted) {
  const std::vector<Step> steps =
      parse_steps("0-95/5 ups1 OL; 0-200/2 c1 c2 c3 ok; 100-150/5 ups1 OB; 155-200/5 ups1 OL");
  MainsJudge mains({}, sensors_of(steps));

  const Ruling ruling = live(mains, steps, 200);

  EXPECT_EQ(ruling.state, State::up);
  EXPECT_EQ(mains.view(at(200)).momentary, 0U);
}

TEST(MainsJudge, ABrownOutIsOneEpisodeUntilItIsCalm) {
  MainsJudge mains = room("0 ups1 OL");
  hear_values(mains, "OL", 220, 1800, 0);
  hear_values(mains, "OL BOOST", 181, 1800, 10);
  hear_values(mains, "OL", 215, 1800, 20);
  hear_values(mains, "OL", 190, 1800, 50);
  EXPECT_TRUE(mains.view(at(50)).is_brown_out);
  hear_values(mains, "OL", 220, 1800, 109);
  EXPECT_TRUE(mains.view(at(109)).is_brown_out);
  hear_values(mains, "OL", 220, 1800, 110);

  EXPECT_FALSE(mains.view(at(110)).is_brown_out);
  EXPECT_EQ(mains.view(at(110)).brown_outs, 1U);
  const auto events = mains.take_events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].text, "ups ups1: BOOST, input 181 V of 220 V");
  EXPECT_EQ(events[0].at, at(10));
  EXPECT_EQ(events[1].text, "after 40s");
  EXPECT_EQ(events[1].at, at(50));
}

TEST(MainsJudge, ACutEndsABrownOut) {
  MainsJudge mains = room("0 ups1 OL");
  hear_values(mains, "OL BOOST", 181, 1800, 10);
  hear_values(mains, "OB", 0, 1800, 15);

  EXPECT_FALSE(mains.view(at(15)).is_brown_out);
  EXPECT_EQ(texts(mains.take_events(), PowerEvent::brown_out_end).size(), 1U);
}

TEST(MainsJudge, ExhaustionIsForeseenOncePerCut) {
  MainsJudge mains = room("0 ups1 OL");
  hear_values(mains, "OL", 220, 100, 0);
  EXPECT_FALSE(mains.view(at(0)).is_exhaustion_foreseen) << "on line a short runtime is nothing";
  hear_values(mains, "OB", 0, 600, 10);
  EXPECT_FALSE(mains.view(at(10)).is_exhaustion_foreseen);
  hear_values(mains, "OB", 0, 240, 20);
  hear_values(mains, "OB LB", 0, 60, 30);
  EXPECT_TRUE(mains.view(at(30)).is_exhaustion_foreseen);
  hear_values(mains, "OL", 220, 60, 40);
  EXPECT_FALSE(mains.view(at(40)).is_exhaustion_foreseen);
  hear_values(mains, "OB", 0, 30, 50);

  EXPECT_EQ(texts(mains.take_events(), PowerEvent::exhaustion),
            (std::vector<std::string>{"runtime 240 s of ups ups1", "runtime 30 s of ups ups1"}));
}

TEST(MainsJudge, ForcedShutdownForeseesTheEndEvenOnLine) {
  MainsJudge mains = room("0 ups1 OL");
  hear_values(mains, "FSD OL", 220, 1800, 0);

  EXPECT_TRUE(mains.view(at(0)).is_exhaustion_foreseen);
  EXPECT_EQ(mains.judge(at(0)).state, State::up);
}

TEST(MainsJudge, ASocketThatNothingIsPluggedIntoIsNoCut) {
  MainsJudge mains({}, {});
  mains.hear_adapter("AC0", false, at(0));
  mains.hear_adapter("AC1", true, at(0));
  EXPECT_EQ(mains.judge(at(1)).state, State::up);

  mains.hear_adapter("AC1", false, at(100));

  EXPECT_EQ(mains.judge(at(100)).state, State::down);
}

TEST(MainsJudge, ShowsEachSensorsWord) {
  const std::vector<Step> steps = parse_steps(
      "0-110/5 ups1 OL; 0-90/10 c1 c2 ok; 100-110/2 c1 fail; 0-110/10 c2 ok; 0 p1 ac on");
  MainsJudge mains({}, sensors_of(steps));
  live(mains, steps, 110);

  const MainsJudge::View view = mains.view(at(110));

  EXPECT_EQ(view.canaries_up, 2U);
  EXPECT_EQ(view.canaries_lost, 1U);
  EXPECT_EQ(view.words,
            (std::vector<std::pair<std::string, PowerWord>>{{"ups ups1", PowerWord::on},
                                                            {"adapter AC", PowerWord::on},
                                                            {"canary c1", PowerWord::off},
                                                            {"canary c2", PowerWord::on},
                                                            {"carrier p1", PowerWord::on}}));
}

}  // namespace
}  // namespace siaga::judge_tests
