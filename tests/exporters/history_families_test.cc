// The families of time and outages: what is there from the start, what is absent, what a date is.
#include <gtest/gtest.h>

#include "exporters/exposition.h"
#include "tests/exporters/world.h"

namespace siaga {
namespace {

using std::chrono_literals::operator""s;

constexpr std::uint16_t bit(Cause cause) {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(cause));
}

std::string scrape(std::shared_ptr<TargetStatus> status) {
  auto snapshot = world::snapshot({std::move(status)});
  snapshot->dating.set(
      {.number = 1, .boot_id = "a", .began = WallTime(1'700'000'000s), .is_trusted = true});
  Expositions expositions(OfficeLabels{.id = "lab", .name = {}, .city = {}});
  const auto stream = expositions.make(snapshot, "", Format::text);
  return read_all(*stream);
}

std::shared_ptr<TargetStatus> portal() {
  auto status = world::http_up("portal");
  status->causes = bit(Cause::service) | bit(Cause::link);
  status->booked_until = {.boot = 1, .at = BootTime(100s)};
  return status;
}

constexpr std::string_view core = R"({office="lab",target="portal",kind="http")";

std::string series(std::string_view metric, std::string_view more, std::string_view value) {
  return std::string(metric) + std::string(core) + std::string(more) + "} " + std::string(value) +
         "\n";
}

TEST(HistoryFamilies, WhatCanOccurIsThereFromZeroAndNothingElse) {
  const std::string text = scrape(portal());

  for (const std::string_view cause : {"service", "link"}) {
    const std::string label = ",cause=\"" + std::string(cause) + "\"";
    EXPECT_NE(text.find(series("siaga_target_down_seconds_total", label, "0")), std::string::npos);
    EXPECT_NE(text.find(series("siaga_outages_total", label, "0")), std::string::npos);
    EXPECT_NE(text.find(series("siaga_outage_active", label, "0")), std::string::npos);
  }
  EXPECT_EQ(text.find("cause=\"certificate\""), std::string::npos);
  EXPECT_EQ(text.find("via_down"), text.find("via_down (what")) << "it looks through nothing";
  EXPECT_EQ(text.find("siaga_outage_started_timestamp_seconds{"), std::string::npos);
}

TEST(HistoryFamilies, BooksAndOutagesAreWhatTheStatusSays) {
  auto status = portal();
  status->has_via = true;
  status->totals.up = Millis(61'250);
  status->totals.maintenance = 10s;
  status->totals.down[static_cast<std::size_t>(Cause::link)] = 30s;
  status->totals.unknown[static_cast<std::size_t>(Blind::via_down)] = 7s;
  status->outages[static_cast<std::size_t>(Cause::link)] = 3;
  status->outage_began = {.boot = 1, .at = BootTime(90s)};
  status->outage_cause = Cause::link;
  status->not_recovered_after = Cause::link;
  status->is_flapping = true;

  const std::string text = scrape(std::move(status));

  for (const std::string& line :
       {series("siaga_target_up_seconds_total", "", "61.25"),
        series("siaga_target_maintenance_seconds_total", "", "10"),
        series("siaga_target_down_seconds_total", ",cause=\"link\"", "30"),
        series("siaga_target_unknown_seconds_total", ",reason=\"via_down\"", "7"),
        series("siaga_outages_total", ",cause=\"link\"", "3"),
        series("siaga_outage_active", ",cause=\"link\"", "1"),
        series("siaga_outage_active", ",cause=\"service\"", "0"),
        series("siaga_outage_started_timestamp_seconds", "", "1700000090"),
        series("siaga_target_booked_until_timestamp_seconds", "", "1700000100"),
        series("siaga_target_not_recovered", ",after=\"link\"", "1"),
        series("siaga_target_not_recovered", ",after=\"power\"", "0"),
        series("siaga_target_flapping", "", "1")})
    EXPECT_NE(text.find(line), std::string::npos) << line;
}

}  // namespace
}  // namespace siaga
