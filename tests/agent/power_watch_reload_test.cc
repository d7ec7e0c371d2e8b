// Sensors to the mains over a reload and over a stop of the agent, with time moved by hand.
#include <gtest/gtest.h>

#include "agent/config/load.h"
#include "agent/power_watch.h"
#include "probes/registry.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

class PowerWatchByHand : public testing::Test {
 protected:
  void configure(const std::string& interval, Duration momentary = 5min) {
    const auto config = parse_config(
        "[office]\nid = \"kantor\"\n[[ups]]\nname = \"apc\"\nserver = "
        "\"nut://127.0.0.1:1/apc\"\ninterval = \"" +
            interval + "\"\n[[mains]]\nname = \"pln\"\nups = [\"apc\"]\n",
        "", {.kinds = kind_schemas()});
    ASSERT_TRUE(config) << format(config.error(), Language::english, false);
    watched_.replace(config->targets);
    power_.configure(config->targets, momentary);
  }
  void say(std::string_view words) {
    Outcome outcome = judged(Reason::none);
    UpsFacts facts;
    facts.words = words;
    facts.add(words == "OL" ? UpsFlag::online : UpsFlag::on_battery);
    outcome.ups = std::make_shared<const UpsFacts>(facts);
    power_.hear(*watched_.find("apc"), outcome, clock_.boot_now());
    power_.judge();
  }
  void say_every_5_s(std::string_view words, Duration during) {
    for (Duration passed{}; passed < during; passed += 5s) {
      say(words);
      clock_.advance(5s);
    }
  }
  State mains() { return engine_.status(*watched_.find("pln")).state; }
  std::vector<UpsRow> rows() const { return power_.ups_rows(); }

  tests::ManualClock clock_;
  tests::TestLoop test_;
  tests::TempFolder folder_;
  Network network_{test_.loop(), clock_};
  Engine engine_;
  Scheduler scheduler_{network_,
                       {.in_all = 10, .per_kind = 10},
                       {.settled = [](TargetId, const Outcome&) {},
                        .late = [](std::string_view) {},
                        .skipped = [](std::string_view, SkipReason, std::uint64_t) {},
                        .lag = [](Duration) {}}};
  Pipeline pipeline_{engine_, clock_, {.recorded = {}, .wants_second_look = {}}};
  WatchList watched_{engine_, scheduler_, pipeline_, clock_};
  PowerWatch power_{test_.loop(), clock_,         engine_,          watched_,
                    scheduler_,   folder_.path(), {.urgent = [] {}}};
};

TEST_F(PowerWatchByHand, ALongerIntervalByReloadLeavesTheMainsOn) {
  configure("5s");
  say_every_5_s("OL", 20s);
  ASSERT_EQ(mains(), State::up);

  configure("60s");
  clock_.advance(55s);
  power_.judge();

  EXPECT_EQ(mains(), State::up);
  EXPECT_EQ(rows().at(0).view.last_word, PowerWord::on) << "its row knows what the mains knows";
  EXPECT_TRUE(rows().at(0).view.is_fresh);
}

TEST_F(PowerWatchByHand, AnotherUpsUnderTheSameNameIsAnother) {
  configure("5s");
  say_every_5_s("OL", 20s);
  const auto config = parse_config(
      "[office]\nid = \"kantor\"\n[[ups]]\nname = \"apc\"\nserver = \"nut://127.0.0.1:1/b\"\n"
      "[[mains]]\nname = \"pln\"\nups = [\"apc\"]\n",
      "", {.kinds = kind_schemas()});
  ASSERT_TRUE(config);
  watched_.replace(config->targets);
  power_.configure(config->targets, 5min);

  EXPECT_FALSE(rows().at(0).view.has_run);
}

TEST_F(PowerWatchByHand, ALimitOfMomentaryByReloadReachesTheCutUnderWay) {
  configure("5s");
  say_every_5_s("OL", 20s);
  say_every_5_s("OB", 100s);

  configure("5s", 1min);
  say("OB");

  EXPECT_EQ(power_.mains_rows({}).at(0).view.sustained, 1U);
}

TEST_F(PowerWatchByHand, AStopOfTheAgentIsBookedAsUnknownAndNotAsOn) {
  configure("5s");
  say_every_5_s("OL", 100s);
  clock_.advance(100s);  // SIGSTOP
  say_every_5_s("OL", 200s);
  engine_.tick(clock_.boot_now());
  engine_.show(engine_.books());

  const Totals& totals = engine_.status(*watched_.find("pln")).totals;
  // The last run began 5 s before the stop.
  EXPECT_EQ(totals.unknown_sum(), 105s);
  EXPECT_EQ(mains(), State::up);
}

}  // namespace
}  // namespace siaga
