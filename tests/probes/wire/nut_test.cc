// What a NUT server says of a UPS, in all the ways in which it says it.
#include "probes/wire/nut.h"

#include <gtest/gtest.h>

#include "agent/core/limits.h"

namespace siaga {
namespace {

std::string list(std::string_view lines) {
  return "BEGIN LIST VAR office\n" + std::string(lines) + "END LIST VAR office\n";
}
UpsTelling with_status(std::string_view status) {
  static std::string text;
  text = list("VAR office ups.status \"" + std::string(status) + "\"\n");
  return parse_nut_answer(text);
}

TEST(NutAnswer, TellsTheFacts) {
  const std::string text = list(
      "VAR office battery.charge \"100\"\n"
      "VAR office battery.runtime \"1800\"\n"
      "VAR office input.voltage \"219.8\"\n"
      "VAR office input.voltage.nominal \"220\"\n"
      "VAR office ups.load \"23\"\n"
      "VAR office ups.status \"OL CHRG\"\n");

  const UpsTelling telling = parse_nut_answer(text);

  EXPECT_EQ(telling.reason, Reason::none) << telling.detail;
  EXPECT_EQ(telling.variables.size(), 6U);
  EXPECT_EQ(telling.facts.words, "OL CHRG");
  EXPECT_TRUE(telling.facts.has(UpsFlag::online));
  EXPECT_TRUE(telling.facts.has(UpsFlag::charging));
  EXPECT_FALSE(telling.facts.has(UpsFlag::on_battery));
  EXPECT_EQ(telling.facts.input_volts, 219.8);
  EXPECT_EQ(telling.facts.nominal_volts, 220);
  EXPECT_EQ(telling.facts.charge_percent, 100);
  EXPECT_EQ(telling.facts.runtime_seconds, 1800);
  EXPECT_EQ(telling.facts.load_percent, 23);
}

TEST(NutAnswer, KnowsEveryWordOfTheStatusAndAcceptsOthers) {
  constexpr std::string_view words[] = {"OL",      "OB",     "LB",  "HB",    "RB",   "CHRG",
                                        "DISCHRG", "BYPASS", "CAL", "OFF",   "OVER", "TRIM",
                                        "BOOST",   "FSD",    "SD",  "ALARM", "HE"};
  for (std::size_t flag = 0; flag < ups_flag_count; ++flag) {
    const UpsTelling telling = with_status("ECO " + std::string(words[flag]) + "  TEST");
    EXPECT_EQ(telling.facts.flags, 1U << flag) << words[flag];
    EXPECT_EQ(telling.reason, Reason::none);
  }
}

TEST(NutAnswer, ErrorsKeepTheirMeaning) {
  const std::pair<std::string_view, Reason> errors[] = {
      {"ERR UNKNOWN-UPS\n", Reason::unknown_ups},
      {"ERR DRIVER-NOT-CONNECTED\n", Reason::driver_not_connected},
      {"ERR DATA-STALE\r\n", Reason::data_stale},
      {"ERR ACCESS-DENIED\n", Reason::ups_access_denied},
      {"ERR USERNAME-REQUIRED extra words\n", Reason::ups_access_denied},
      {"ERR INVALID-PASSWORD\n", Reason::ups_access_denied},
      {"ERR UNKNOWN-COMMAND\n", Reason::protocol_error},
      {"ERR\n", Reason::protocol_error},
  };
  for (const auto& [line, reason] : errors) {
    const UpsTelling telling = parse_nut_answer(line);
    EXPECT_EQ(telling.reason, reason) << line;
    EXPECT_NE(telling.detail.find("ERR"), std::string::npos);
  }
}

TEST(NutAnswer, WaitingOrWithoutAStatusItIsNoReading) {
  EXPECT_EQ(with_status("WAIT").reason, Reason::ups_wait);
  EXPECT_EQ(with_status("").reason, Reason::data_stale);
  EXPECT_EQ(with_status("   ").reason, Reason::data_stale);
  EXPECT_EQ(parse_nut_answer(list("VAR office ups.load \"3\"\n")).reason, Reason::data_stale);
}

TEST(NutAnswer, ABadLineIsSkippedAndTheOthersAreRead) {
  // The first three are as a real server sent them for a damaged .dev file.
  const std::string text = list(
      "VAR office 1\" \"Dummy Mfr\"\n"
      "VAR office no.value\n"
      "VAR office half \"open\n"
      "VAR other ups.status \"OB\"\n"
      "VAR office\n"
      "\n"
      "nonsense\n"
      "VAR office ups.status \"OL\"\r\n");

  const UpsTelling telling = parse_nut_answer(text);

  EXPECT_EQ(telling.reason, Reason::none) << telling.detail;
  EXPECT_EQ(telling.variables.size(), 2U);
  EXPECT_EQ(telling.find("1\""), "Dummy Mfr");
  EXPECT_EQ(telling.facts.words, "OL");
}

TEST(NutAnswer, BackslashesTakeTheNextLetterAsItIs) {
  const std::string text = list(
      "VAR office ups.status \"OL\"\n"
      "VAR office ups.id \"a \\\"b\\\" \\\\ \\# c\"\n"
      "VAR office ups.mfr \"ends in \\\"\n");

  const UpsTelling telling = parse_nut_answer(text);

  EXPECT_EQ(telling.find("ups.id"), "a \"b\" \\ # c");
  EXPECT_EQ(telling.find("ups.mfr"), "ends in \\");
}

// upsd builds lines in 512 bytes; what is longer loses its end, the line feed too.
TEST(NutAnswer, FindsTheLineBehindOneThatWasCut) {
  for (const std::size_t cut : {511U, 512U}) {
    const std::string begin = "VAR office ups.alarm \"";
    const std::string text = list(begin + std::string(cut - begin.size(), 'x') +
                                  "VAR office ups.status \"OB\"\nVAR office ups.load \"7\"\n");

    const UpsTelling telling = parse_nut_answer(text);

    EXPECT_EQ(telling.facts.words, "OB") << cut;
    EXPECT_EQ(telling.facts.load_percent, 7);
  }
}

TEST(NutAnswer, KeepsABoundedNumberOfVariables) {
  std::string lines = "VAR office ups.status \"OL\"\n";
  for (std::size_t index = 0; index < limits::ups_variables + 10; ++index)
    lines += "VAR office a \"1\"\n";
  const std::string text = list(lines);

  EXPECT_EQ(parse_nut_answer(text).variables.size(), limits::ups_variables);
}

TEST(NutAnswer, OffByTheDriverThatRelaysApcupsdIsALostUps) {
  const std::string relayed = "VAR office driver.name \"apcupsd-ups\"\n";
  EXPECT_EQ(parse_nut_answer(list(relayed + "VAR office ups.status \"OFF\"\n")).reason,
            Reason::data_stale);
  EXPECT_EQ(with_status("OFF").reason, Reason::none);
  EXPECT_EQ(parse_nut_answer(list(relayed + "VAR office ups.status \"OL OFF\"\n")).reason,
            Reason::none);
}

TEST(NutAnswer, APowerStripHasNoStatusByNature) {
  const std::string strip = "VAR office device.type \"pdu\"\nVAR office input.voltage \"237\"\n";

  EXPECT_EQ(parse_nut_answer(list(strip)).reason, Reason::none);
  EXPECT_TRUE(parse_nut_answer(list(strip)).facts.is_power_strip);
  EXPECT_EQ(parse_nut_answer(list(strip)).facts.input_volts, 237);
  EXPECT_EQ(parse_nut_answer(list(strip)).detail, "");
  EXPECT_EQ(parse_nut_answer(list(strip + "VAR office ups.status \"\"\n")).reason, Reason::none);
  EXPECT_EQ(parse_nut_answer(list(strip + "VAR office ups.status \"WAIT\"\n")).reason,
            Reason::ups_wait);
}

TEST(NutAnswer, AReadingIsAsOldAsTheDriverPollsSeldom) {
  const auto age = [](const std::string& interval) {
    return parse_nut_answer(list("VAR office ups.status \"OL\"\n" + interval)).facts.age_max;
  };
  EXPECT_EQ(age(""), std::chrono::seconds(2));
  EXPECT_EQ(age("VAR office driver.parameter.pollinterval \"15\"\n"), std::chrono::seconds(15));
  EXPECT_EQ(age("VAR office driver.parameter.pollinterval \"soon\"\n"), std::chrono::seconds(2));
  EXPECT_EQ(age("VAR office driver.parameter.pollinterval \"99999999\"\n"),
            std::chrono::minutes(10));
}

TEST(NutAnswer, WhatIsNotKnownIsNotTold) {
  const std::string text = list(
      "VAR office ups.status \"OL\"\n"
      "VAR office battery.runtime \"-1\"\n"
      "VAR office battery.charge \"unknown\"\n"
      "VAR office input.L1-N.voltage \"231\"\n"
      "VAR office input.L2-N.voltage \"0.0\"\n");

  const UpsFacts facts = parse_nut_answer(text).facts;

  EXPECT_FALSE(facts.runtime_seconds);
  EXPECT_FALSE(facts.charge_percent);
  EXPECT_FALSE(facts.load_percent);
  EXPECT_EQ(facts.input_volts, 0);  // the lowest phase
}

TEST(UpsNumber, ReadsWhatDriversWrite) {
  EXPECT_EQ(parse_ups_number("219.8"), 219.8);
  EXPECT_EQ(parse_ups_number("042.7"), 42.7);
  EXPECT_EQ(parse_ups_number("21,52"), 21.52);
  EXPECT_EQ(parse_ups_number(" 100 "), 100);
  EXPECT_EQ(parse_ups_number("-1"), -1);
  EXPECT_EQ(parse_ups_number("+3.5"), 3.5);
  EXPECT_EQ(parse_ups_number("0"), 0);
}

TEST(UpsNumber, RefusesEverythingElse) {
  for (const std::string_view text :
       {"", " ", "-", "+", ".", ",", "1e5", "0x10", "inf", "nan", "1.2.3", "1,234.5", "230.0 V",
        "--1", "+-1", "1-2", "00000000000000000000000000000000000001"})
    EXPECT_FALSE(parse_ups_number(text)) << text;
}

}  // namespace
}  // namespace siaga
