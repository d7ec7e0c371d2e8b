#include "agent/cli/probe_report.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agent/cli/ad_hoc.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

constexpr std::array<ReadingDefinition, 3> rows{{
    {.metric = "probe_http_duration_seconds", .label = "phase=\"connect\""},
    {.metric = "probe_http_duration_seconds", .label = "phase=\"processing\""},
    {.metric = "probe_http_status_code"},
}};

TargetInfo info() {
  return {.name = "portal", .kind = "http", .instance = "http://a/", .host = "a", .readings = rows};
}

Outcome failing() {
  Outcome outcome = judged(Reason::http_status, "status 503 is not one of 2xx");
  outcome.duration = 40ms;
  outcome.address = "10.0.0.1";
  outcome.readings.set(0, 0.010);
  outcome.readings.set(1, 0.030);
  outcome.readings.set(2, 503);
  auto explanation = std::make_unique<Explanation>();
  explanation->lines = {{"address", "10.0.0.1"}, {"rule", "status"}};
  explanation->excerpt = "<html>\x1b[31mSorry";
  outcome.explanation = std::move(explanation);
  return outcome;
}

TEST(ProbeReport, ShowsVerdictReasonCauseAndAWaterfall) {
  const std::string text = report_as_text(info(), failing(), {}, true);

  EXPECT_EQ(text,
            "FAILED http http://a/ 40.0 ms (10.0.0.1)\n"
            "  http_status: status 503 is not one of 2xx [cause: service]\n"
            "  connect        10.0 ms  ██████████\n"
            "  processing     30.0 ms            ██████████████████████████████\n"
            "  address      10.0.0.1\n"
            "  rule         status\n"
            "  the answer began with:\n    <html> [31mSorry\n");
}

TEST(ProbeReport, AGoodRunIsOneLineAndItsPhases) {
  Outcome outcome = judged(Reason::none);
  outcome.duration = 10ms;

  EXPECT_EQ(report_as_text(info(), outcome, {}, false), "OK http http://a/ 10.0 ms\n");
  EXPECT_EQ(report_as_text(info(), outcome, {.language = Language::indonesian}, false),
            "BAIK http http://a/ 10.0 ms\n");
}

TEST(ProbeReport, JsonHasTheSameKeysWhateverHappened) {
  const auto bad = nlohmann::ordered_json::parse(report_as_json(info(), failing()));
  const auto good = nlohmann::ordered_json::parse(report_as_json(info(), judged(Reason::none)));

  std::vector<std::string> bad_keys, good_keys;
  for (const auto& [key, value] : bad.items()) bad_keys.push_back(key);
  for (const auto& [key, value] : good.items()) good_keys.push_back(key);
  EXPECT_EQ(bad_keys, good_keys);
  EXPECT_EQ(bad["readings"]["probe_http_status_code"], 503);
  EXPECT_EQ(bad["cause"], "service");
  EXPECT_EQ(good["reason"], "");
}

TEST(AdHocTarget, WritesWhatAUserWouldHaveWritten) {
  EXPECT_EQ(target_text("https://a.example/x?y=1"),
            "[[http]]\nname = \"https://a.example/x?y=1\"\nurl = \"https://a.example/x?y=1\"\n");
  EXPECT_EQ(target_text("ping://10.0.0.1/"),
            "[[ping]]\nname = \"ping://10.0.0.1/\"\nhost = \"10.0.0.1\"\n");
  EXPECT_EQ(target_text("dns://10.0.0.53/go.id?type=NS"),
            "[[dns]]\nname = \"dns://10.0.0.53/go.id?type=NS\"\nquery = \"go.id\"\ntype = "
            "\"NS\"\nserver = \"10.0.0.53\"\n");
  EXPECT_EQ(target_text("dns:///go.id"),
            "[[dns]]\nname = \"dns:///go.id\"\nquery = \"go.id\"\ntype = \"A\"\n");
}

TEST(AdHocTarget, CannotBreakOutOfItsString) {
  EXPECT_EQ(target_text("tcp://a\"\n[x]:1"),
            "[[tcp]]\nname = \"tcp://a\\\"\\n[x]:1\"\nhost = \"a\\\"\\n[x]:1\"\n");
}

TEST(AdHocTarget, KnowsItsSchemes) {
  EXPECT_TRUE(is_probe_url("tls://a:443"));
  EXPECT_FALSE(is_probe_url("ftp://a"));
  EXPECT_FALSE(is_probe_url("portal"));
}

}  // namespace
}  // namespace siaga
