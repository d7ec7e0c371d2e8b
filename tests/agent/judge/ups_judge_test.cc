// One UPS over time: flags that are held, silence and its end, what is shown of it.
#include <gtest/gtest.h>

#include "agent/judge/ups_word.h"
#include "tests/agent/judge/life.h"

namespace siaga::judge_tests {
namespace {

void say(UpsJudge& ups, const std::string& words, int from, int until, int every = 5) {
  for (int time = from; time <= until; time += every) ups.hear(ups_says(words), at(time));
}

TEST(UpsJudge, LowBatteryCountsOnceItWasThereLongEnough) {
  UpsJudge ups({});

  say(ups, "OB LB", 100, 105);
  EXPECT_FALSE(ups.view(at(105)).is_battery_low);
  say(ups, "OB LB", 110, 110);

  EXPECT_TRUE(ups.view(at(110)).is_battery_low);
}

TEST(UpsJudge, FlagsThatFlickerNeverCount) {
  UpsJudge ups({});

  for (int time = 0; time < 600; time += 10) {
    ups.hear(ups_says("OL LB RB"), at(time));
    ups.hear(ups_says("OL"), at(time + 5));
    EXPECT_FALSE(ups.view(at(time + 5)).is_battery_low);
    EXPECT_FALSE(ups.view(at(time + 5)).needs_battery);
  }
}

TEST(UpsJudge, ReplaceBatteryCountsAfterFiveMinutes) {
  UpsJudge ups({});

  say(ups, "OL RB", 0, 295);
  EXPECT_FALSE(ups.view(at(295)).needs_battery);
  say(ups, "OL RB", 300, 300);

  EXPECT_TRUE(ups.view(at(300)).needs_battery);
}

TEST(UpsJudge, ForcedShutdownIsLowAtOnce) {
  UpsJudge ups({});

  ups.hear(ups_says("FSD OL CHRG"), at(0));

  EXPECT_TRUE(ups.view(at(0)).is_battery_low);
  EXPECT_TRUE(ups.view(at(0)).is_shutting_down);
  EXPECT_EQ(ups.opinion(at(0)).word, PowerWord::on);
}

TEST(UpsJudge, AnOpinionIsBoundedByTheOtherWord) {
  UpsJudge ups({});

  say(ups, "OL", 0, 95);
  say(ups, "OB", 100, 120);

  const Opinion opinion = ups.opinion(at(121));
  EXPECT_EQ(opinion.word, PowerWord::off);
  EXPECT_EQ(opinion.since, at(100));
  EXPECT_EQ(opinion.before, at(95));
  EXPECT_EQ(opinion.seen, at(120));
  EXPECT_EQ(opinion.text, "on battery (OB)");
}

TEST(UpsJudge, AShortSilenceDoesNotMakeAWordNewALongOneDoes) {
  UpsJudge brief({}), longer({});
  say(brief, "OL", 0, 95);
  say(longer, "OL", 0, 95);

  say(brief, "data_stale", 100, 120);
  say(brief, "OL", 125, 125);
  say(longer, "data_stale", 100, 400);
  say(longer, "OL", 405, 405);

  EXPECT_EQ(brief.opinion(at(125)).since, at(0));
  EXPECT_EQ(longer.opinion(at(405)).since, at(405));
}

TEST(UpsJudge, SilenceLongAfterBatterySaysNothing) {
  UpsJudge ups({});

  say(ups, "OB", 0, 100);
  say(ups, "data_stale", 161, 170);  // nothing was heard for more than a minute

  EXPECT_EQ(ups.opinion(at(170)).word, PowerWord::none);
}

TEST(UpsJudge, TheLastWordStaysWithItsAgeAndValuesGo) {
  UpsJudge ups({});
  Outcome outcome = judged(Reason::none);
  UpsFacts facts = status("OB BOOST");
  facts.runtime_seconds = 240;
  outcome.ups = std::make_shared<const UpsFacts>(facts);

  ups.hear(outcome, at(100));
  EXPECT_EQ(ups.view(at(100)).runtime, Duration(240s));
  EXPECT_TRUE(ups.view(at(100)).is_fresh);
  ups.hear(ups_says("driver_not_connected"), at(105));

  const UpsJudge::View view = ups.view(at(106));
  EXPECT_EQ(view.reason, Reason::driver_not_connected);
  EXPECT_FALSE(view.is_fresh);
  EXPECT_FALSE(view.runtime.has_value());
  EXPECT_EQ(view.last_word, PowerWord::off);
  EXPECT_EQ(view.last_good, at(100));
}

TEST(UpsWord, AVoltageWithoutANominalOneIsNoBrownOut) {
  UpsFacts facts = status("OL");
  facts.input_volts = 117;
  EXPECT_EQ(brown_out_of(facts, {}), std::nullopt);

  facts.nominal_volts = 120;
  EXPECT_EQ(brown_out_of(facts, {}), std::nullopt);
  facts.nominal_volts = 220;
  EXPECT_EQ(brown_out_of(facts, {}), "input 117 V of 220 V");
  facts.nominal_volts.reset();
  facts.add(UpsFlag::boost);
  EXPECT_EQ(brown_out_of(facts, {}), "BOOST, input 117 V");
}

TEST(UpsJudge, NonsenseNumbersBreakNothing) {
  UpsJudge ups({});
  for (const double wild : {-5.0, 1e300, std::numeric_limits<double>::quiet_NaN(),
                            std::numeric_limits<double>::infinity()}) {
    UpsFacts facts = status("OL DISCHRG BOOST");
    facts.runtime_seconds = facts.input_volts = facts.nominal_volts = wild;
    Outcome outcome = judged(Reason::none);
    outcome.ups = std::make_shared<const UpsFacts>(facts);

    ups.hear(outcome, at(0));

    EXPECT_NE(ups.opinion(at(0)).text, "");
    EXPECT_GE(ups.view(at(0)).runtime.value_or(Duration::zero()), Duration::zero());
  }
}

}  // namespace
}  // namespace siaga::judge_tests
