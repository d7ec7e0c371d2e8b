// `siaga doctor` for real: in a state directory of the test's own, with resolvers on loopback.
#include <sys/socket.h>
#include <sys/stat.h>

#include "agent/journal/database.h"
#include "tests/agent/cli/journal_command.h"
#include "tests/support/sockets.h"
#include "tests/support/tcp_peer.h"
#include "tests/support/udp_peer.h"

namespace siaga::tests {
namespace {

// A resolver that knows one name server of the root.
std::vector<std::string> root_answer(std::string_view question) {
  std::string reply(question);
  reply[2] = static_cast<char>(0x81);
  reply[7] = 1;
  return {reply + std::string("\0\0\2\0\1\0\0\0\1\0\1\0", 12)};
}

class DoctorCommand : public JournalCommand {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(program())) << "build the target siaga first";
    std::filesystem::create_directory(state());
    chmod(state().c_str(), 0700);
    const int fd = bound_socket(Family::ip4, SOCK_STREAM);
    listen_ = to_string(local_endpoint(fd));
    close(fd);
    configure();
  }

  std::string state() const { return folder / "state"; }
  std::string config_with(const std::string& resolver, const std::string& listen) const {
    return "[office]\nid = \"kantor\"\ntimezone = \"UTC\"\n[agent]\nclock = \"trusted\"\nstate_dir "
           "= \"" +
           state() + "\"\nresolvers = [\"" + resolver + "\"]\n[web]\nlisten = \"" + listen +
           "\"\n[[tcp]]\nname = \"portal\"\nhost = \"127.0.0.1:1\"\n";
  }
  void configure() { write_file(config(), config_with(to_string(peer.endpoint()), listen_)); }

  json examined(int exit_status) {
    const ProcessResult done = siaga({"--lang", "en", "doctor", "--json"});
    EXPECT_EQ(done.exit_status, exit_status) << done.output << done.errors;
    json all = json::parse(done.output, nullptr, false);
    EXPECT_TRUE(all.is_object()) << done.output;
    return all;
  }
  // "level: seen" of the check's findings, one a line.
  static std::string said_of(const json& all, std::string_view check) {
    std::string text;
    for (const json& finding : all["findings"]) {
      if (finding["check"] == check)
        text +=
            finding["level"].get<std::string>() + ": " + finding["seen"].get<std::string>() + "\n";
    }
    return text;
  }
  std::vector<std::string> left_behind() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(state()))
      names.push_back(entry.path().filename().string());
    return names;
  }

  UdpPeer peer{root_answer};
  std::string listen_;
};

TEST_F(DoctorCommand, LooksAtEverythingAndLeavesNothingBehind) {
  const json all = examined(exit_ok);

  EXPECT_THAT(said_of(all, "configuration"), HasSubstr("ok: " + config() + ": valid, 1 target"));
  EXPECT_THAT(said_of(all, "dns"), HasSubstr("ok: " + to_string(peer.endpoint()) + " answers in"));
  EXPECT_THAT(said_of(all, "ports"), HasSubstr("ok: " + listen_ + ": free"));
  EXPECT_THAT(said_of(all, "sync"), HasSubstr("durable writes"));
  EXPECT_THAT(said_of(all, "journal"), HasSubstr("ok: nothing is recorded yet"));
  EXPECT_EQ(all["fail"], 0);
  EXPECT_EQ(peer.received().size(), 1U);
  EXPECT_THAT(left_behind(), testing::IsEmpty());
}

TEST_F(DoctorCommand, SpeaksPlainTextInBothLanguages) {
  const ProcessResult english = siaga({"--lang", "en", "doctor"});
  const ProcessResult indonesian = siaga({"--lang", "id", "doctor"});

  EXPECT_EQ(english.exit_status, exit_ok) << english.output;
  EXPECT_THAT(english.output, HasSubstr("\nok    dns            "));
  EXPECT_THAT(english.output, Not(HasSubstr("\x1b")));
  EXPECT_THAT(indonesian.output, HasSubstr("bebas"));
}

