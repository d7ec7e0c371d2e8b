// docs/power.md and the code say the same: every row of its tables is run through the code.
#include <gtest/gtest.h>

#include "agent/judge/ups_word.h"
#include "tests/agent/judge/life.h"

namespace siaga::judge_tests {
namespace {

std::optional<double> cell(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(std::stod(text));
}

TEST(PowerDocument, ReadingsAreJudgedAsTheTableSays) {
  const std::vector<Row> rows = table("power.md", "readings");

  ASSERT_GE(rows.size(), 37U);
  for (const Row& row : rows) {
    constexpr std::string_view strip = "pdu";
    const bool is_strip = row.at(0).starts_with(strip);
    UpsFacts facts = status(is_strip ? row[0].substr(strip.size()) : row[0]);
    facts.is_power_strip = is_strip;
    facts.input_volts = cell(row.at(1));
    facts.charge_percent = cell(row.at(2));
    facts.nominal_volts = 220;
    EXPECT_EQ(name(word_of(facts, {}).word), row.at(3)) << row[0] << ", input " << row[1];
  }
}

std::string mains_word(State state) {
  return state == State::up ? "on" : state == State::down ? "off" : std::string(name(state));
}

TEST(PowerDocument, MainsIsJudgedAsTheTableSays) {
  const std::vector<Row> rows = table("power.md", "mains");

  ASSERT_GE(rows.size(), 40U);
  for (const Row& row : rows) {
    const std::vector<Step> steps = parse_steps(row.at(0));
    const int until = std::stoi(row.at(1));
    MainsJudge judge({}, sensors_of(steps));

    const Ruling ruling = live(judge, steps, until);

    EXPECT_EQ(mains_word(ruling.state), row.at(2)) << row[0] << "\n" << ruling.evidence;
    EXPECT_EQ(ruling.since, at(std::stoi(row.at(3)))) << row[0] << "\n" << ruling.evidence;
    EXPECT_LE(ruling.after.value_or(ruling.since), ruling.since);
    EXPECT_FALSE(ruling.evidence.empty());
  }
}

}  // namespace
}  // namespace siaga::judge_tests
