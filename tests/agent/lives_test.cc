// The composed agent over restarts and reloads: what goes on, what ends, what begins.
#include <gtest/gtest.h>

#include <algorithm>

#include "agent/journal/past.h"
#include "tests/agent/running_daemon.h"
#include "tests/support/tcp_peer.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

std::string state_of(const std::string& target, const std::string& state,
                     const std::string& kind = "tcp") {
  return "siaga_target_state{office=\"kantor\",target=\"" + target + "\",kind=\"" + kind +
         "\",state=\"" + state + "\"} 1";
}

class LivesTest : public tests::RunningDaemon {
 protected:
  Past past() const {
    auto read = read_past(journal_path(machine_.state_dir()), heartbeat_path(machine_.state_dir()),
                          WallTime{}, WallTime::max());
    EXPECT_TRUE(read) << (read ? "" : describe(read.error()));
    return read.value_or(Past{});
  }
  std::vector<Node> nodes(const Past& past, std::string_view name) const {
    std::vector<Node> found;
    std::ranges::copy_if(past.nodes, std::back_inserter(found),
                         [name](const Node& node) { return node.name == name; });
    return found;
  }
  std::vector<std::string> faults() const {
    return check_journal(journal_path(machine_.state_dir()))
        .value_or(std::vector<std::string>{"no journal"});
  }

  tests::TcpPeer peer_{[](tests::Conversation& talk) { talk.stay_silent(); }};
  std::string up_ = to_string(peer_.endpoint());
};

TEST_F(LivesTest, WhatStaysGoesOnWhatGoesEndsAndWhatComesBegins) {
  start(tcp("stays", up_) + tcp("goes", "127.0.0.1:1"));
  wait_for(state_of("stays", "up"));
  wait_for(state_of("goes", "down"));
  end();

  start(tcp("comes", up_) + tcp("stays", up_));
  wait_for(state_of("comes", "up"));
  wait_for(state_of("stays", "up"));
  EXPECT_FALSE(has("target=\"goes\""));
  EXPECT_TRUE(has("siaga_dark_intervals_total{office=\"kantor\",class=\"crash\"} 1"));
  end();

  const Past past = this->past();
  ASSERT_EQ(nodes(past, "stays").size(), 1U) << "one node over both lives";
  EXPECT_FALSE(nodes(past, "stays").at(0).removed.is_set());
  ASSERT_EQ(nodes(past, "goes").size(), 1U);
  EXPECT_TRUE(nodes(past, "goes").at(0).removed.is_set());
  ASSERT_EQ(past.outages.size(), 1U);
  EXPECT_EQ(past.outages.at(0).end, OutageEnd::removed);
  EXPECT_EQ(nodes(past, "comes").at(0).added.boot, past.darks.at(0).to.boot);
  EXPECT_GE(nodes(past, "comes").at(0).added, past.darks.at(0).to);
  EXPECT_EQ(faults(), std::vector<std::string>{});
}

TEST_F(LivesTest, AnotherAddressBetweenLivesIsTheSameNodeAndAnotherKindIsNot) {
  start(tcp("moved", "127.0.0.1:1") + tcp("other", up_));
  wait_for(state_of("moved", "down"));
  wait_for(state_of("other", "up"));
  end();

  start(tcp("moved", up_) + "[[ping]]\nname = \"other\"\nhost = \"127.0.0.1\"\n");
  wait_for(state_of("moved", "up"));
  end();

  const Past past = this->past();
  EXPECT_EQ(nodes(past, "moved").size(), 1U);
  ASSERT_EQ(past.outages.size(), 1U);
  EXPECT_EQ(past.outages.at(0).end, OutageEnd::recovered);
  const std::vector<Node> others = nodes(past, "other");
  ASSERT_EQ(others.size(), 2U);
  EXPECT_EQ(others.at(0).kind, "tcp");
  EXPECT_TRUE(others.at(0).removed.is_set());
  EXPECT_EQ(others.at(1).kind, "ping");
  EXPECT_EQ(faults(), std::vector<std::string>{});
}

