// What promtool takes, and a document with every row.
#include "agent/journal/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "agent/loop/process.h"
#include "tests/support/descriptors.h"
#include "tests/support/test_loop.h"

namespace siaga::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// 2026-11-21T00:00:00Z, on a grid of 4 min.
constexpr WallTime day{1'795'219'200s};

Stamp stamp(BootNumber boot, Millis at) { return {.boot = boot, .at = BootTime(at)}; }

Past made_past() {
  Past past;
  past.dating.set({.number = 1, .boot_id = "one", .began = day, .is_trusted = true});
  past.dating.set({.number = 2, .boot_id = "two", .began = day + 2h, .is_trusted = true});
  past.nodes = {{.number = 1, .name = "po\"r\\t\nal", .kind = "http", .added = stamp(1, 0ms)},
                {.number = 2,
                 .name = "pln",
                 .kind = "mains",
                 .role = NodeRole::mains,
                 .added = stamp(1, 0ms)}};
  past.stretches = {{.node = 1, .from = stamp(1, 0ms), .to = stamp(1, 600s), .share = Share::up()},
                    {.node = 1,
                     .from = stamp(1, 600s),
                     .to = stamp(1, 700'500ms),
                     .share = Share::down(Cause::power),
                     .outage = 1},
                    {.node = 1,
                     .from = stamp(1, 700'500ms),
                     .to = stamp(2, 60s),
                     .share = Share::unknown(Blind::agent_dark)},
                    {.node = 1, .from = stamp(2, 60s), .to = stamp(2, 3600s), .share = Share::up()},
                    {.node = 2, .from = stamp(1, 0ms), .to = stamp(1, 700s), .share = Share::up()}};
  past.outages = {{.id = 1,
                   .node = 1,
                   .last_good = stamp(1, 570s),
                   .first_bad = stamp(1, 600s),
                   .last_bad = stamp(1, 690s),
                   .ended = stamp(1, 700'500ms),
                   .end = OutageEnd::recovered,
                   .pieces = {{.from = stamp(1, 600s), .cause = Cause::power, .root = 2}},
                   .detail = "no \"answer\"\xff"}};
  past.darks = {{.id = 1, .from = stamp(1, 700s), .to = stamp(2, 60s)}};
  past.windows = {{.id = 1, .targets = {"pln"}, .from = day, .until = day + 1h, .note = "kabel"}};
  past.known_until = stamp(2, 3600s);
  return past;
}

ExportQuery query() { return {.since = day - 1h, .until = day + 24h, .office = "kantor"}; }

template <typename Write>
std::string written(const Write& write, const Past& past, const ExportQuery& asked) {
  std::string text;
  EXPECT_TRUE(write(past, asked, [&](std::string_view piece) {
    text += piece;
    return true;
  }));
  return text;
}

struct Sample {
  double value, at;
};
// By series, in the order of the text.
std::map<std::string, std::vector<Sample>> samples_of(const std::string& text) {
  std::map<std::string, std::vector<Sample>> series;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const auto brace = line.rfind("} ");
    char* rest = nullptr;
    const double value = std::strtod(line.c_str() + brace + 2, &rest);
    series[line.substr(0, brace + 1)].push_back({value, std::strtod(rest, nullptr)});
  }
  return series;
}

constexpr const char* portal = "office=\"kantor\",target=\"po\\\"r\\\\t\\nal\",kind=\"http\"";

TEST(Export, SamplesAreAtEveryChangeAndEveryStepAscending) {
  const auto series = samples_of(written(export_openmetrics, made_past(), query()));

  EXPECT_GE(series.size(), 12U);
  for (const auto& [name, samples] : series) {
    for (std::size_t index = 1; index < samples.size(); ++index)
      ASSERT_LT(samples[index - 1].at, samples[index].at) << name;
  }
  const double zero = unix_seconds(day);
  const auto& down = series.at(std::string("siaga_target_state{") + portal + ",state=\"down\"}");
  std::map<double, double> by_time;
  for (const Sample& sample : down) by_time[sample.at - zero] = sample.value;
  EXPECT_EQ(by_time.at(480), 0);
  EXPECT_EQ(by_time.at(600), 1) << "where it began";
  EXPECT_EQ(by_time.at(700.5), 0) << "where it ended";
  EXPECT_FALSE(by_time.contains(720 + 240 + 1));
  EXPECT_EQ(by_time.at(960), 0);
}

TEST(Export, CountersGrowToTheTotals) {
  const auto series = samples_of(written(export_openmetrics, made_past(), query()));

  const auto last = [&](const std::string& name) { return series.at(name).back(); };
  const std::string labels = std::string("{") + portal;
  EXPECT_DOUBLE_EQ(last("siaga_target_up_seconds_total" + labels + "}").value, 600 + 3540);
  EXPECT_DOUBLE_EQ(last("siaga_target_down_seconds_total" + labels + ",cause=\"power\"}").value,
                   100.5);
  EXPECT_DOUBLE_EQ(
      last("siaga_target_unknown_seconds_total" + labels + ",reason=\"agent_dark\"}").value,
      7200 + 60 - 700.5);
  for (const auto& [name, samples] : series) {
    if (!name.contains("_total")) continue;
    EXPECT_EQ(samples.front().value, 0) << name;
    for (std::size_t index = 1; index < samples.size(); ++index)
      ASSERT_LE(samples[index - 1].value, samples[index].value) << name;
  }
}

TEST(Export, ATargetThatWasAddedAgainGoesOnInItsSeries) {
  Past past = made_past();
  past.nodes[1].name = past.nodes[0].name;
  past.nodes[1].kind = "http";
  past.nodes[1].added = stamp(2, 3600s);
  past.stretches[4].from = stamp(2, 3600s);
  past.stretches[4].to = stamp(2, 7200s);
  past.known_until = stamp(2, 7200s);

  const auto series = samples_of(written(export_openmetrics, past, query()));

  const auto& ups = series.at(std::string("siaga_target_up_seconds_total{") + portal + "}");
  EXPECT_DOUBLE_EQ(ups.back().value, 600 + 3540 + 3600);
  for (std::size_t index = 1; index < ups.size(); ++index)
    ASSERT_LT(ups[index - 1].at, ups[index].at);
}

TEST(Export, DaysWithoutDetailGiveTheirSums) {
  Past past = made_past();
  DayTotals gone{.node = 1, .day = Zone::utc().day_of(day) - 1};
  gone.totals.add(Share::up(), 20h);
  gone.totals.add(Share::down(Cause::host), 4h);
  past.days = {gone};
  ExportQuery asked = query();
  asked.since = day - 24h;

  const auto series = samples_of(written(export_openmetrics, past, asked));

  const auto& ups = series.at(std::string("siaga_target_up_seconds_total{") + portal + "}");
  EXPECT_EQ(ups.front().at, unix_seconds(day - 24h));
  EXPECT_EQ(ups[1].value, 72'000);
  EXPECT_EQ(ups[1].at, unix_seconds(day));
}

TEST(Export, EndsWhenNobodyTakesMore) {
  int pieces = 0;
  ExportQuery asked = query();
  asked.step = 1s;
  const auto sink = [&](std::string_view) { return ++pieces < 2; };

  EXPECT_FALSE(export_openmetrics(made_past(), asked, sink));
  EXPECT_EQ(pieces, 2);
  EXPECT_FALSE(export_json(made_past(), asked, [](std::string_view) { return false; }));
}

TEST(Export, JsonHasEveryRow) {
  const json all = json::parse(written(export_json, made_past(), query()));

  EXPECT_EQ(all["format"], 1);
  EXPECT_EQ(all["office"], "kantor");
  EXPECT_EQ(all["boots"].size(), 2U);
  EXPECT_EQ(all["nodes"][1]["role"], "mains");
  EXPECT_EQ(all["nodes"][1]["removed"], nullptr);
  EXPECT_EQ(all["stretches"].size(), 5U);
  EXPECT_EQ(all["stretches"][1]["class"], "down");
  EXPECT_EQ(all["stretches"][1]["why"], "power");
  EXPECT_EQ(all["stretches"][1]["to"]["seconds"], 700.5);
  EXPECT_EQ(all["stretches"][1]["to"]["date"], "2026-11-21T00:11:40.500Z");
  EXPECT_EQ(all["outages"][0]["causes"][0]["root"], 2);
  EXPECT_EQ(all["dark_intervals"][0]["length_seconds"], nullptr);
  EXPECT_EQ(all["windows"][0]["note"], "kabel");
  for (const char* key : {"revisions", "state_changes", "recoveries", "days"})
    EXPECT_TRUE(all[key].is_array()) << key;
}

// The real promtool makes blocks of it, and reads the samples back.
TEST(Export, PromtoolBackFillsFromIt) {
  namespace fs = std::filesystem;
  const TemporaryFile file(written(export_openmetrics, made_past(), query()));
  const fs::path blocks = file.path() + ".blocks";
  TestLoop test(60s);
  const auto promtool = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "/usr/bin/promtool");
    std::optional<Result<ProcessResult>> ended;
    const auto process = Process::start(
        test.loop(),
        {.arguments = std::move(words), .environment = {}, .output_limit_bytes = 4U << 20U},
        [&](Result<ProcessResult> result) { ended = std::move(result); });
    test.run_until([&] { return ended.has_value(); });
    EXPECT_TRUE(*ended) << (*ended ? "" : describe(ended->error()));
    return *ended ? **ended : ProcessResult{};
  };

  const auto made =
      promtool({"tsdb", "create-blocks-from", "openmetrics", file.path(), blocks.string()});
  fs::create_directory(blocks / "wal");  // `dump` wants one
  const auto dump = promtool({"tsdb", "dump", blocks.string()});
  fs::remove_all(blocks);

  EXPECT_EQ(made.exit_status, 0) << made.output << made.errors;
  EXPECT_EQ(dump.exit_status, 0) << dump.errors;
  EXPECT_THAT(dump.output, HasSubstr("__name__=\"siaga_target_down_seconds_total\""));
  EXPECT_THAT(dump.output, HasSubstr("100.5 "));
  EXPECT_THAT(dump.output, HasSubstr("siaga_outage_active"));
}

}  // namespace
}  // namespace siaga::tests