TEST_F(DoctorCommand, FailsForAResolverThatDoesNotAnswerAndAPortInUse) {
  const RefusingPort closed;
  const TcpPeer holder([](Conversation& talk) { talk.close(); });
  write_file(config(), config_with(to_string(closed.endpoint()), to_string(holder.endpoint())));

  const json all = examined(exit_errors);

  EXPECT_THAT(said_of(all, "dns"), HasSubstr("fail: "));
  EXPECT_THAT(said_of(all, "ports"), HasSubstr("is taken by test_agent_cli"));
}

TEST_F(DoctorCommand, SeesAJournalOfALaterVersionAndChangesNothing) {
  ASSERT_TRUE(Store::open({.path = journal_path(state())}));
  {
    auto opened = Database::open(journal_path(state()), Database::Access::write, "");
    ASSERT_TRUE(opened);
    (*opened)->run("PRAGMA user_version = 99");
  }
  const std::string before = read_file(journal_path(state()));

  const json all = examined(exit_errors);

  EXPECT_THAT(said_of(all, "journal"),
              HasSubstr("written by a later version: tables of version 99"));
  EXPECT_EQ(read_file(journal_path(state())), before);
}

TEST_F(DoctorCommand, AFolderThatIsNotThereOrNoFolderIsTold) {
  std::filesystem::remove(state());
  EXPECT_THAT(said_of(examined(exit_ok), "disk"), HasSubstr("is not there yet"));

  write_file(state(), "a file");
  EXPECT_THAT(said_of(examined(exit_errors), "disk"), HasSubstr("fail: "));
}

TEST_F(DoctorCommand, AnInvalidConfigurationIsNotGuessedAt) {
  write_file(config(),
             config_with(to_string(peer.endpoint()), listen_) + "[[tpc]]\nname = \"x\"\n");

  const ProcessResult done = siaga({"--lang", "en", "doctor", "--state-dir", state()});

  EXPECT_EQ(done.exit_status, exit_errors);
  EXPECT_THAT(done.output, HasSubstr("fail  configuration  1 errors, the first: " + config()));
  EXPECT_THAT(done.output, HasSubstr("warn  dns            not looked at"));
  EXPECT_THAT(peer.received(), testing::IsEmpty());
}

TEST_F(DoctorCommand, ASecretThatOthersCanReadIsNamedAndAUpsThatIsNotThere) {
  const RefusingPort closed;
  write_file(config(), config_with(to_string(peer.endpoint()), listen_) +
                           "[[ups]]\nname = \"rack\"\nserver = \"nut://" +
                           to_string(closed.endpoint()) +
                           "/apc\"\nusername = \"u\"\npassword = \"hunter2\"\n");
  chmod(config().c_str(), 0644);

  const json all = examined(exit_errors);

  EXPECT_THAT(said_of(all, "configuration"), HasSubstr("holds a secret as text"));
  EXPECT_THAT(said_of(all, "ups"), HasSubstr("connect_refused"));
  EXPECT_THAT(all.dump(), Not(HasSubstr("hunter2")));
}

TEST_F(DoctorCommand, KnowsTheRunningAgentAndItsPort) {
  bool has_ended = false;
  const auto agent = Process::start(
      test.loop(),
      {.arguments = {program(), "run", "-c", config()}, .environment = {"LC_ALL=C.UTF-8"}},
      [&](const Result<ProcessResult>&) { has_ended = true; });
  test.run_until([&] {
    return has_ended || (std::filesystem::exists(state() + "/control.sock") &&
                         Heartbeat::read(heartbeat_path(state())).has_value());
  });
  ASSERT_FALSE(has_ended);

  const json all = examined(exit_ok);

  EXPECT_THAT(said_of(all, "service"), HasSubstr("ok: answers at http://" + listen_));
  EXPECT_THAT(said_of(all, "ports"), HasSubstr("held by the agent"));
  EXPECT_THAT(said_of(all, "journal"), HasSubstr("ok: sound"));
  EXPECT_THAT(said_of(all, "journal"), HasSubstr("ok: last heartbeat"));
}

}  // namespace
}  // namespace siaga::tests
