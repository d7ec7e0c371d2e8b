// The families about links, mains and UPSes: what is there from the start, what is absent, and that
// promtool has nothing to say.
#include "exporters/judge_families.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>

namespace siaga {
namespace {

using namespace std::chrono_literals;

std::string text_of(const JudgeViews& views, Format format = Format::text) {
  const OfficeLabels office{.id = "dinas", .name = {}, .city = {}};
  return lines_text([&](LineWriter& lines) { write_judge_families(lines, office, views, format); });
}

LinkRow full_link() {
  LinkRow link{
      .name = "wan",
      .state = State::down,
      .totals = {},
      .open = OpenOutage{.began = WallTime(1'500'000ms), .cause = Cause::power},
      .view = {.anchors_up = 1,
               .anchors = 2,
               .is_up = {true, false},
               .loss_ratio = 0.25,
               .round_trips =
                   RoundTrips{
                       .min = 1ms, .p50 = 2ms, .p95 = 3ms, .p99 = 4ms, .max = 5ms, .jitter = 500us},
               .is_mtu_good = true},
      .path_break = PathBreak::isp,
      .anchors = {{.name = "1.1.1.1"}, {.name = "tcp:9.9.9.9:53"}},
      .interface = LinkInterface{.name = "eth0",
                                 .has_carrier = true,
                                 .speed_bits = 1'000'000'000,
                                 .counters = InterfaceCounters{}},
      .uplinks = {{"main", false}, {"backup", true}},
      .pinged = {PingedAnchor{.name = "1.1.1.1", .sent = 7}}};
  link.outages[static_cast<std::size_t>(Cause::link)] = 2;
  link.totals.down[static_cast<std::size_t>(Cause::link)] = 90s;
  link.interface->counters->received_bytes = 1234;
  link.pinged[0].round_trips.observe(60us);
  return link;
}

MainsRow full_mains() {
  MainsRow mains{.name = "pln", .state = State::down, .totals = {}, .view = {}};
  mains.outages[static_cast<std::size_t>(Cause::power)] = 3;
  mains.totals.down[static_cast<std::size_t>(Cause::power)] = 61500ms;
  mains.open = OpenOutage{.began = WallTime(1'500'250ms), .cause = Cause::power};
  mains.view.momentary = 2;
  mains.view.canaries_lost = 4;
  mains.view.words = {{"ups apc", PowerWord::off}};
  return mains;
}

UpsRow full_ups() {
  return {.name = "apc",
          .view = {.reason = Reason::data_stale,
                   .has_run = true,
                   .last_good = BootTime(5s),
                   .last_word = PowerWord::off,
                   .is_battery_low = true,
                   .runtime = 240s},
          .age = 12500ms};
}

void expect_line(const std::string& text, const std::string& line) {
  EXPECT_NE(("\n" + text).find("\n" + line + "\n"), std::string::npos) << line;
}

TEST(JudgeFamilies, NothingIsSaidOfNothing) { EXPECT_EQ(text_of({}), ""); }

TEST(JudgeFamilies, LinksSayWhatTheirViewsSay) {
  const std::string text = text_of({.links = {full_link()}, .mains = {}, .upses = {}});

  const std::string link = R"({office="dinas",link="wan")";
  for (const std::string& line :
       {"siaga_link_state" + link + ",state=\"down\"} 1",
        "siaga_link_state" + link + ",state=\"up\"} 0",
        "siaga_link_outages_total" + link + ",cause=\"link\"} 2",
        "siaga_link_outages_total" + link + ",cause=\"power\"} 0",
        "siaga_link_down_seconds_total" + link + ",cause=\"link\"} 90",
        "siaga_link_outage_active" + link + ",cause=\"power\"} 1",
        "siaga_link_outage_active" + link + ",cause=\"link\"} 0",
        "siaga_link_outage_started_timestamp_seconds" + link + "} 1500",
        "siaga_link_anchors" + link + "} 2",
        "siaga_link_anchors_up" + link + "} 1",
        "siaga_link_anchor_up" + link + ",anchor=\"1.1.1.1\"} 1",
        "siaga_link_anchor_up" + link + ",anchor=\"tcp:9.9.9.9:53\"} 0",
        "siaga_link_anchor_requests_total" + link + ",anchor=\"1.1.1.1\"} 7",
        "siaga_link_anchor_response_duration_seconds_bucket" + link +
            ",anchor=\"1.1.1.1\",le=\"5e-05\"} 0",
        "siaga_link_anchor_response_duration_seconds_bucket" + link +
            ",anchor=\"1.1.1.1\",le=\"1e-04\"} 1",
        "siaga_link_anchor_response_duration_seconds_bucket" + link +
            ",anchor=\"1.1.1.1\",le=\"+Inf\"} 1",
        "siaga_link_anchor_response_duration_seconds_count" + link + ",anchor=\"1.1.1.1\"} 1",
        "siaga_link_loss_ratio" + link + "} 0.25",
        "siaga_link_rtt_seconds" + link + ",stat=\"p95\"} 0.003",
        "siaga_link_jitter_seconds" + link + "} 5e-04",
        "siaga_link_path_break" + link + ",at=\"isp\"} 1",
        "siaga_link_path_break" + link + ",at=\"none\"} 0",
        "siaga_link_mtu_good" + link + "} 1",
        "siaga_link_held_down" + link + "} 0",
        "siaga_link_degraded" + link + "} 0",
        "siaga_link_in_use" + link + ",uplink=\"backup\"} 1",
        "siaga_link_interface_carrier" + link + ",interface=\"eth0\"} 1",
        "siaga_link_interface_speed_bytes" + link + ",interface=\"eth0\"} 125000000",
        "siaga_link_interface_receive_bytes_total" + link + ",interface=\"eth0\"} 1234",
        "siaga_link_interface_transmit_errors_total" + link + ",interface=\"eth0\"} 0"})
    expect_line(text, line);
}

TEST(JudgeFamilies, PowerSaysWhatItsViewsSay) {
  const std::string text = text_of({.links = {}, .mains = {full_mains()}, .upses = {full_ups()}});

  const std::string mains = R"({office="dinas",mains="pln")", ups = R"({office="dinas",ups="apc")";
  for (const std::string& line :
       {"siaga_mains_state" + mains + ",state=\"off\"} 1",
        "siaga_mains_state" + mains + ",state=\"on\"} 0",
        "siaga_mains_outages_total" + mains + "} 3",
        "siaga_mains_off_seconds_total" + mains + "} 61.5",
        "siaga_mains_outage_started_timestamp_seconds" + mains + "} 1500.25",
        "siaga_mains_cuts_total" + mains + ",length=\"momentary\"} 2",
        "siaga_mains_cuts_total" + mains + ",length=\"sustained\"} 0",
        "siaga_mains_brownouts_total" + mains + "} 0",
        "siaga_mains_brownout" + mains + "} 0",
        "siaga_mains_exhaustion_foreseen" + mains + "} 0",
        "siaga_mains_sensor_word" + mains + ",sensor=\"ups apc\",word=\"off\"} 1",
        "siaga_mains_sensor_word" + mains + ",sensor=\"ups apc\",word=\"none\"} 0",
        "siaga_mains_canaries" + mains + ",state=\"lost\"} 4",
        "siaga_ups_reason" + ups + ",reason=\"data_stale\"} 1",
        "siaga_ups_reason" + ups + ",reason=\"wait\"} 0",
        "siaga_ups_data_age_seconds" + ups + "} 12.5",
        "siaga_ups_last_word" + ups + ",word=\"off\"} 1",
        "siaga_ups_battery_low" + ups + "} 1",
        "siaga_ups_battery_needs_replacement" + ups + "} 0",
        "siaga_ups_runtime_seconds" + ups + "} 240"})
    expect_line(text, line);
}

TEST(JudgeFamilies, WhatIsNotKnownIsAbsentHeaderAndAll) {
  JudgeViews views;
  views.links.emplace_back().name = "wan";
  views.mains.emplace_back().name = "pln";
  views.upses.emplace_back().name = "apc";

  const std::string text = text_of(views);

  for (const std::string_view metric :
       {"siaga_link_loss_ratio", "siaga_link_rtt_seconds", "siaga_link_jitter_seconds",
        "siaga_link_mtu_good", "siaga_link_interface_carrier", "siaga_ups_data_age_seconds",
        "siaga_ups_battery_low", "siaga_ups_runtime_seconds",
        "siaga_link_outage_started_timestamp_seconds",
        "siaga_mains_outage_started_timestamp_seconds"})
    EXPECT_EQ(text.find(metric), std::string::npos) << metric;
  EXPECT_NE(text.find("siaga_link_state"), std::string::npos);
  EXPECT_EQ(text.find("reason=\"data_stale\"} 1"), std::string::npos);
}

TEST(JudgeFamilies, EachReasonWithoutAReadingHasAWord) {
  for (std::size_t index = 1; index < reason_count; ++index) {
    UpsRow ups;
    ups.view.reason = static_cast<Reason>(index);

    const std::string text = text_of({.links = {}, .mains = {}, .upses = {ups}});

    std::size_t ones = 0;
    for (auto at = text.find("\"} 1\n"); at != std::string::npos; at = text.find("\"} 1\n", at + 1))
      ++ones;
    EXPECT_EQ(ones, 2U) << name(ups.view.reason) << ": a reason, and the last word";
  }
}

TEST(JudgeFamilies, NamesAreEscapedAndFamiliesComeOnce) {
  LinkRow link = full_link();
  link.name = "a\"b\\c\nd";
  const std::string text = text_of({.links = {link, full_link()},
                                    .mains = {full_mains(), full_mains()},
                                    .upses = {full_ups(), full_ups()}});

  EXPECT_NE(text.find(R"(link="a\"b\\c\nd")"), std::string::npos);
  for (const FamilyRow& row : judge_families()) {
    const std::string type = "# TYPE " + std::string(row.metric) + " ";
    const auto first = text.find(type);
    EXPECT_NE(first, std::string::npos) << row.metric;
    EXPECT_EQ(text.find(type, first + 1), std::string::npos) << row.metric;
  }
}

TEST(JudgeFamilies, EachNameStandsInTheTableOnce) {
  std::set<std::string_view> names;
  for (const FamilyRow& row : judge_families())
    EXPECT_TRUE(names.insert(row.metric).second) << row.metric;
}

TEST(JudgeFamilies, PromtoolHasNothingToSay) {
  ASSERT_EQ(std::system("command -v promtool >/dev/null 2>&1"), 0)
      << "promtool is in Debian's package prometheus";
  const std::string text =
      text_of({.links = {full_link()}, .mains = {full_mains()}, .upses = {full_ups()}});
  const std::string path = ::testing::TempDir() + "siaga-judges-" + std::to_string(getpid());

  FILE* promtool = popen(("promtool check metrics >" + path + " 2>&1").c_str(), "w");
  ASSERT_NE(promtool, nullptr);
  EXPECT_EQ(fwrite(text.data(), 1, text.size(), promtool), text.size());
  EXPECT_EQ(pclose(promtool), 0);

  std::stringstream said;
  said << std::ifstream(path).rdbuf();
  EXPECT_EQ(said.str(), "");
  unlink(path.c_str());
}

}  // namespace
}  // namespace siaga
