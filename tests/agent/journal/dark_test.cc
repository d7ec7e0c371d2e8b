// Every combination of what the last beat and the machine can say.
#include "agent/journal/dark.h"

#include <gtest/gtest.h>

#include "agent/core/limits.h"

namespace siaga {
namespace {

using std::chrono::seconds;

struct Case {
  bool is_same_boot;
  Life life;
  bool has_panic, is_mains_off;
  DarkClass expected;
};

constexpr Life running = Life::running;
constexpr Life service_stop = Life::service_stop;
constexpr Life shut_down = Life::machine_shutdown;

constexpr Case cases[] = {
    {true, running, false, false, DarkClass::crash},
    {true, running, false, true, DarkClass::crash},
    {true, running, true, false, DarkClass::crash},
    {true, running, true, true, DarkClass::crash},
    {true, service_stop, false, false, DarkClass::stop},
    {true, service_stop, false, true, DarkClass::stop},
    {true, service_stop, true, false, DarkClass::stop},
    {true, service_stop, true, true, DarkClass::stop},
    {true, shut_down, false, false, DarkClass::stop},
    {true, shut_down, false, true, DarkClass::stop},
    {true, shut_down, true, false, DarkClass::stop},
    {true, shut_down, true, true, DarkClass::stop},
    {false, running, false, false, DarkClass::power_suspected},
    {false, running, false, true, DarkClass::power},
    {false, running, true, false, DarkClass::panic},
    {false, running, true, true, DarkClass::panic},
    {false, service_stop, false, false, DarkClass::stop},
    {false, service_stop, false, true, DarkClass::stop},
    {false, service_stop, true, false, DarkClass::stop},
    {false, service_stop, true, true, DarkClass::stop},
    {false, shut_down, false, false, DarkClass::reboot},
    {false, shut_down, false, true, DarkClass::power},
    {false, shut_down, true, false, DarkClass::reboot},
    {false, shut_down, true, true, DarkClass::power},
};

Beat beat_of(const Case& one) {
  return {
      .boot_id = "one", .period = seconds(10), .is_mains_off = one.is_mains_off, .life = one.life};
}

HostFacts facts_of(const Case& one) {
  return {.boot_id = one.is_same_boot ? "one" : "two",
          .panic = one.has_panic ? "/sys/fs/pstore/dmesg-efi-1" : ""};
}

Stamp stamp(BootNumber boot, int second) { return {boot, BootTime(seconds(second))}; }

TEST(ClassifyDark, FollowsTheTableForEveryCombination) {
  for (const Case& one : cases) {
    const DarkInterval dark =
        classify_dark(beat_of(one), facts_of(one), stamp(1, 100), stamp(2, 5));

    EXPECT_EQ(dark.dark_class, one.expected) << dark.evidence;
    EXPECT_EQ(dark.is_mains_off, one.is_mains_off);
    EXPECT_EQ(dark.evidence.contains("boot id changed"), !one.is_same_boot) << dark.evidence;
    EXPECT_EQ(dark.evidence.contains("no clean stop"), one.life == running) << dark.evidence;
  }
  EXPECT_EQ(std::size(cases), 2U * 3 * 2 * 2);
}

TEST(ClassifyDark, EvidenceIsOneReadableSentence) {
  const auto evidence = [](const Case& one) {
    return classify_dark(beat_of(one), facts_of(one), stamp(1, 100), stamp(2, 5)).evidence;
  };

  EXPECT_EQ(evidence({false, running, false, true, {}}),
            "boot id changed, no clean stop, no record of a kernel panic, mains was off at the "
            "last beat");
  EXPECT_EQ(evidence({false, running, true, false, {}}),
            "boot id changed, no clean stop, record of a kernel panic in "
            "/sys/fs/pstore/dmesg-efi-1, mains was not known to be off at the last beat");
  EXPECT_EQ(evidence({true, running, true, true, {}}), "same boot id, no clean stop");
  EXPECT_EQ(evidence({false, service_stop, false, false, {}}),
            "boot id changed, the service was stopped in order");
}

TEST(ClassifyDark, LengthIsKnownWithinOneBootOnly) {
  const DarkInterval crash = classify_dark(beat_of({true, running, false, false, {}}),
                                           {.boot_id = "one"}, stamp(3, 100), stamp(3, 142));
  const DarkInterval cut = classify_dark(beat_of({false, running, false, false, {}}),
                                         {.boot_id = "two"}, stamp(3, 100), stamp(4, 20));

  EXPECT_EQ(crash.length, seconds(42));
  EXPECT_EQ(crash.from, stamp(3, 100));
  EXPECT_EQ(crash.to, stamp(3, 142));
  EXPECT_EQ(cut.length, std::nullopt);
}

TEST(ClassifyDark, SlackIsAPeriodAfterACrashAndNothingAfterACleanStop) {
  const auto slack = [](Life life) {
    return classify_dark(beat_of({true, life, false, false, {}}), {.boot_id = "one"}, stamp(1, 1),
                         stamp(1, 2))
        .slack;
  };

  EXPECT_EQ(slack(running), seconds(10) + limits::beat_lateness);
  EXPECT_EQ(slack(service_stop), Millis::zero());
  EXPECT_EQ(slack(shut_down), Millis::zero());
}

}  // namespace
}  // namespace siaga
