#include "tests/agent/cli/journal_command.h"

namespace siaga::tests {
namespace {

using ReportCommand = JournalCommand;

const std::vector<std::string> two_days{"--since", "2025-03-01", "--until", "2025-03-02 09:00"};

std::vector<std::string> report(std::vector<std::string> words) {
  words.insert(words.begin(), {"report", "--lang", "en"});
  return words;
}
std::vector<std::string> report_of_two_days(std::vector<std::string> words) {
  words.insert(words.end(), two_days.begin(), two_days.end());
  return report(std::move(words));
}

TEST_F(ReportCommand, ShowsATableAndSentences) {
  write_journal(small_office());

  const ProcessResult done = siaga(report_of_two_days({}));

  EXPECT_EQ(done.exit_status, exit_ok) << done.errors;
  EXPECT_THAT(done.output,
              HasSubstr("Dinas Kominfo: 1 March 2025 00:00 WITA – 2 March 2025 09:00"));
  EXPECT_THAT(done.output, HasSubstr("portal     93.232 %     100.000 %  100.000 %  2 h 14 min"))
      << done.output;
  EXPECT_THAT(done.output, HasSubstr("database: service 1 h"));
  EXPECT_THAT(done.output, HasSubstr("pln: The power was cut once, 2 h."));
  EXPECT_THAT(done.output, HasSubstr("33.0 hours observed"));
}

TEST_F(ReportCommand, SpeaksIndonesian) {
  write_journal(small_office());
  auto words = report_of_two_days({});
  words[2] = "id";

  const ProcessResult done = siaga(std::move(words));

  EXPECT_THAT(done.output, HasSubstr("database: layanan 1 jam"));
  EXPECT_THAT(done.output, HasSubstr("93,232 %"));
}

TEST_F(ReportCommand, HasFourFormats) {
  write_journal(small_office());

  const json numbers =
      json::parse(siaga(report_of_two_days({"--format", "json"})).output, nullptr, false);
  const ProcessResult csv = siaga(report_of_two_days({"--format", "csv"}));
  const ProcessResult html = siaga(report_of_two_days({"--format", "html"}));

  ASSERT_TRUE(numbers.is_object());
  EXPECT_EQ(numbers["until"], "2025-03-02T09:00:00.000+08:00");
  EXPECT_EQ(numbers["targets"][2]["down_seconds"], 3600);
  EXPECT_EQ(numbers["targets"][2]["outages"]["open"], 1);
  EXPECT_THAT(csv.output, HasSubstr("\r\nkantor,portal,tcp,target,"));
  EXPECT_THAT(html.output, testing::StartsWith("<!DOCTYPE html>"));
  EXPECT_EQ(siaga(report_of_two_days({"--format", "pdf"})).exit_status, exit_usage);
}

TEST_F(ReportCommand, TakesAMonth) {
  write_journal(small_office());

  const json march_report =
      json::parse(siaga(report({"--month", "2025-03", "--format", "json"})).output, nullptr, false);
  const ProcessResult both = siaga(report({"--month", "2025-03", "--since", "2025-03-02"}));
  const ProcessResult wrong = siaga(report({"--month", "March"}));
  const ProcessResult future = siaga(report({"--month", "2199-01"}));

  ASSERT_TRUE(march_report.is_object());
  EXPECT_EQ(march_report["since"], "2025-03-01T00:00:00.000+08:00");
  EXPECT_EQ(march_report["until"], "2025-04-01T00:00:00.000+08:00");
  EXPECT_EQ(march_report["targets"][1]["unrecorded_seconds"], (31 * 24 - 33) * 3600)
      << "the agent has been silent since";
  EXPECT_EQ(both.exit_status, exit_usage);
  EXPECT_EQ(wrong.exit_status, exit_usage);
  EXPECT_THAT(wrong.errors, HasSubstr("write it as 2026-11"));
  EXPECT_EQ(future.exit_status, exit_usage);
}

TEST_F(ReportCommand, NeedsNoConfigurationWhenItIsToldWhereTheJournalIs) {
  write_journal(small_office());
  write_file(config(), "[office\n");

  const ProcessResult lost = siaga(report_of_two_days({}));
  const ProcessResult told = siaga(report_of_two_days({"--state-dir", folder.path()}));

  EXPECT_EQ(lost.exit_status, exit_errors);
  EXPECT_EQ(told.exit_status, exit_ok);
  EXPECT_THAT(told.errors, HasSubstr("dates are UTC"));
}

}  // namespace
}  // namespace siaga::tests
