#include "tests/agent/cli/journal_command.h"

namespace siaga::tests {
namespace {

using JournalOfTheAgent = JournalCommand;

TEST_F(JournalOfTheAgent, IsExportedAsJson) {
  write_journal(small_office());

  const ProcessResult done = siaga({"journal", "export"});

  EXPECT_EQ(done.exit_status, exit_ok) << done.errors;
  const json all = json::parse(done.output, nullptr, false);
  ASSERT_TRUE(all.is_object());
  EXPECT_EQ(all["nodes"].size(), 3U);
  EXPECT_EQ(all["outages"].size(), 3U);
  EXPECT_EQ(all["office"], "kantor");
}

TEST_F(JournalOfTheAgent, IsExportedAsOpenMetricsToAFile) {
  write_journal(small_office());
  const std::string file = folder / "out.txt";

  const ProcessResult done = siaga({"journal", "export", "--format", "openmetrics", "-o", file,
                                    "--since", "2025-03-01", "--step", "1h"});
  const std::string text = read_file(file);

  EXPECT_EQ(done.exit_status, exit_ok) << done.errors;
  EXPECT_EQ(done.output, "");
  EXPECT_TRUE(text.ends_with("# EOF\n"));
  EXPECT_THAT(text, HasSubstr("siaga_target_down_seconds_total{office=\"kantor\",target=\"portal\","
                              "kind=\"tcp\",cause=\"power\"} 8040.000 "));
}

TEST_F(JournalOfTheAgent, AnExportThatCannotBeWrittenIsTheAgentsOwnTrouble) {
  write_journal(small_office());

  EXPECT_EQ(siaga({"journal", "export", "-o", "/nonexistent/x"}).exit_status, exit_agent);
  EXPECT_EQ(siaga({"journal", "export", "-o", "/dev/full"}).exit_status, exit_agent);
  EXPECT_EQ(siaga({"journal", "export", "--step", "0s"}).exit_status, exit_usage);
  EXPECT_EQ(siaga({"journal", "export", "--format", "xml"}).exit_status, exit_usage);
}

TEST_F(JournalOfTheAgent, WithoutFaultsIsSaidToBeWell) {
  write_journal({BootEra{.number = 1, .boot_id = "boot-1", .began = march, .is_trusted = true}});

  const ProcessResult done = siaga({"--lang", "en", "journal", "check"});

  EXPECT_EQ(done.exit_status, exit_ok) << done.errors;
  EXPECT_EQ(done.output, journal_path(folder.path()) + ": no fault found\n");
}

TEST_F(JournalOfTheAgent, IsChecked) {
  write_journal(small_office());
  const ProcessResult without = siaga({"journal", "check", "--state-dir", folder / "none"});
  const ProcessResult done = siaga({"--lang", "en", "journal", "check"});

  EXPECT_EQ(without.exit_status, exit_agent);
  // This past was made by hand: its states have no totals, and that is a fault.
  EXPECT_EQ(done.exit_status, exit_errors) << done.output << done.errors;
  EXPECT_THAT(done.errors, HasSubstr("faults in " + journal_path(folder.path())));
}

}  // namespace
}  // namespace siaga::tests
