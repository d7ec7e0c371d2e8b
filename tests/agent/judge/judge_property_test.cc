// Random lives of sensors: what must hold whatever was heard, in whatever order.
#include <gtest/gtest.h>

#include <random>

#include "agent/judge/link_judge.h"
#include "tests/agent/judge/life.h"

namespace siaga::judge_tests {
namespace {

using Random = std::mt19937;

int pick(Random& random, int below) {
  return std::uniform_int_distribution<int>(0, below - 1)(random);
}

constexpr unsigned lives = 40;

constexpr std::array<std::string_view, 5> sensor_names{"ups1", "ups2", "ac", "p1", "w1"};
constexpr std::array<std::string_view, 13> ups_words{
    "OL",         "OL CHRG",   "OB DISCHRG",     "OB LB",      "OB CAL",
    "OL DISCHRG", "OL OB",     "ALARM",          "data_stale", "driver_not_connected",
    "ups_wait",   "FSD OB LB", "connect_timeout"};

// What a sensor says, mostly what it would say of a mains that is on or off.
std::string says(Random& random, const std::string& who, bool is_on) {
  const bool is_odd = pick(random, 6) == 0;
  if (who.starts_with("ups"))
    return std::string(is_odd  ? ups_words.at(static_cast<std::size_t>(pick(random, 13)))
                       : is_on ? "OL"
                               : "OB");
  if (who == "ac" && is_odd && pick(random, 4) == 0) return "gone";
  if (who == "ac" || who == "p1") return is_on != is_odd ? "on" : "off";
  if (who == "w1") return is_odd ? "fail" : "ok";
  return is_odd && pick(random, 2) == 0 ? "agent_memory" : is_on != is_odd ? "ok" : "fail";
}

// Batches of evidence, one for each second that somebody is heard in.
std::vector<Step> random_life(Random& random, int length) {
  std::vector<Step> steps;
  bool is_on = true;
  std::vector<std::string> names(sensor_names.begin(), sensor_names.end());
  for (const std::string_view canary : {"c1", "c2", "c3", "c4"}) names.emplace_back(canary);
  names.erase(names.begin(), names.begin() + pick(random, 6));
  for (int second = 0; second < length; second += 1 + pick(random, 4)) {
    if (pick(random, 20) == 0) is_on = !is_on;
    for (const std::string& who : names)
      if (pick(random, 3) == 0)
        steps.push_back({.at = second, .who = who, .what = says(random, who, is_on)});
  }
  return steps;
}

MainsSensors all_sensors() { return sensors_of(parse_steps("0 ups2 OL; 0 c4 w1 ok; 0 p1 on")); }

bool is_any_off(const MainsJudge& judge, BootTime now) {
  return std::ranges::any_of(judge.view(now).words,
                             [](const auto& word) { return word.second == PowerWord::off; });
}

TEST(MainsProperty, RulingsAreDatedSoundlyAndOffNeedsAWordForIt) {
  for (unsigned seed = 0; seed < lives; ++seed) {
    Random random(seed);
    const std::vector<Step> steps = random_life(random, 600);
    MainsJudge judge({}, all_sensors());
    Ruling before;
    auto next = steps.begin();
    for (int second = 0; second < 600; second += 1 + pick(random, 3)) {
      for (; next != steps.end() && next->at <= second; ++next) hear(judge, *next);

      const Ruling ruling = judge.judge(at(second));

      ASSERT_EQ(judge.judge(at(second)), ruling) << "seed " << seed << " at " << second;
      ASSERT_LE(ruling.since, at(second)) << "seed " << seed;
      ASSERT_GE(ruling.since, before.since) << "seed " << seed;
      ASSERT_LE(ruling.after.value_or(ruling.since), ruling.since) << "seed " << seed;
      ASSERT_EQ(ruling.reason == Reason::mains_off, ruling.state == State::down);
      const bool is_news = ruling.state != before.state;
      ASSERT_TRUE(ruling.state != State::down || !is_news || is_any_off(judge, at(second)))
          << "seed " << seed << " at " << second;
      ASSERT_TRUE(is_news || ruling.since == before.since) << "seed " << seed;
      before = ruling;
    }
  }
}

TEST(MainsProperty, FreshWordsThatContradictGiveUnknown) {
  for (unsigned seed = 0; seed < lives; ++seed) {
    Random random(seed);
    const std::vector<Step> steps = random_life(random, 300);
    MainsJudge judge({}, all_sensors());
    live(judge, steps, 300);

    const bool is_first_on = pick(random, 2) == 0;
    for (int second = 301; second < 320; ++second) {
      hear_ups(judge, 0, ups_says(is_first_on ? "OL" : "OB"), at(second));
      hear_ups(judge, 1, ups_says(is_first_on ? "OB" : "OL"), at(second));
      judge.judge(at(second));
    }

    EXPECT_EQ(judge.judge(at(320)).state, State::unknown) << "seed " << seed;
    EXPECT_TRUE(judge.judge(at(320)).evidence.starts_with("contradiction: ")) << "seed " << seed;
  }
}

TEST(MainsProperty, TheOrderInWhichSensorsAreHeardChangesNothing) {
  for (unsigned seed = 0; seed < lives; ++seed) {
    Random random(seed);
    std::vector<Step> steps = random_life(random, 400);
    std::vector<Step> shuffled = steps;
    // Within a batch of ten seconds; each sensor's own order stays.
    const auto batch = [](const Step& step) { return step.at / 10; };
    std::ranges::shuffle(shuffled, random);
    std::ranges::stable_sort(
        shuffled, {}, [&](const Step& step) { return std::tuple(batch(step), step.who, step.at); });
    MainsJudge one({}, all_sensors()), other({}, all_sensors());
    auto first = steps.begin(), second = shuffled.begin();
    for (int tens = 0; tens < 40; ++tens) {
      for (; first != steps.end() && batch(*first) <= tens; ++first) hear(one, *first);
      for (; second != shuffled.end() && batch(*second) <= tens; ++second) hear(other, *second);

      const BootTime now = at(10 * tens + 10);
      const Ruling ruling = one.judge(now);
      ASSERT_EQ(ruling, other.judge(now))
          << "seed " << seed << " at " << tens << ":\n"
          << name(ruling.state) << ruling.since.time_since_epoch().count() << ruling.evidence
          << "\n"
          << name(other.judge(now).state) << other.judge(now).since.time_since_epoch().count()
          << other.judge(now).evidence;
    }
  }
}

TEST(MainsProperty, NothingIsKnownOfATimeInWhichTheAgentStoodStill) {
  for (unsigned seed = 0; seed < lives; ++seed) {
    Random random(seed);
    MainsJudge judge({}, all_sensors());
    const Ruling before = live(judge, random_life(random, 300), 300);

    const Ruling gap = judge.judge(at(400));
    for (const std::size_t place : {0U, 1U}) hear_ups(judge, place, ups_says("OL"), at(400));
    const Ruling back = judge.judge(at(400));

    EXPECT_EQ(gap.state, State::unknown) << "seed " << seed << ": " << gap.evidence;
    EXPECT_LE(gap.since, at(315)) << "seed " << seed << ": " << gap.evidence;
    EXPECT_GE(gap.since, before.since) << "seed " << seed;
    EXPECT_EQ(back.since, back.state == State::up ? at(400) : gap.since) << "seed " << seed;
  }
}

TEST(MainsProperty, QuietSensorsThatAgreeAreBelieved) {
  for (unsigned seed = 0; seed < lives; ++seed) {
    Random random(seed);
    const bool is_on = pick(random, 2) == 0;
    MainsJudge judge({}, all_sensors());
    live(judge, random_life(random, 300), 300);

    for (int second = 301; second < 400; ++second) {
      for (const std::size_t place : {0U, 1U})
        hear_ups(judge, place, ups_says(is_on ? "OL" : "OB"), at(second));
      judge.hear_adapter("AC", is_on, at(second));
      for (const std::size_t place : {0U, 1U, 2U, 3U})
        judge.hear_canary(place, is_on ? Verdict::ok : Verdict::failed, at(second));
      judge.hear_carrier(0, is_on, at(second));
      judge.judge(at(second));
    }

    EXPECT_EQ(judge.judge(at(400)).state, is_on ? State::up : State::down)
        << "seed " << seed << ": " << judge.judge(at(400)).evidence;
  }
}

WayOut random_way(Random& random) {
  const bool is_fine = pick(random, 3) != 0;
  return {.has_interface = true,
          .has_carrier = is_fine,
          .has_address = true,
          .has_route = true,
          .interface = "eth0",
          .gateway = parse_address(pick(random, 4) == 0 ? "10.0.0.2" : "10.0.0.1")};
}

TEST(LinkProperty, RulingsAreDatedSoundlyAndABreakHasAPlaceOnlyWhenItIsNotUp) {
  const std::vector<Anchor> anchors{
      {.name = "a1"}, {.name = "a2"}, {.name = "gw", .role = AnchorRole::gateway}};
  for (unsigned seed = 0; seed < lives; ++seed) {
    Random random(seed);
    LinkJudge judge({.quorum = 1U + seed % 2U, .owns_interface = seed % 3 == 0, .checks_mtu = true},
                    anchors);
    Ruling before;
    bool is_good = true;
    for (int second = 0; second < 600; second += 1 + pick(random, 4)) {
      if (pick(random, 15) == 0) is_good = !is_good;
      if (pick(random, 40) == 0) judge.hear_way(random_way(random), at(second));
      const int dice = pick(random, 10);
      AnchorRun run{.began = at(second), .detail = {}, .round_trips = {}};
      run.verdict = dice == 0               ? Verdict::unknown
                    : is_good == (dice > 1) ? Verdict::ok
                                            : Verdict::failed;
      if (run.verdict == Verdict::failed) run.detail = "host unreachable, says 10.0.0.9";
      judge.hear_anchor(static_cast<std::size_t>(pick(random, 3)), run);
      if (dice == 3) judge.hear_mtu(run);
      if (dice == 4) judge.hear_hop(is_good, at(second));

      const Ruling ruling = judge.judge(at(second));

      ASSERT_EQ(judge.judge(at(second)), ruling) << "seed " << seed << " at " << second;
      ASSERT_LE(ruling.since, at(second)) << "seed " << seed;
      ASSERT_GE(ruling.since, before.since) << "seed " << seed;
      ASSERT_LE(ruling.after.value_or(ruling.since), ruling.since) << "seed " << seed;
      ASSERT_EQ(ruling.reason != Reason::none, ruling.state == State::down) << "seed " << seed;
      const bool is_broken = judge.path_break() != PathBreak::none;
      const bool is_held = judge.view(at(second)).is_held_down;
      ASSERT_FALSE(ruling.state == State::up && is_broken) << "seed " << seed;
      ASSERT_TRUE(ruling.state != State::down || is_broken || is_held) << "seed " << seed;
      before = ruling;
    }
  }
}

}  // namespace
}  // namespace siaga::judge_tests
