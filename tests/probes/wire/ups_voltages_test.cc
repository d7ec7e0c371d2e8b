// Which voltage is held against which: the table of docs/power.md, run through the code.
#include "probes/wire/ups_voltages.h"

#include <gtest/gtest.h>

#include "tests/support/document_table.h"

namespace siaga {
namespace {

using tests::Row;

std::optional<double> cell(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(std::stod(text));
}

// "input.voltage=219 ups.load=23" as upsd's answer.
UpsFacts told(const std::string& variables, std::optional<double> configured) {
  std::string text = "BEGIN LIST VAR office\nVAR office ups.status \"OL\"\n";
  for (const std::string& variable : tests::split(variables, ' ')) {
    const std::size_t gap = variable.find('=');
    text += "VAR office " + variable.substr(0, gap) + " \"" + variable.substr(gap + 1) + "\"\n";
  }
  text += "END LIST VAR office\n";
  return parse_nut_answer(text, configured).facts;
}

TEST(UpsVoltages, TheNominalVoltageIsTheOneThatTheTableSays) {
  const std::vector<Row> rows = tests::table("power.md", "nominal");

  ASSERT_GE(rows.size(), 18U);
  for (const Row& row : rows) {
    const UpsFacts facts = told(row.at(0), cell(row.at(1)));
    EXPECT_EQ(facts.input_volts, cell(row.at(2))) << row[0];
    ASSERT_EQ(facts.nominal_volts.has_value(), !row.at(3).empty()) << row[0];
    EXPECT_NEAR(facts.nominal_volts.value_or(0), cell(row[3]).value_or(0), 0.06) << row[0];
    EXPECT_EQ(facts.nominal_source, row.at(4)) << row[0];
  }
}

}  // namespace
}  // namespace siaga
