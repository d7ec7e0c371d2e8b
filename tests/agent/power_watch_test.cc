// The composed agent and its mains: an adapter's file changes, and everything that needs the mains
// follows, in metrics, journal and schedule.
#include "agent/power_watch.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "agent/journal/journal.h"
#include "agent/journal/past.h"
#include "tests/agent/running_daemon.h"
#include "tests/support/tcp_peer.h"

namespace siaga {
namespace {

class PowerWatchTest : public tests::RunningDaemon {
 protected:
  void plug(const std::string& name, bool is_online) const {
    const std::filesystem::path folder = machine_.paths().power_supplies + "/" + name;
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "type") << "Mains\n";
    std::ofstream(folder / "online") << (is_online ? "1\n" : "0\n");
  }
  static std::string mains(const std::string& more = "") {
    return "[[mains]]\nname = \"pln\"\npower_supply = \"auto\"\n" + more;
  }
  // Everything that the journal has by now.
  Past past() {
    const std::string folder = machine_.state_dir();
    auto read = read_past(journal_path(folder), heartbeat_path(folder), WallTime{},
                          clock_.wall_now() + std::chrono::hours(1));
    EXPECT_TRUE(read) << (read ? "" : describe(read.error()));
    return read.value_or(Past{});
  }

  tests::TcpPeer peer_{[](tests::Conversation& talk) { talk.stay_silent(); }};
  const std::string server_ = tcp("server", to_string(peer_.endpoint()), "needs = \"pln\"\n");
};

TEST_F(PowerWatchTest, WhatNeedsTheMainsIsDownByPowerWhileItIsOff) {
  plug("AC", true);
  start(mains() + server_);
  wait_for(R"(siaga_mains_state{office="kantor",mains="pln",state="on"} 1)");
  wait_for(R"(siaga_target_state{office="kantor",target="server",kind="tcp",state="up"} 1)");

  plug("AC", false);
  wait_for(R"(siaga_mains_state{office="kantor",mains="pln",state="off"} 1)");

  wait_for(R"(siaga_outage_active{office="kantor",target="server",kind="tcp",cause="power"} 1)");
  plug("AC", true);
  wait_for(R"(siaga_mains_state{office="kantor",mains="pln",state="on"} 1)");
  wait_for(R"(siaga_target_state{office="kantor",target="server",kind="tcp",state="up"} 1)");
}

TEST_F(PowerWatchTest, TheEvidenceIsInTheJournal) {
  plug("AC", true);
  start(mains() + server_);
  wait_for(R"(siaga_mains_state{office="kantor",mains="pln",state="on"} 1)");

  plug("AC", false);
  wait_for(R"(siaga_mains_state{office="kantor",mains="pln",state="off"} 1)");
  end();

  std::string evidence;
  for (const StateChange& change : past().changes)
    if (change.reason == Reason::mains_off && change.root == 0) evidence = change.detail;
  EXPECT_NE(evidence.find("AC"), std::string::npos) << evidence;
}

TEST_F(PowerWatchTest, WhatMattersLessRestsWhileTheMainsIsOff) {
  plug("AC", true);
  const std::string peer = to_string(peer_.endpoint());
  start(mains("shed_below = 0\nwitnesses = \"switch\"\n") + tcp("camera", peer, "priority = -1\n") +
        tcp("switch", peer, "priority = -1\n") + tcp("portal", peer));
  wait_for(R"(siaga_target_state{office="kantor",target="camera",kind="tcp",state="up"} 1)");
  plug("AC", false);
  wait_for(R"(siaga_mains_state{office="kantor",mains="pln",state="off"} 1)");

  const std::string runs = R"(siaga_probe_runs_total{office="kantor",target="camera",kind="tcp",)"
                           R"(verdict="ok"} )";
  const auto count = [&] {
    const std::string text = metrics();
    return text.substr(text.find(runs) + runs.size(), 3);
  };
  const std::string before = count();
  wait_for(R"(siaga_target_state{office="kantor",target="camera",kind="tcp",state="unknown"} 1)");
  EXPECT_EQ(count(), before);
  EXPECT_TRUE(has(R"(target="portal",kind="tcp",state="up"} 1)")) << "that one does not rest";
  EXPECT_TRUE(has(R"(target="switch",kind="tcp",state="up"} 1)")) << "a witness is needed";

  plug("AC", true);
  wait_for(R"(siaga_target_state{office="kantor",target="camera",kind="tcp",state="up"} 1)");
}

}  // namespace
}  // namespace siaga
