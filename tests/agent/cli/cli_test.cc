// The real program as a child: exit codes, and what it writes for people and for machines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

#include <nlohmann/json.hpp>

#include "agent/cli/cli.h"
#include "agent/core/address.h"
#include "agent/loop/process.h"
#include "tests/support/descriptors.h"
#include "tests/support/sockets.h"
#include "tests/support/tcp_peer.h"
#include "tests/support/test_loop.h"

namespace siaga::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

// Beside this test in the build folder.
std::string program() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "siaga").string();
}

void silence(Conversation& talk) { talk.stay_silent(); }

// A port that was free a moment ago.
std::uint16_t free_port() {
  const int fd = bound_socket(Family::ip4, SOCK_STREAM);
  const std::uint16_t port = local_endpoint(fd).port;
  close(fd);
  return port;
}

class CliTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(program())) << "build the target siaga first";
  }
  std::unique_ptr<Process> start(std::vector<std::string> words, Process::Finished finished) {
    words.insert(words.begin(), program());
    return Process::start(test.loop(),
                          {.arguments = std::move(words),
                           .environment = {"LC_ALL=C.UTF-8", "TERM=xterm-256color"},
                           .output_limit_bytes = 1U << 20U},
                          std::move(finished));
  }
  ProcessResult siaga(std::vector<std::string> words) {
    std::optional<Result<ProcessResult>> ended;
    const auto process =
        start(std::move(words), [&](Result<ProcessResult> result) { ended = std::move(result); });
    test.run_until([&] { return ended.has_value(); });
    EXPECT_TRUE(*ended) << (*ended ? "" : describe(ended->error()));
    return *ended ? **ended : ProcessResult{};
  }
  // Probes, and reads the report.
  json probe(const std::string& what, int exit_status) {
    const ProcessResult done = siaga({"probe", what, "--json"});
    EXPECT_EQ(done.exit_status, exit_status) << done.errors;
    return json::parse(done.output, nullptr, false);
  }

  TestLoop test{20s};
};

std::string config_text(const std::string& more = "") {
  return "[office]\nid = \"kantor\"\n" + more;
}
std::string target(const std::string& name, const Endpoint& endpoint) {
  return "[[tcp]]\nname = \"" + name + "\"\nhost = \"" + to_string(endpoint) + "\"\n";
}

TEST_F(CliTest, HelpListsTheCommandsInBothLanguages) {
  const ProcessResult english = siaga({"--help", "--lang", "en"});
  const ProcessResult indonesian = siaga({"--help", "--lang", "id"});

  for (const std::string command : {"run", "check", "probe", "status", "config", "version"}) {
    EXPECT_THAT(english.output, HasSubstr("\n  " + command + " "));
    EXPECT_THAT(indonesian.output, HasSubstr("\n  " + command + " "));
  }
  EXPECT_THAT(english.output, HasSubstr("Exit codes"));
  EXPECT_THAT(indonesian.output, HasSubstr("Kode keluar"));
  EXPECT_EQ(english.exit_status, exit_ok);
}

TEST_F(CliTest, AWrongCommandLineIsAUsageError) {
  EXPECT_EQ(siaga({}).exit_status, exit_usage);
  EXPECT_EQ(siaga({"prob"}).exit_status, exit_usage);
  EXPECT_EQ(siaga({"check", "--no-such-flag"}).exit_status, exit_usage);
  EXPECT_EQ(siaga({"--lang", "tlh", "version"}).exit_status, exit_usage);
  EXPECT_EQ(siaga({"version"}).exit_status, exit_ok);
}

TEST_F(CliTest, CheckTellsGoodFromBad) {
  const TemporaryFile good(config_text(target("db", {*parse_address("127.0.0.1"), 1})));
  const TemporaryFile bad(config_text("[[tcp]]\nname = \"db\"\nhots = \"127.0.0.1:1\"\n"));

  const ProcessResult fine = siaga({"check", good.path()});
  const ProcessResult wrong = siaga({"check", bad.path()});

  EXPECT_EQ(fine.exit_status, exit_ok) << fine.errors;
  EXPECT_EQ(siaga({"check", "--quiet", good.path()}).output, "");
  EXPECT_EQ(wrong.exit_status, exit_errors);
  EXPECT_THAT(wrong.errors, HasSubstr("did you mean 'host'?"));
  EXPECT_EQ(siaga({"check", "/nonexistent.toml"}).exit_status, exit_errors);
  EXPECT_EQ(siaga({"run", "--config", bad.path()}).exit_status, exit_usage);
}

TEST_F(CliTest, CheckForMachinesIsJson) {
  const TemporaryFile good(config_text());
  const TemporaryFile bad(config_text("[[tcp]]\nname = \"db\"\nhots = \"127.0.0.1:1\"\n"));

  const json fine = json::parse(siaga({"check", "--json", good.path()}).output, nullptr, false);
  const json wrong = json::parse(siaga({"check", "--json", bad.path()}).output, nullptr, false);

  EXPECT_FALSE(fine.is_discarded());
  EXPECT_FALSE(wrong.is_discarded());
  EXPECT_THAT(wrong.dump(), HasSubstr("hots"));
}