TEST_F(LivesTest, AnOutageIsOpenFromOneLifeToTheNext) {
  start(tcp("portal", "127.0.0.1:1"));
  wait_for(state_of("portal", "down"));
  end();

  start(tcp("portal", "127.0.0.1:1"));
  wait_for(state_of("portal", "down"));
  end();

  const Past past = this->past();
  ASSERT_EQ(past.outages.size(), 1U);
  EXPECT_TRUE(past.outages.at(0).is_open());
  EXPECT_EQ(past.darks.size(), 1U);
  EXPECT_EQ(faults(), std::vector<std::string>{});
}

TEST_F(LivesTest, ADeclaredWindowHoldsInTheNextLife) {
  start(tcp("portal", "127.0.0.1:1") + tcp("other", up_));
  wait_for(state_of("portal", "down"));
  end();
  {
    auto store = Store::open({.path = journal_path(machine_.state_dir())});
    ASSERT_TRUE(store);
    const std::vector<Record> declared{Window{.id = 1,
                                              .targets = {"portal"},
                                              .from = clock_.wall_now() - 1min,
                                              .until = clock_.wall_now() + 1h,
                                              .note = "pembaruan"}};
    ASSERT_TRUE((*store)->append(declared));
  }

  start(tcp("portal", "127.0.0.1:1") + tcp("other", up_));

  wait_for(state_of("portal", "maintenance"));
  wait_for(state_of("other", "up"));
}

TEST_F(LivesTest, AReloadThatAddsANeedTakesTheTargetDownWithIt) {
  start(tcp("database", "127.0.0.1:1") + tcp("portal", up_));
  wait_for(state_of("database", "down"));
  wait_for(state_of("portal", "up"));

  next_ = parsed(tcp("database", "127.0.0.1:1") + tcp("portal", up_, "needs = [\"database\"]\n"));
  EXPECT_EQ(get("/-/reload", "POST").status, 200);
  wait_for(state_of("portal", "down"));

  next_ = parsed(tcp("database", "127.0.0.1:1") + tcp("portal", up_, "via = [\"database\"]\n"));
  EXPECT_EQ(get("/-/reload", "POST").status, 200);
  wait_for(state_of("portal", "unknown"));

  next_ = parsed(tcp("database", "127.0.0.1:1") + tcp("portal", up_));
  EXPECT_EQ(get("/-/reload", "POST").status, 200);
  wait_for(state_of("portal", "up"));
  end();
  EXPECT_EQ(faults(), std::vector<std::string>{});
}

TEST_F(LivesTest, AReloadThatChangesTheKindBeginsAnotherNode) {
  start(tcp("portal", up_));
  wait_for(state_of("portal", "up"));

  next_ = parsed("[[ping]]\nname = \"portal\"\nhost = \"127.0.0.1\"\n");
  EXPECT_EQ(get("/-/reload", "POST").status, 200);

  EXPECT_FALSE(has("target=\"portal\",kind=\"tcp\""));
  EXPECT_TRUE(has("target=\"portal\",kind=\"ping\""));
  end();
  EXPECT_EQ(nodes(past(), "portal").size(), 2U);
  EXPECT_EQ(faults(), std::vector<std::string>{});
}

TEST_F(LivesTest, WithoutAPlaceForItsJournalItProbesAndSaysSo) {
  Config config = parsed(tcp("portal", up_));
  config.agent.state_dir = machine_ / "not/there";
  auto daemon = Daemon::create(loop_.loop(), clock_, config, [this] { return next_; },
                               {.host = machine_.paths()});
  ASSERT_TRUE(daemon) << describe(daemon.error());
  daemon_ = std::move(*daemon);
  client_ = HttpClient::create(loop_.loop(), *tls_);

  wait_for(state_of("portal", "up"));

  EXPECT_TRUE(has("siaga_journal_durable{office=\"kantor\"} 0"));
  const HttpResponse ready = get("/-/ready");
  EXPECT_EQ(ready.status, 200);
  EXPECT_NE(ready.body.find("the journal is not durable: "), std::string::npos) << ready.body;
  EXPECT_NE(ready.body.find(machine_ / "not/there"), std::string::npos) << ready.body;
}

}  // namespace
}  // namespace siaga
