// docs/links.md and the code say the same: every row of its tables is run through the code.
#include <gtest/gtest.h>

#include "agent/judge/link_judge.h"
#include "agent/judge/self_judge.h"
#include "tests/agent/judge/life.h"

namespace siaga::judge_tests {
namespace {

WayOut way_out(const std::string& what) {
  WayOut way{.has_interface = what != "gone",
             .has_carrier = what != "gone" && what != "no_carrier",
             .has_address = what != "no_address",
             .has_route = what != "no_route",
             .interface = "eth0",
             .gateway = parse_address("10.0.0.1")};
  if (what == "no_gateway" || what == "no_route") way.gateway.reset();
  return way;
}

// "ok", "fail", a reason, or a reason and who said it.
AnchorRun run_of(const Step& step, std::string& detail) {
  const std::vector<std::string> words = split(step.what, ' ');
  AnchorRun run{.began = at(step.at), .detail = {}, .round_trips = {}};
  if (words[0] == "ok") run.verdict = Verdict::ok;
  else if (words[0] == "fail") run.verdict = Verdict::failed, run.reason = Reason::ping_no_reply;
  else run.reason = reason_named(words[0]).value();
  if (run.reason != Reason::none && !is_agent_trouble(run.reason)) run.verdict = Verdict::failed;
  if (words.size() > 1) detail = "a router's words, says " + words[1];
  run.detail = detail;
  return run;
}

struct LinkLife {
  LinkRules rules;
  std::vector<Anchor> anchors;
  std::vector<Step> steps;

  std::size_t place(const std::string& who) const {
    return static_cast<std::size_t>(std::ranges::find(anchors, who, &Anchor::name) -
                                    anchors.begin());
  }
};

LinkLife link_life(const std::string& rules, const std::string& heard) {
  LinkLife life{.rules = {}, .anchors = {}, .steps = parse_steps(heard)};
  life.rules.quorum = static_cast<std::size_t>(std::stoi(rules.substr(rules.find(' '))));
  life.rules.owns_interface = rules.contains("owns");
  life.rules.checks_mtu = rules.contains("mtu");
  for (const auto& [time, who, what] : life.steps) {
    if (life.place(who) < life.anchors.size() || who == "hop" || who == "mtu" || who == "way")
      continue;
    life.anchors.push_back({.name = who,
                            .role = who == "gw"            ? AnchorRole::gateway
                                    : who.starts_with('r') ? AnchorRole::resolver
                                                           : AnchorRole::beyond});
  }
  return life;
}

void hear_link(LinkJudge& judge, const LinkLife& life, const Step& step) {
  std::string detail;
  if (step.who == "way") judge.hear_way(way_out(step.what), at(step.at));
  else if (step.who == "hop") judge.hear_hop(step.what == "ok", at(step.at));
  else if (step.who == "mtu") judge.hear_mtu(run_of(step, detail));
  else judge.hear_anchor(life.place(step.who), run_of(step, detail));
}

TEST(LinksDocument, LinksAreJudgedAsTheTableSays) {
  const std::vector<Row> rows = table("links.md", "links");

  ASSERT_GE(rows.size(), 35U);
  for (const Row& row : rows) {
    const LinkLife life = link_life(row.at(0), row.at(1));
    LinkJudge judge(life.rules, life.anchors);
    judge.hear_way(way_out("up"), at(0));
    auto next = life.steps.begin();
    const int until = std::stoi(row.at(2));

    for (int second = 0; second <= until; ++second) {
      for (; next != life.steps.end() && next->at <= second; ++next) hear_link(judge, life, *next);
      judge.judge(at(second));
    }

    const Ruling ruling = judge.judge(at(until));
    EXPECT_EQ(name(ruling.state), row.at(3)) << row[0] << ": " << row[1] << "\n" << ruling.evidence;
    EXPECT_EQ(ruling.since, at(std::stoi(row.at(4)))) << row[0] << ": " << row[1];
    EXPECT_EQ(name(judge.path_break()), row.at(5)) << row[0] << ": " << row[1];
    EXPECT_LE(ruling.after.value_or(ruling.since), ruling.since);
  }
}

TEST(LinksDocument, TheSelfViewIsJudgedAsTheTableSays) {
  const std::vector<Row> rows = table("links.md", "self");

  ASSERT_GE(rows.size(), 14U);
  for (const Row& row : rows) {
    SelfJudge judge(SelfRules{});
    const int until = std::stoi(row.at(1));

    for (const Step& step : parse_steps(row.at(0))) {
      std::string detail;
      if (step.who == "way") judge.hear_way(way_out(step.what), at(step.at));
      else if (step.who == "gw") judge.hear_gateway(run_of(step, detail));
      else judge.hear_beyond(at(step.at), at(step.at));
      judge.interface(at(step.at));
      judge.gateway(at(step.at));
    }

    EXPECT_EQ(name(judge.interface(at(until)).state), row.at(2)) << row[0];
    EXPECT_EQ(name(judge.gateway(at(until)).state), row.at(3)) << row[0];
  }
}

}  // namespace
}  // namespace siaga::judge_tests
