// [journal], the flapping keys of [defaults] and [[maintenance]]: good, bad, merged and shown.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "agent/config/document.h"
#include "agent/config/show.h"
#include "tests/agent/config/fake_kinds.h"

namespace siaga {
namespace {

std::string complaints_about(std::string_view text, Language language = Language::english) {
  const auto config = parse_config(text, "siaga.toml", fake::options(language));
  return config ? "" : format(config.error(), language, false);
}

Config config_with(std::string_view text) {
  auto config = parse_config(text, "siaga.toml", fake::options());
  EXPECT_TRUE(config) << format(config.error(), Language::english, false);
  return config ? *config : Config{};
}

const std::string portal_target = "[[all]]\nname = \"portal\"\n";
std::string window(const std::string& keys) {
  return portal_target + "[[maintenance]]\nname = \"w\"\n" + keys;
}

TEST(JournalTable, HasDefaultsAndBounds) {
  const Config built_in = config_with("");
  const Config own = config_with("[journal]\nretention = \"2w\"\nmax_size = \"1GiB\"\n");

  EXPECT_EQ(built_in.journal.retention, std::chrono::hours(400 * 24));
  EXPECT_EQ(built_in.journal.max_bytes, 256LL << 20);
  EXPECT_EQ(own.journal.retention, std::chrono::hours(14 * 24));
  EXPECT_EQ(own.journal.max_bytes, 1LL << 30);
  EXPECT_NE(built_in, own);
}

TEST(AgentTable, TheClockIsJudgedUnlessSomebodyVouchesForIt) {
  EXPECT_EQ(config_with("").agent.clock, "auto");
  const Config config = config_with("[agent]\nclock = \"trusted\"\n");
  EXPECT_EQ(config.agent.clock, "trusted");
  EXPECT_EQ(config_with(show_config(config, fake::kinds())), config);
  EXPECT_NE(complaints_about("[agent]\nclock = \"ntp\"\n").find("one of: auto, trusted"),
            std::string::npos);
}

TEST(DefaultsTable, KnowsFlapping) {
  const Config built_in = config_with("");
  const Config own = config_with("[defaults]\nflap_limit = 2\nflap_window = \"1h\"\n");

  EXPECT_EQ(built_in.defaults.flap_limit, 6);
  EXPECT_EQ(built_in.defaults.flap_window, std::chrono::minutes(30));
  EXPECT_EQ(own.defaults.flap_limit, 2);
  EXPECT_EQ(own.defaults.flap_window, std::chrono::hours(1));
}

TEST(MaintenanceTable, IsWeeklyOrHasDates) {
  const Config config = config_with(
      portal_target +
      "[[maintenance]]\nname = \"patch-night\"\ntargets = \"portal\"\nweekly = \"Sat "
      "22:00-24:00\"\n"
      "[[maintenance]]\nname = \"text\"\nfrom = \"2026-11-30 22:00\"\nuntil = \"2026-12-01\"\n"
      "[[maintenance]]\nname = \"toml\"\nfrom = 2026-11-30T22:00:00\nuntil = 2026-12-01 "
      "02:30:00\n"
      "[[maintenance]]\nname = \"dates\"\nfrom = 2026-11-30\nuntil = 2026-12-01\ntargets = []\n");

  ASSERT_EQ(config.maintenance.size(), 4U);
  EXPECT_EQ(config.targets.size(), 1U);
  const MaintenanceConfig& weekly = config.maintenance[0];
  EXPECT_EQ(weekly.name, "patch-night");
  EXPECT_EQ(weekly.targets, std::vector<std::string>{"portal"});
  EXPECT_EQ(weekly.weekly,
            (WeeklyTimes{.days = 64, .from_minute = 22 * 60, .until_minute = 24 * 60}));
  const MaintenanceConfig& text = config.maintenance[1];
  EXPECT_EQ(text.weekly, std::nullopt);
  EXPECT_TRUE(text.targets.empty());
  EXPECT_EQ(text.from, (LocalTime{.year = 2026, .month = 11, .day = 30, .hour = 22}));
  EXPECT_EQ(text.until, (LocalTime{.year = 2026, .month = 12, .day = 1}));
  EXPECT_EQ(config.maintenance[2].from, text.from);
  EXPECT_EQ(config.maintenance[2].until,
            (LocalTime{.year = 2026, .month = 12, .day = 1, .hour = 2, .minute = 30}));
  EXPECT_EQ(config.maintenance[3].from, (LocalTime{.year = 2026, .month = 11, .day = 30}));
}

TEST(MaintenanceTable, ComesBackFromShow) {
  const Config config = config_with(
      portal_target + "[journal]\nretention = \"3d\"\n[defaults]\nflap_limit = 3\n" +
      "[[maintenance]]\nname = \"a \\\"b\\\"\"\ntargets = [\"portal\"]\nweekly = \"Sun,Wed-Fri "
      "23:00-01:00\"\n[[maintenance]]\nname = \"once\"\nfrom = 2026-11-30T22:00:07\nuntil = "
      "\"2026-11-30 24:00\"\n");

  const std::string shown = show_config(config, fake::kinds());

  EXPECT_NE(shown.find("[[maintenance]]"), std::string::npos) << shown;
  EXPECT_NE(shown.find("max_size = \"256MiB\""), std::string::npos) << shown;
  const Config again = config_with(shown);
  EXPECT_EQ(again.maintenance, config.maintenance) << shown;
  EXPECT_EQ(again.journal, config.journal) << shown;
  EXPECT_EQ(again.defaults, config.defaults) << shown;
}

TEST(MaintenanceTable, AnotherWindowIsAnotherConfiguration) {
  EXPECT_NE(config_with(window("weekly = \"Sat 22:00-24:00\"\n")),
            config_with(window("weekly = \"Sat 22:00-23:00\"\n")));
  EXPECT_NE(config_with(window("from = 2026-11-30\nuntil = 2026-12-01\n")),
            config_with(window("from = 2026-11-30\nuntil = 2026-12-02\n")));
}

struct BadWindow {
  std::string text, says;
};
class BadHistoryText : public testing::TestWithParam<BadWindow> {};
TEST_P(BadHistoryText, SaysWhatWouldBeRight) {
  const std::string said = complaints_about(GetParam().text);
  EXPECT_NE(said.find(GetParam().says), std::string::npos) << said;
  EXPECT_FALSE(complaints_about(GetParam().text, Language::indonesian).empty());
}
INSTANTIATE_TEST_SUITE_P(
    Journal, BadHistoryText,
    testing::Values(
        BadWindow{"[journal]\nretention = \"12h\"\n", "out of range: from 1d to 36500d"},
        BadWindow{"[journal]\nretention = 400\n", "write \"400s\""},
        BadWindow{"[journal]\nretention = \"400 hari\"\n", "write \"400d\""},
        BadWindow{"[journal]\nmax_size = \"1MiB\"\n", "out of range: from 16MiB"},
        BadWindow{"[journal]\nmax_size = \"256MB \"\n", "write \"256MB\""},
        BadWindow{"[journal]\nmax_bytes = 1\n", "unknown key 'max_bytes' in [journal]"},
        BadWindow{"[journl]\nretention = \"2d\"\n", "did you mean 'journal'?"},
        BadWindow{"[[journal]]\nretention = \"2d\"\n", "write [journal]"},
        BadWindow{"[defaults]\nflap_limit = 1\n", "out of range: from 2"},
        BadWindow{"[defaults]\nflap_limit = \"6\"\n", "write 6, without quotation marks"},
        BadWindow{"[defaults]\nflap_window = \"5s\"\n", "out of range: from 1m"}));
INSTANTIATE_TEST_SUITE_P(
    Maintenance, BadHistoryText,
    testing::Values(
        BadWindow{"[maintenance]\nname = \"w\"\n", "there may be several [[maintenance]]"},
        BadWindow{"maintenance = 3\n", "there may be several [[maintenance]]"},
        BadWindow{"[[maintenence]]\nname = \"w\"\n", "did you mean 'maintenance'?"},
        BadWindow{window(""), "[[maintenance]] \"w\" does not say when"},
        BadWindow{window("weekly = \"Sat 22:00-24:00\"\nfrom = 2026-11-30\n"),
                  "[[maintenance]] \"w\" is weekly and has a date"},
        BadWindow{window("from = \"2026-11-30 22:00\"\n"),
                  "the key 'until' is missing in [[maintenance]] \"w\""},
        BadWindow{window("until = \"2026-11-30 22:00\"\n"),
                  "for example: from = \"2026-11-30 22:00\""},
        BadWindow{window("from = 2026-11-30\nuntil = 2026-11-30\n"),
                  "'until' 2026-11-30 00:00 is not after 'from' 2026-11-30 00:00"},
        BadWindow{window("from = 2026-11-30\nuntil = \"2026-11-29 23:59\"\n"), "is not after"},
        BadWindow{window("from = 2026-11-30T22:00:00+08:00\nuntil = 2026-12-01\n"),
                  "without 'Z' or an offset"},
        BadWindow{window("from = 2026-11-30T22:00:00Z\nuntil = 2026-12-01\n"),
                  "without 'Z' or an offset"},
        BadWindow{window("from = \"30 Nov 2026\"\nuntil = 2026-12-01\n"),
                  "write \"2026-11-30 22:00\""},
        BadWindow{window("from = \"2026-02-30\"\nuntil = 2026-12-01\n"), "not a date and time"},
        BadWindow{window("from = 22:00:00\nuntil = 2026-12-01\n"), "not a date and time"},
        BadWindow{window("from = 20261130\nuntil = 2026-12-01\n"), "wants a date and time"},
        BadWindow{window("weekly = \"Sabtu 22.00-24.00\"\n"), "write \"Sat 22:00-24:00\""},
        BadWindow{window("weekly = \"sometimes\"\n"), "\"Mon-Fri 01:00-02:30\""},
        BadWindow{window("weekly = [\"Sat 22:00-24:00\"]\n"), "wants weekly times"},
        BadWindow{window("weekly = \"Sat 22:00-24:00\"\ntargets = [\"portl\"]\n"),
                  "'targets' names no target: 'portl'"},
        BadWindow{window("weekly = \"Sat 22:00-24:00\"\ntargets = \"portl\"\n"),
                  "did you mean 'portal'?"},
        BadWindow{window("weekly = \"Sat 22:00-24:00\"\ntargets = 3\n"),
                  "a text or a list of texts"},
        BadWindow{window("weekly = \"Sat 22:00-24:00\"\ntarget = \"portal\"\n"),
                  "did you mean 'targets'?"},
        BadWindow{
            window("weekly = \"Sat 22:00-24:00\"\n[[maintenance]]\nname = \"w\"\nweekly = \"Sat "
                   "22:00-24:00\"\n"),
            "already taken by the [[maintenance]] at siaga.toml:4"},
        BadWindow{"[[maintenance]]\nweekly = \"Sat 22:00-24:00\"\n",
                  "the key 'name' is missing in [[maintenance]]"},
        BadWindow{"[[maintenance]]\nname = \"\"\nweekly = \"Sat 22:00-24:00\"\n",
                  "the name is empty"},
        BadWindow{"[[maintenance]]\nname = \"" + std::string(200, 'n') +
                      "\"\nweekly = \"Sat 22:00-24:00\"\n",
                  "longer than 128 bytes"},
        BadWindow{window("from = 2026-11-30 22:00\nuntil = 2026-12-01\n"),
                  "write \"2026-11-30 22:00\""},
        BadWindow{window("from = 2026-11-31\nuntil = 2026-12-01\n"),
                  "write \"2026-11-30 22:00\""}));

TEST(MaintenanceTable, AWindowMayHaveATargetsName) {
  EXPECT_EQ(complaints_about(portal_target + "[[maintenance]]\nname = \"portal\"\nweekly = \"daily "
                                             "02:00-03:00\"\n"),
            "");
}

TEST(MaintenanceTable, FramesAndIndonesianAreAsElsewhere) {
  EXPECT_EQ(complaints_about(window("weekly = \"Sabtu 22:00-24:00\"\n")),
            "siaga.toml:5:10: error: 'weekly' is not weekly times such as \"Sat 22:00-24:00\": "
            "\"Sabtu 22:00-24:00\"\n"
            "    5 | weekly = \"Sabtu 22:00-24:00\"\n"
            "      |          ^~~~~~~~~~~~~~~~~~~ write \"Sat 22:00-24:00\"\n");
  EXPECT_EQ(complaints_about(window(""), Language::indonesian),
            "siaga.toml:3:1: kesalahan: [[maintenance]] \"w\" tidak menyebut kapan\n"
            "    3 | [[maintenance]]\n"
            "      | ^~~~~~~~~~~~~~~ tulis salah satu: weekly = \"Sat 22:00-24:00\", atau from dan "
            "until\n");
}

TEST(MaintenanceTable, AllFaultsComeAtOnce) {
  const auto config = parse_config(
      "[journal]\nretention = \"1s\"\n[[maintenance]]\nname = \"a\"\n[[maintenance]]\nname = "
      "\"a\"\nweekly = \"x\"\ntargets = [\"nobody\"]\n",
      "f", fake::options());

  ASSERT_FALSE(config);
  std::vector<std::uint32_t> lines;
  for (const Complaint& complaint : config.error()) lines.push_back(complaint.line);
  EXPECT_EQ(lines, (std::vector<std::uint32_t>{2, 3, 6, 7, 8}));
}

TEST(MaintenanceTable, WhatASyntaxErrorHidIsNoFault) {
  const auto config =
      parse_config(window("weekly = \"Sat 22:00-24:00\ntargets = [\"x\"]\n"), "f", fake::options());

  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().size(), 1U) << format(config.error(), Language::english, false);
}

TEST(MaintenanceTable, AThousandWindowsAndNoMore) {
  std::string text;
  for (int number = 0; number < 1001; ++number)
    text += "[[maintenance]]\nname = \"w" + std::to_string(number) +
            "\"\nweekly = \"daily 02:00-03:00\"\n";

  EXPECT_NE(complaints_about(text).find("more than 1000 maintenance windows"), std::string::npos);
}

TEST(MaintenanceTable, ConfDAddsWindowsAndKnowsAllTargets) {
  const auto folder =
      std::filesystem::path(testing::TempDir()) / (std::to_string(::getpid()) + "-siaga_windows");
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "conf.d");
  std::ofstream(folder / "siaga.toml")
      << "[[maintenance]]\nname = \"a\"\ntargets = \"portal\"\nweekly = \"daily 02:00-03:00\"\n";
  std::ofstream(folder / "conf.d/10.toml")
      << portal_target << "[[maintenance]]\nname = \"b\"\nfrom = 2026-11-30\nuntil = 2026-12-01\n"
      << "[journal]\nretention = \"2d\"\n";
  const std::string path = (folder / "siaga.toml").string();

