#include "tests/agent/cli/journal_command.h"

namespace siaga::tests {
namespace {

class Reload : public JournalCommand {
 protected:
  ProcessResult reload(std::vector<std::string> words = {}) {
    words.insert(words.begin(), {"--lang", "en", "reload"});
    return siaga(std::move(words));
  }
};

TEST_F(Reload, AsksTheRunningAgentAndRepeatsWhatItSays) {
  const ScriptedAgent agent(socket(), {{"POST /-/reload", "200 watching 2 targets"}});

  const ProcessResult done = reload();

  EXPECT_EQ(done.exit_status, exit_ok) << done.errors;
  EXPECT_EQ(done.output, "watching 2 targets\n");
}

TEST_F(Reload, ARefusalIsAnErrorThatShowsThePlace) {
  const ScriptedAgent agent(socket(),
                            {{"POST /-/reload", "400 error: siaga.toml:3:1: no key 'nmae'\n"}});

  const ProcessResult done = reload();

  EXPECT_EQ(done.exit_status, exit_errors);
  EXPECT_EQ(done.output, "");
  EXPECT_THAT(done.errors, HasSubstr("siaga.toml:3:1: no key 'nmae'"));
  EXPECT_THAT(done.errors, HasSubstr("the old configuration stays in force"));
}

TEST_F(Reload, FindsTheAgentThoughTheNewConfigurationIsBroken) {
  write_file(config(), "[office\n");
  const ScriptedAgent agent(socket(), {{"POST /-/reload", "400 broken"}});

  const ProcessResult done = reload({"--state-dir", folder.path()});

  EXPECT_EQ(done.exit_status, exit_errors);
  EXPECT_EQ(agent.asked().size(), 1U);
}

TEST_F(Reload, WithoutAnAgentItSaysHowToStartOne) {
  const ProcessResult done = reload();

  EXPECT_EQ(done.exit_status, exit_agent);
  EXPECT_THAT(done.errors, HasSubstr(folder.path()));
  EXPECT_THAT(done.errors, HasSubstr("systemctl start siaga"));
}

}  // namespace
}  // namespace siaga::tests
