// The control socket's pages: queries in, JSON out, and nothing of it on the public addresses.
#include "exporters/endpoint/control.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "exporters/endpoint/site.h"
#include "tests/exporters/world.h"

namespace siaga {
namespace {

using std::chrono_literals::operator""s;

WebHandlers handlers(std::vector<Window>* windows) {
  WebHandlers made{.snapshot = [] { return world::snapshot({}); },
                   .totals = [] { return AgentTotals{}; },
                   .ready = [] { return Readiness{}; },
                   .reload = [] { return ReloadAnswer{}; },
                   .control = {}};
  if (windows == nullptr) return made;
  made.control = ControlHandlers{
      .flush = [] { return std::uint64_t{7}; },
      .journal = []() -> JournalView {
        return {.ticket = 7,
                .durable_ticket = 6,
                .is_durable = true,
                .trouble = {},
                .path = "/var/lib/siaga/journal.db"};
      },
      .windows = [windows] { return *windows; },
      .declare = [windows](Window window) -> std::expected<ControlHandlers::Declared, std::string> {
        if (window.targets == std::vector<std::string>{"nobody"})
          return std::unexpected(std::string("there is no target 'nobody'"));
        window.id = windows->size() + 1;
        windows->push_back(window);
        return ControlHandlers::Declared{.id = window.id, .ticket = 9};
      },
      .cancel = [](std::uint64_t id) -> std::expected<ControlHandlers::Declared, std::string> {
        return ControlHandlers::Declared{.id = id, .ticket = 10};
      }};
  return made;
}

class ControlTest : public testing::Test {
 protected:
  Answer ask(std::string_view method, std::string_view path, Query query = {}) {
    return site_.answer({.method = method,
                         .path = path,
                         .accept = {},
                         .accept_encoding = {},
                         .accept_language = {},
                         .fetch_site = {},
                         .query = std::move(query)});
  }

  std::vector<Window> windows_;
  AgentMetrics metrics_{{}, {}};
  Expositions expositions_{OfficeLabels{.id = "lab", .name = {}, .city = {}}};
  Site site_{handlers(&windows_), expositions_, metrics_};
};

TEST_F(ControlTest, FlushAnswersWithATicketAndTheJournalSaysHowFarItIs) {
  const Answer flushed = ask("POST", "/api/v1/flush");
  const Answer journal = ask("GET", "/api/v1/journal");

  EXPECT_EQ(flushed.status, 202U);
  EXPECT_EQ(nlohmann::json::parse(flushed.body)["ticket"], 7);
  const auto json = nlohmann::json::parse(journal.body);
  EXPECT_EQ(json["durable_ticket"], 6);
  EXPECT_EQ(json["is_durable"], true);
  EXPECT_EQ(json["path"], "/var/lib/siaga/journal.db");
  EXPECT_EQ(ask("GET", "/api/v1/flush").status, 405U) << "looking changes nothing";
}

TEST_F(ControlTest, AWindowIsDeclaredAndListed) {
  const Answer declared = ask("POST", "/api/v1/maintenance",
                              {{"from", "1800000000"},
                               {"until", "1800003600.5"},
                               {"target", "a"},
                               {"target", "b"},
                               {"note", "patch & \"night\""}});

  EXPECT_EQ(declared.status, 202U);
  EXPECT_EQ(nlohmann::json::parse(declared.body)["id"], 1);
  ASSERT_EQ(windows_.size(), 1U);
  EXPECT_EQ(windows_[0].from, WallTime(1800000000s));
  const auto listed = nlohmann::json::parse(ask("GET", "/api/v1/maintenance").body)["windows"][0];
  EXPECT_EQ(listed["until"], 1800003600.5);
  EXPECT_EQ(listed["targets"], (nlohmann::json{"a", "b"}));
  EXPECT_EQ(listed["note"], "patch & \"night\"");
  EXPECT_EQ(ask("POST", "/api/v1/maintenance/cancel", {{"id", "1"}}).status, 202U);
}

TEST_F(ControlTest, WhatIsWrongWithARequestIsSaid) {
  struct Bad {
    Query query;
    std::string_view says;
  };
  const std::vector<Bad> all{
      {{}, "from and until"},
      {{{"from", "1"}}, "from and until"},
      {{{"from", "2"}, {"until", "1"}}, "after from"},
      {{{"from", "1"}, {"until", "1"}}, "after from"},
      {{{"from", "tomorrow"}, {"until", "1"}}, "unix seconds"},
      {{{"from", "nan"}, {"until", "1"}}, "unix seconds"},
      {{{"from", "1"}, {"until", "1e300"}}, "unix seconds"},
      {{{"from", "1"}, {"until", "2"}, {"targets", "a"}}, "unknown parameter 'targets'"},
      {{{"from", "1"}, {"until", "2"}, {"target", "nobody"}}, "no target 'nobody'"},
  };
  for (const Bad& bad : all) {
    const Answer answer = ask("POST", "/api/v1/maintenance", bad.query);
    EXPECT_EQ(answer.status, 400U);
    EXPECT_NE(answer.body.find(bad.says), std::string::npos) << answer.body;
  }
  EXPECT_EQ(ask("POST", "/api/v1/maintenance/cancel", {{"id", "-1"}}).status, 400U);
  EXPECT_EQ(ask("POST", "/api/v1/maintenance/cancel", {{"id", "0"}}).status, 400U);
  EXPECT_TRUE(windows_.empty());
}

TEST_F(ControlTest, NothingOfItIsServedOnPublicAddresses) {
  Site open(handlers(nullptr), expositions_, metrics_);

  for (const std::string_view path :
       {"/api/v1/flush", "/api/v1/journal", "/api/v1/maintenance", "/api/v1/maintenance/cancel"}) {
    const Answer answer = open.answer({.method = "POST",
                                       .path = path,
                                       .accept = {},
                                       .accept_encoding = {},
                                       .accept_language = {},
                                       .fetch_site = {},
                                       .query = {{"id", "1"}}});
    EXPECT_EQ(answer.status, 404U) << path;
  }
}

}  // namespace
}  // namespace siaga