  const auto good = load_config(path, fake::options());
  std::ofstream(folder / "conf.d/20.toml")
      << "[[maintenance]]\nname = \"a\"\nweekly = \"daily 02:00-03:00\"\n"
      << "[journal]\nretention = \"3d\"\n";
  const auto bad = load_config(path, fake::options());
  std::filesystem::remove_all(folder);

  ASSERT_TRUE(good) << format(good.error(), Language::english, false);
  ASSERT_EQ(good->maintenance.size(), 2U);
  EXPECT_EQ(good->maintenance[1].name, "b");
  EXPECT_EQ(good->journal.retention, std::chrono::hours(48));
  ASSERT_FALSE(bad);
  const std::string said = format(bad.error(), Language::english, false);
  EXPECT_NE(said.find("already taken by the [[maintenance]] at"), std::string::npos) << said;
  EXPECT_NE(said.find("already set in 10.toml"), std::string::npos) << said;
}

TEST(MaintenanceTable, SchemaAndPageKnowIt) {
  const std::string schema = config_schema(fake::kinds());
  const std::string page = option_tables_markdown(fake::kinds(), Language::english);

  for (const std::string key :
       {"\"maintenance\"", "\"weekly\"", "\"journal\"", "\"max_size\"", "\"flap_window\""})
    EXPECT_NE(schema.find(key), std::string::npos) << key;
  EXPECT_NE(page.find("## `[[maintenance]]`"), std::string::npos);
  EXPECT_NE(page.find("## `[journal]`"), std::string::npos);
}

TEST(OptionTables, SayNoLongerThatNothingUsesThem) {
  for (const Language language : {Language::english, Language::indonesian}) {
    const std::string page = option_tables_markdown({}, language);
    const std::string_view unused =
        language == Language::english ? "nothing uses it yet" : "belum dipakai";
    EXPECT_EQ(page.find(unused), std::string::npos);
  }
}

TEST(Timezone, IsWhatTheZonesKnow) {
  EXPECT_EQ(complaints_about("[office]\ntimezone = \"Asia/Makassar\"\n"), "");
  EXPECT_EQ(complaints_about("[office]\ntimezone = \"UTC\"\n"), "");
  for (const std::string name : {"leapseconds", "posixrules", "right/UTC", "Asia", "../x", ""})
    EXPECT_NE(complaints_about("[office]\ntimezone = \"" + name + "\"\n").find("tz database"),
              std::string::npos)
        << name;
}

}  // namespace
}  // namespace siaga
