#include "tests/agent/cli/journal_command.h"

namespace siaga::tests {
namespace {

class Outages : public JournalCommand {
 protected:
  ProcessResult outages(std::vector<std::string> words) {
    words.insert(words.begin(), {"outages", "--lang", "en"});
    if (std::ranges::find(words, "--since") == words.end())
      words.insert(words.end(), {"--since", "2025-03-01", "--until", "2025-03-03"});
    return siaga(std::move(words));
  }
};

TEST_F(Outages, ShowsEachWithCauseBoundsAndExplanation) {
  write_journal(small_office());

  const ProcessResult done = outages({});

  EXPECT_EQ(done.exit_status, exit_ok) << done.errors;
  EXPECT_EQ(done.output,
            "TARGET    CAUSE    BEGAN WITA                ENDED                       DURATION  "
            "EXPLAINED BY  SETTLED  FIRST FAILURE\n"
            "pln       power    2025-03-01 09:59:50 -5s   2025-03-01 12:00:00              2 h  "
            "              yes      on battery\n"
            "portal    power    2025-03-01 10:00:00 -30s  2025-03-01 12:14:00 -60s  2 h 14 min  "
            "pln           yes      no answer\n"
            "database  service  2025-03-02 08:00:00 -5s   still                            1 h  "
            "              no       nothing listens on 127.0.0.1:2\n"
            "3 outages, 1 open\n"
            "\"-30s\": it may have begun, or ended, up to so much earlier.\n");
}

TEST_F(Outages, AreFiltered) {
  write_journal(small_office());
  const auto targets = [this](std::vector<std::string> words) {
    words.emplace_back("--json");
    const ProcessResult done = outages(std::move(words));
    const json list = json::parse(done.output, nullptr, false);
    std::string names;
    for (const json& outage : list["outages"]) names += outage["target"].get<std::string>() + " ";
    return names + std::to_string(done.exit_status);
  };

  EXPECT_EQ(targets({}), "pln portal database 0");
  EXPECT_EQ(targets({"--open"}), "database 0");
  EXPECT_EQ(targets({"--target", "portal"}), "portal 0");
  EXPECT_EQ(targets({"--cause", "service", "--cause", "link"}), "database 0");
  EXPECT_EQ(targets({"--since", "2025-03-02T00:00:00Z", "--until", "2025-03-03"}), "database 0");
  EXPECT_EQ(targets({"--target", "portl"}), "1") << "no such target";
}

TEST_F(Outages, WrongInputIsAnsweredWithTheRightForms) {
  write_journal(small_office());

  const ProcessResult date = outages({"--since", "1.3.2025"});
  const ProcessResult cause = outages({"--cause", "pwoer"});
  const ProcessResult target = outages({"--target", "portl"});
  const ProcessResult backwards = outages({"--since", "2025-03-02", "--until", "2025-03-01"});

  EXPECT_EQ(date.exit_status, exit_usage);
  EXPECT_THAT(date.errors, HasSubstr("--since: '1.3.2025' is not a date: write it as 2026-11-21"));
  EXPECT_EQ(cause.exit_status, exit_usage);
  EXPECT_THAT(cause.errors, HasSubstr("causes are: power, link, dns"));
  EXPECT_THAT(target.errors, HasSubstr("did you mean 'portal'?"));
  EXPECT_EQ(backwards.exit_status, exit_usage);
  EXPECT_EQ(outages({"--since", "-2h"}).exit_status, exit_ok) << "a date, not a flag";
}

TEST_F(Outages, WithoutAJournalItIsSaidWhereItWasLookedFor) {
  const ProcessResult here = outages({});
  const ProcessResult elsewhere = outages({"--state-dir", "/nonexistent"});

  EXPECT_EQ(here.exit_status, exit_agent);
  EXPECT_THAT(here.errors, HasSubstr("there is no journal yet: " + folder.path() + "/journal.db"));
  EXPECT_THAT(elsewhere.errors, HasSubstr("/nonexistent/journal.db does not exist"));
}

TEST_F(Outages, ADamagedJournalIsTheAgentsOwnTrouble) {
  write_file(journal_path(folder.path()), std::string(8192, 'x'));

  const ProcessResult done = outages({});

  EXPECT_EQ(done.exit_status, exit_agent);
  EXPECT_THAT(done.errors, HasSubstr("journal.db"));
  EXPECT_EQ(done.output, "");
}

TEST_F(Outages, ARunningAgentIsAskedToWriteEverythingFirst) {
  write_journal(small_office());
  const ScriptedAgent agent(
      socket(), {{"POST /api/v1/flush", "202 {\"ticket\": 7}"},
                 {"GET /api/v1/journal", "200 {\"durable_ticket\": 7, \"is_durable\": true}"}});

  const ProcessResult done = outages({});

  EXPECT_EQ(done.exit_status, exit_ok) << done.errors;
  EXPECT_EQ(done.errors, "");
  EXPECT_THAT(agent.asked(), testing::ElementsAre("POST /api/v1/flush", "GET /api/v1/journal"));
}

TEST_F(Outages, WhatIsNotInTheJournalYetIsSaid) {
  write_journal(small_office());
  const ScriptedAgent agent(
      socket(),
      {{"POST /api/v1/flush", "202 {\"ticket\": 7}"},
       {"GET /api/v1/journal",
        "200 {\"durable_ticket\": 6, \"is_durable\": false, \"trouble\": \"disk full\"}"}});

  const ProcessResult done = outages({});

  EXPECT_EQ(done.exit_status, exit_ok);
  EXPECT_THAT(done.errors, HasSubstr("may not be in the journal: disk full"));
  EXPECT_THAT(done.output, HasSubstr("3 outages"));
}

TEST_F(Outages, ASocketLeftByAKilledAgentMeansStopped) {
  write_journal(small_office());
  leave_stale_socket(socket());

  const ProcessResult done = outages({});

  EXPECT_EQ(done.exit_status, exit_ok);
  EXPECT_EQ(done.errors, "");
}

}  // namespace
}  // namespace siaga::tests