TEST_F(CliTest, APipeGetsNoColour) {
  const RefusingPort port;
  const TemporaryFile bad("nonsense\n");

  const ProcessResult probed = siaga({"probe", "tcp://" + to_string(port.endpoint()), "--explain"});
  const ProcessResult checked = siaga({"check", bad.path()});

  EXPECT_THAT(probed.output, HasSubstr("FAILED"));
  for (const std::string& text : {probed.output, probed.errors, checked.output, checked.errors})
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST_F(CliTest, AProbeSaysByItsExitCodeHowItWent) {
  TcpPeer peer(silence);
  const RefusingPort port;

  const json good = probe("tcp://" + to_string(peer.endpoint()), exit_ok);
  const json bad = probe("tcp://" + to_string(port.endpoint()), exit_errors);

  ASSERT_TRUE(good.is_object());
  EXPECT_EQ(good["verdict"], "ok");
  EXPECT_EQ(good["address"], "127.0.0.1");
  ASSERT_TRUE(bad.is_object());
  EXPECT_EQ(bad["verdict"], "failed");
  EXPECT_EQ(bad["reason"], "connect_refused");
  EXPECT_EQ(siaga({"probe", "tcp://no-port"}).exit_status, exit_usage);
}

TEST_F(CliTest, ATargetThatIsTheAgentsOwnTroubleIsNeitherGoodNorBad) {
  TcpPeer peer(silence);
  const TemporaryFile file(config_text(target("db", peer.endpoint()) +
                                       "tls.enable = true\ntls.ca_file = \"/nonexistent.pem\"\n"));

  const ProcessResult done = siaga({"probe", "db", "--config", file.path()});

  EXPECT_EQ(done.exit_status, exit_agent) << done.output << done.errors;
}

TEST_F(CliTest, AConfiguredTargetIsProbedByItsName) {
  TcpPeer peer(silence);
  const TemporaryFile file(config_text(target("db", peer.endpoint())));

  const ProcessResult known = siaga({"probe", "db", "-c", file.path(), "--lang", "en"});
  const ProcessResult unknown = siaga({"probe", "dbb", "-c", file.path(), "--lang", "en"});

  EXPECT_EQ(known.exit_status, exit_ok) << known.errors;
  EXPECT_THAT(known.output, HasSubstr("OK tcp " + to_string(peer.endpoint())));
  EXPECT_EQ(unknown.exit_status, exit_usage);
  EXPECT_THAT(unknown.errors, HasSubstr("no target is named 'dbb' in " + file.path()));
}

TEST_F(CliTest, TheEffectiveConfigurationAndItsSchemaAreShown) {
  const TemporaryFile file(config_text(target("db", {*parse_address("127.0.0.1"), 1})));

  const ProcessResult shown = siaga({"config", "show", "-c", file.path()});
  const json schema = json::parse(siaga({"config", "schema"}).output, nullptr, false);

  EXPECT_EQ(shown.exit_status, exit_ok);
  EXPECT_THAT(shown.output, HasSubstr("kantor"));
  EXPECT_THAT(shown.output, HasSubstr("127.0.0.1:1"));
  ASSERT_TRUE(schema.is_object());
  EXPECT_TRUE(schema.contains("$schema"));
}

TEST_F(CliTest, StatusAsksTheRunningAgent) {
  TcpPeer peer(silence);
  const std::string address = "127.0.0.1:" + std::to_string(free_port());
  const TemporaryFile file(
      config_text("[web]\nlisten = [\"" + address + "\"]\n" + target("db", peer.endpoint())));
  EXPECT_EQ(siaga({"status", "--address", address}).exit_status, exit_agent) << "nobody there yet";
  bool has_ended = false;
  const auto agent =
      start({"run", "-c", file.path()}, [&](const Result<ProcessResult>&) { has_ended = true; });
  test.run_until([&] { return peer.connections() > 0 || has_ended; });
  ASSERT_FALSE(has_ended);

  const ProcessResult table = siaga({"status", "--address", address});
  const ProcessResult machine = siaga({"status", "--json", "-c", file.path()});

  EXPECT_EQ(table.exit_status, exit_ok) << table.errors;
  EXPECT_THAT(table.output, HasSubstr("db"));
  EXPECT_THAT(table.output, Not(HasSubstr("\x1b")));
  EXPECT_EQ(machine.exit_status, exit_ok) << machine.errors;
  EXPECT_FALSE(json::parse(machine.output, nullptr, false).is_discarded());
  EXPECT_EQ(siaga({"run", "-c", file.path()}).exit_status, exit_agent) << "the address is in use";
}

}  // namespace
}  // namespace siaga::tests
