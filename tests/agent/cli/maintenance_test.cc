#include "agent/cli/control.h"
#include "tests/agent/cli/journal_command.h"

namespace siaga::tests {
namespace {

class Maintenance : public JournalCommand {
 protected:
  ProcessResult maintenance(std::vector<std::string> words) {
    words.insert(words.begin(), {"--lang", "en", "maintenance"});
    return siaga(std::move(words));
  }
  json list() {
    const ProcessResult done = maintenance({"list", "--json"});
    EXPECT_EQ(done.exit_status, exit_ok) << done.errors;
    return json::parse(done.output, nullptr, false)["windows"];
  }
};

TEST_F(Maintenance, OfAStoppedAgentIsWrittenToItsJournal) {
  write_journal(small_office());

  const ProcessResult done = maintenance({"add", "portal", "database", "--from", "2150-03-01 22:00",
                                          "--for", "2h", "--note", "kabel"});
  const ProcessResult all =
      maintenance({"add", "--all", "--from", "2150-04-01", "--until", "2150-04-02"});

  EXPECT_EQ(done.exit_status, exit_ok) << done.errors;
  EXPECT_EQ(done.output,
            "maintenance 1: portal, database, 2150-03-01 22:00:00 to 2150-03-02 00:00:00\n");
  EXPECT_THAT(done.errors, HasSubstr("The agent does not run"));
  EXPECT_EQ(all.exit_status, exit_ok) << all.errors;
  const json windows = list();
  ASSERT_EQ(windows.size(), 2U);
  EXPECT_EQ(windows[0]["targets"], json({"portal", "database"}));
  EXPECT_EQ(windows[0]["until"], "2150-03-02T00:00:00.000+08:00");
  EXPECT_EQ(windows[0]["note"], "kabel");
  EXPECT_EQ(windows[1]["id"], 2);
  EXPECT_TRUE(windows[1]["targets"].empty()) << "all";
  EXPECT_THAT(maintenance({"list"}).output, HasSubstr("to come"));
}

TEST_F(Maintenance, OfAStoppedAgentIsCancelledInItsJournal) {
  write_journal(small_office());
  maintenance({"add", "portal", "--for", "2h"});

  const ProcessResult done = maintenance({"cancel", "1"});
  const ProcessResult again = maintenance({"cancel", "1"});
  const ProcessResult unknown = maintenance({"cancel", "9"});

  EXPECT_EQ(done.exit_status, exit_ok) << done.errors;
  EXPECT_EQ(done.output, "maintenance 1 is cancelled\n");
  EXPECT_EQ(again.exit_status, exit_errors);
  EXPECT_EQ(unknown.exit_status, exit_errors);
  EXPECT_THAT(unknown.errors, HasSubstr("there is no window 9"));
}

TEST_F(Maintenance, WrongInputIsRefusedBeforeAnythingIsWritten) {
  write_journal(small_office());

  const ProcessResult typo = maintenance({"add", "portl", "--for", "2h"});
  EXPECT_EQ(typo.exit_status, exit_errors);
  EXPECT_EQ(typo.errors, "no target is named 'portl'; did you mean 'portal'?\n");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"add", "--for", "2h"},
           {"add", "portal", "--all", "--for", "2h"},
           {"add", "portal"},
           {"add", "portal", "--for", "2h", "--until", "2150-01-01"},
           {"add", "portal", "--for", "soon"},
           {"add", "portal", "--from", "2020-01-01", "--until", "2020-01-02"},
           {"add", "portal", "--from", "2150-01-02", "--until", "2150-01-01"},
           {"add", "portal", "--for", "2h", "--note", std::string(600, 'x')},
           {"add", "portal", "--until", "tomorrow"},
           {"cancel", "one"}})
    EXPECT_EQ(maintenance(words).exit_status, exit_usage) << testing::PrintToString(words);
  EXPECT_TRUE(list().empty());
}

TEST_F(Maintenance, OfARunningAgentGoesThroughIt) {
  const ScriptedAgent agent(
      socket(),
      {{"POST /api/v1/maintenance", "200 {\"id\": 12, \"ticket\": 3}"},
       {"POST /api/v1/maintenance/cancel", "200 {\"ticket\": 4}"},
       {"GET /api/v1/maintenance",
        "200 {\"windows\": [{\"id\": 12, \"targets\": [\"portal\"], \"from\": 5680000000, "
        "\"until\": 5680003600, \"note\": \"a\", \"is_cancelled\": false}]}"},
       {"GET /api/v1/journal", "200 {\"durable_ticket\": 4, \"is_durable\": true}"}});

  const ProcessResult added = maintenance(
      {"add", "portal", "--from", "2150-01-01T00:00:00Z", "--for", "1h", "--note", "a & b"});
  const json windows = list();
  const ProcessResult cancelled = maintenance({"cancel", "12"});

  EXPECT_EQ(added.exit_status, exit_ok) << added.errors;
  EXPECT_THAT(added.output, HasSubstr("maintenance 12: portal"));
  EXPECT_EQ(windows[0]["id"], 12);
  EXPECT_EQ(windows[0]["from"], "2149-12-29T01:46:40.000+08:00");
  EXPECT_EQ(cancelled.exit_status, exit_ok);
  EXPECT_THAT(agent.asked(),
              testing::ElementsAre("POST /api/v1/maintenance?from=5680281600&until=5680285200&"
                                   "target=portal&note=a%20%26%20b",
                                   "GET /api/v1/journal", "GET /api/v1/maintenance",
                                   "POST /api/v1/maintenance/cancel?id=12", "GET /api/v1/journal"));
}

TEST_F(Maintenance, WhatTheAgentRefusesIsSaid) {
  const ScriptedAgent agent(socket(),
                            {{"POST /api/v1/maintenance", "400 no target is named 'portal'"},
                             {"POST /api/v1/maintenance/cancel", "404 there is no window 5"},
                             {"GET /api/v1/maintenance", "200 {\"windows\": [5]}"}});

  const ProcessResult added = maintenance({"add", "portal", "--for", "1h"});
  const ProcessResult cancelled = maintenance({"cancel", "5"});
  const ProcessResult listed = maintenance({"list"});

  EXPECT_EQ(added.exit_status, exit_errors);
  EXPECT_EQ(added.errors, "the agent refused: no target is named 'portal'\n");
  EXPECT_EQ(cancelled.exit_status, exit_errors);
  EXPECT_EQ(listed.exit_status, exit_agent) << "an answer that is not understood";
}

TEST(Control, QueriesAreEncoded) {
  EXPECT_EQ(percent_encoded("a-Z_0.9~"), "a-Z_0.9~");
  EXPECT_EQ(percent_encoded("a b&c=é\n"), "a%20b%26c%3D%C3%A9%0A");
}

}  // namespace
}  // namespace siaga::tests
