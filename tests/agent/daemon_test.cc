// The composed agent on loopback: probes real peers, serves real metrics, reloads.
#include "agent/daemon.h"

#include <gtest/gtest.h>

#include <csignal>

#include "tests/agent/running_daemon.h"
#include "tests/support/tcp_peer.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

class DaemonTest : public tests::RunningDaemon {};

TEST_F(DaemonTest, ProbesJudgesAndServesIt) {
  tests::TcpPeer peer([](tests::Conversation& talk) { talk.stay_silent(); });
  start(tcp("good", to_string(peer.endpoint())) + tcp("closed", "127.0.0.1:1"));

  wait_for(R"(siaga_target_state{office="kantor",target="good",kind="tcp",state="up"} 1)");
  wait_for(R"(siaga_target_state{office="kantor",target="closed",kind="tcp",state="down"} 1)");

  const std::string text = metrics();
  EXPECT_NE(
      text.find(
          R"(siaga_probe_failures_total{office="kantor",target="closed",kind="tcp",reason="connect_refused"})"),
      std::string::npos);
  EXPECT_NE(text.find("siaga_config_last_reload_successful{office=\"kantor\"} 1"),
            std::string::npos);
  EXPECT_EQ(get("/-/healthy").status, 200);
  EXPECT_EQ(get("/-/ready").status, 200);
}

TEST_F(DaemonTest, AReloadKeepsUnchangedTargetsAndLeavesNoGhosts) {
  tests::TcpPeer peer([](tests::Conversation& talk) { talk.stay_silent(); });
  const std::string stays = tcp("stays", to_string(peer.endpoint()));
  start(stays + tcp("goes", "127.0.0.1:1"));
  wait_for(R"(siaga_target_state{office="kantor",target="stays",kind="tcp",state="up"} 1)");
  wait_for(R"(siaga_target_state{office="kantor",target="goes",kind="tcp",state="down"} 1)");

  next_ = parsed(tcp("comes", "127.0.0.1:2") + stays);
  const HttpResponse reloaded = get("/-/reload", "POST");
  const std::string text = metrics();

  EXPECT_EQ(reloaded.status, 200);
  EXPECT_NE(text.find(R"(target="stays",kind="tcp",state="up"} 1)"), std::string::npos)
      << "its state was kept";
  EXPECT_NE(text.find(R"(target="comes",kind="tcp",state="pending"} 1)"), std::string::npos);
  EXPECT_EQ(text.find("goes"), std::string::npos);
  const auto states = text.find("TYPE siaga_target_state");
  EXPECT_LT(text.find("comes", states), text.find("stays", states)) << "the configuration's order";
}

TEST_F(DaemonTest, AChangedTargetStartsAnew) {
  start(tcp("portal", "127.0.0.1:1"));
  wait_for(R"(target="portal",kind="tcp",state="down"} 1)");

  next_ = parsed(tcp("portal", "127.0.0.1:2"));
  get("/-/reload", "POST");

  EXPECT_TRUE(has(R"(target="portal",kind="tcp",state="pending"} 1)"));
}

TEST_F(DaemonTest, ABadReloadChangesNothingAndSaysSo) {
  start(tcp("portal", "127.0.0.1:1"));
  wait_for(R"(target="portal",kind="tcp",state="down"} 1)");

  next_ = parse_config("[[http]]\nnam = \"x\"\n", "siaga.toml", {.kinds = kind_schemas()});
  const HttpResponse refused = get("/-/reload", "POST");

  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("did you mean 'name'?"), std::string::npos) << refused.body;
  EXPECT_TRUE(has("siaga_config_last_reload_successful{office=\"kantor\"} 0"));
  EXPECT_TRUE(has(R"(target="portal",kind="tcp",state="down"} 1)"));
  EXPECT_NE(get("/-/ready").body.find("last reload failed"), std::string::npos);
}

TEST_F(DaemonTest, AReloadToAPortInUseChangesNothing) {
  tests::TcpPeer taken([](tests::Conversation& talk) { talk.stay_silent(); });
  start(tcp("portal", "127.0.0.1:1"));

  Config config = parsed(tcp("other", "127.0.0.1:1"));
  config.web.listen = {to_string(taken.endpoint())};
  next_ = config;
  const HttpResponse failed = get("/-/reload", "POST");

  EXPECT_EQ(failed.status, 500);
  EXPECT_NE(failed.body.find(to_string(taken.endpoint())), std::string::npos) << failed.body;
  EXPECT_FALSE(has("target=\"other\""));
}

TEST_F(DaemonTest, AReloadMayMoveTheListenerUnderTheRequestThatAsksForIt) {
  start(tcp("portal", "127.0.0.1:1"));
  const std::string before = daemon_->addresses().at(0);

  Config config = parsed(tcp("portal", "127.0.0.1:1"));
  config.web.listen = {"[::1]:0"};
  next_ = config;
  get("/-/reload", "POST");
  loop_.run_until([&] { return daemon_->addresses().size() == 1; });

  EXPECT_TRUE(daemon_->addresses().at(0).starts_with("[::1]:"));
  EXPECT_NE(daemon_->addresses().at(0), before);
}

TEST_F(DaemonTest, APortInUseAtTheStartIsAnErrorThatNamesIt) {
  tests::TcpPeer taken([](tests::Conversation& talk) { talk.stay_silent(); });
  Config config = parsed(tcp("portal", "127.0.0.1:1"));
  config.web.listen = {to_string(taken.endpoint())};

  const auto daemon = Daemon::create(loop_.loop(), clock_, config, [this] { return next_; });

  ASSERT_FALSE(daemon);
  EXPECT_NE(describe(daemon.error()).find(to_string(taken.endpoint())), std::string::npos);
  EXPECT_NE(describe(daemon.error()).find("EADDRINUSE"), std::string::npos);
}

TEST_F(DaemonTest, HangupReloadsAndTerminateEndsIt) {
  start(tcp("portal", "127.0.0.1:1"));
  next_ = parsed(tcp("fresh", "127.0.0.1:1"));
  Timer hangup(loop_.loop(), [] { raise(SIGHUP); });
  Timer terminate(loop_.loop(), [] { raise(SIGTERM); });
  hangup.start_after(10ms);
  terminate.start_after(50ms);

  daemon_->run();

  EXPECT_TRUE(has("target=\"fresh\""));
}

TEST_F(DaemonTest, EndsCleanWithProbesUnderWay) {
  tests::TcpPeer silent([](tests::Conversation& talk) { talk.stay_silent(); });
  std::string text;
  for (int number = 0; number < 20; ++number) {
    text += tcp("silent-" + std::to_string(number), to_string(silent.endpoint()),
                "dialogue = [{ expect = \"never\" }]\n");
  }
  start(text);
  wait_for("siaga_probes_in_flight");
  loop_.run_until([&] { return silent.connections() > 0; });

  end();
}

}  // namespace
}  // namespace siaga
