#include "agent/cli/status_table.h"

#include <gtest/gtest.h>

namespace siaga {
namespace {

constexpr std::string_view status =
    R"({"office":{"id":"diskominfo","name":"Dinas Kominfo"},"version":"0.1.0","taken":1000,
 "targets":[
  {"name":"portal","kind":"http","instance":"https://a/","state":"up","since":940,"failures_in_a_row":0,
   "runs":{"ok":3,"failed":0,"unknown":0},"last_run":{"began":999,"duration_seconds":0.0123,"verdict":"ok"}},
  {"name":"basis-data","kind":"tcp","instance":"b:1","state":"down","since":400,"reason":"connect_refused",
   "detail":"nothing listens on 10.0.0.1:5432","failures_in_a_row":2,"runs":{"ok":0,"failed":2,"unknown":0},
   "last_run":{"began":999,"duration_seconds":1.5,"verdict":"failed","reason":"connect_refused"}},
  {"name":"baru","kind":"ping","instance":"c","state":"pending","since":0,"failures_in_a_row":0,
   "runs":{"ok":0,"failed":0,"unknown":0}}]})";

TEST(StatusTable, ShowsEveryTargetWithStateAgeAndReason) {
  const auto table = status_table(status, {});

  ASSERT_TRUE(table);
  EXPECT_EQ(
      *table,
      "TARGET      KIND  STATE    FOR  TOOK     WHY\n"
      "portal      http  up       60s  12.3 ms\n"
      "basis-data  tcp   down     10m  1.50 s   connect_refused: nothing listens on 10.0.0.1:5432\n"
      "baru        ping  pending\n"
      "Dinas Kominfo: 3 targets, 1 pending, 1 up, 1 down\n");
}

TEST(StatusTable, SpeaksIndonesian) {
  const auto table = status_table(status, {.language = Language::indonesian});

  ASSERT_TRUE(table);
  EXPECT_NE(table->find("KEADAAN"), std::string::npos);
  EXPECT_NE(table->find("Dinas Kominfo: 3 target, 1 menunggu, 1 hidup, 1 mati\n"),
            std::string::npos);
}

TEST(StatusTable, FitsTheTerminal) {
  const auto table = status_table(status, {.terminal = {.is_terminal = true, .columns = 70}});

  ASSERT_TRUE(table);
  std::string_view rest = *table;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    EXPECT_LE(width(rest.substr(0, end)), 70);
    rest.remove_prefix(end + 1);
  }
}

TEST(StatusTable, PaintsUnknownGreyNeverRedOrGreen) {
  const Terminal terminal{.has_colour = true};

  EXPECT_EQ(terminal.paint(colour_of(State::unknown), "x"), "\x1b[90mx\x1b[0m");
  EXPECT_EQ(terminal.paint(colour_of(State::up), "x"), "\x1b[32mx\x1b[0m");
  EXPECT_EQ(Terminal{}.paint(Colour::red, "x"), "x");
}

TEST(StatusTable, RefusesWhatIsNotAStatus) {
  for (const std::string_view text :
       {"", "[]", "{}", "<html>", R"({"targets":[{}],"taken":1,"office":{}})"}) {
    EXPECT_FALSE(status_table(text, {})) << text;
  }
}

TEST(Terminal, CutsAtCharacterBorders) {
  EXPECT_EQ(fitted("abc", 5), "abc  ");
  EXPECT_EQ(fitted("abcdef", 4), "abc…");
  EXPECT_EQ(fitted("ééééé", 3), "éé…");
  EXPECT_EQ(width("é…█"), 3);
}

}  // namespace
}  // namespace siaga
