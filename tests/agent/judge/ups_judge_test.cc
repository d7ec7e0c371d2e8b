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
  EXPECT_EQ(opinion.before, at(93)) << "the driver may have had that OL for 2 s";
  EXPECT_EQ(opinion.seen, at(120));
  EXPECT_EQ(opinion.text, "on battery (OB)");
}

TEST(UpsJudge, SilenceBreaksARow) {
  UpsJudge ups({});
  say(ups, "OL", 0, 95);

  say(ups, "data_stale", 100, 100);
  EXPECT_EQ(ups.opinion(at(104)).word, PowerWord::none);
  say(ups, "OL", 105, 110);

  EXPECT_EQ(ups.opinion(at(110)).since, at(105));
  EXPECT_EQ(ups.opinion(at(110)).before, std::nullopt) << "nobody saw it off";
}

TEST(UpsJudge, AWordStandsForThreeIntervalsWithoutARun) {
  UpsJudge brief({}), longer({});
  say(brief, "OB", 0, 95);
  say(longer, "OB", 0, 95);

  EXPECT_EQ(longer.opinion(at(111)).word, PowerWord::none);
  EXPECT_EQ(longer.opinion(at(111)).since, at(95)) << "nobody saw since";
  say(brief, "OB", 110, 110);
  say(longer, "OB", 111, 111);

  EXPECT_EQ(brief.opinion(at(111)).since, at(0));
  EXPECT_EQ(longer.opinion(at(111)).since, at(111));
}

TEST(UpsJudge, OffThatWentOnInSilenceEndsWhenNobodyAsks) {
  UpsJudge ups({});
  say(ups, "OB", 95, 95);
  say(ups, "data_stale", 100, 200);
  ASSERT_EQ(ups.opinion(at(215)).word, PowerWord::off);

  EXPECT_EQ(ups.opinion(at(216)).word, PowerWord::none);
  EXPECT_EQ(ups.opinion(at(216)).since, at(200));
  say(ups, "data_stale", 300, 300);

  EXPECT_EQ(ups.opinion(at(300)).word, PowerWord::off);
  EXPECT_EQ(ups.opinion(at(300)).since, at(300));
}

TEST(UpsJudge, ALongerIntervalReachesAWordThatStands) {
  UpsJudge ups({.interval = 5s});
  say(ups, "OL", 0, 95);

  ups.set_rules({.interval = 60s});
  EXPECT_EQ(ups.opinion(at(275)).word, PowerWord::on);
  EXPECT_EQ(ups.opinion(at(276)).word, PowerWord::none);
  ups.set_rules({.interval = 5s});

  EXPECT_EQ(ups.opinion(at(275)).word, PowerWord::on) << "it was said when it stood that long";
  EXPECT_EQ(ups.opinion(at(275)).since, at(0));
}

void say_values(UpsJudge& ups, const std::string& words, double volts, double charge, int time,
                Millis age = 2s) {
  UpsFacts facts = status(words);
  facts.input_volts = volts;
  facts.nominal_volts = 230;
  facts.charge_percent = charge;
  facts.age_max = age;
  Outcome outcome = judged(Reason::none);
  outcome.ups = std::make_shared<const UpsFacts>(facts);
  ups.hear(outcome, at(time));
}

TEST(UpsJudge, AReadingWasTrueAsLongBeforeItsRunAsItsServerMayHaveHadIt) {
  UpsJudge ups({});
  say_values(ups, "OL", 230, 100, 100, 15s);
  say_values(ups, "OB DISCHRG", 0, 100, 105, 1s);
  EXPECT_EQ(ups.opinion(at(105)).before, at(85));
  EXPECT_EQ(ups.opinion(at(105)).true_at, at(104));
  say_values(ups, "OL", 230, 90, 110);

  EXPECT_EQ(ups.opinion(at(110)).before, at(104));
}

TEST(UpsJudge, AnInputVoltageThatStandsStillAfterOlDeniesNothing) {
  UpsJudge ups({});
  say_values(ups, "OL CHRG", 227, 100, 95);

  for (int time = 100; time <= 130; time += 5) {
    say_values(ups, "OB", 227.4, 100, time);
    EXPECT_EQ(ups.opinion(at(time)).word, PowerWord::off) << time;
  }
  say_values(ups, "OB", 0, 97, 135);
  say_values(ups, "OB", 229, 99, 140);

  EXPECT_EQ(ups.opinion(at(140)).word, PowerWord::off) << "one reading was beyond doubt";
  EXPECT_EQ(ups.opinion(at(140)).since, at(100));
}

TEST(UpsJudge, AHealthyInputThatMovesTakesObBack) {
  UpsJudge ups({});
  say_values(ups, "OL CHRG", 227, 100, 95);
  say_values(ups, "OB", 227, 100, 100);
  say_values(ups, "OB", 226.6, 100, 105);

  EXPECT_EQ(ups.opinion(at(105)).word, PowerWord::none);
  EXPECT_EQ(ups.opinion(at(105)).since, at(100));
  EXPECT_EQ(ups.opinion(at(105)).text,
            "says on battery (OB), but its input has 227 V of 230 V and its battery is full");
}

TEST(UpsJudge, ObFromTheFirstReadingOnIsDeniedAtOnce) {
  UpsJudge ups({});
  say_values(ups, "OB LB RB", 231, 100, 0);
  EXPECT_EQ(ups.opinion(at(0)).word, PowerWord::none);
  say_values(ups, "OB LB RB", 231, 97, 5);

  EXPECT_EQ(ups.opinion(at(5)).word, PowerWord::off);
  EXPECT_EQ(ups.opinion(at(5)).since, at(5));
}

TEST(UpsWord, APowerStripOfAnUnknownNominalVoltageIsOnWithAnyMainsVoltage) {
  UpsFacts facts = status("");
  facts.is_power_strip = true;
  facts.input_volts = 237;
  EXPECT_EQ(word_of(facts, {}).word, PowerWord::on);
  EXPECT_EQ(word_of(facts, {}).text, "its input is there (input 237 V)");
  facts.input_volts = 40;

  EXPECT_EQ(word_of(facts, {}).word, PowerWord::none);
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
