#include "exporters/exposition.h"

#include <gtest/gtest.h>
#include <locale.h>

#include <chrono>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include "exporters/agent_metrics.h"
#include "exporters/documentation.h"
#include "tests/exporters/world.h"

namespace siaga {
namespace {

std::string scrape(const std::shared_ptr<const Snapshot>& snapshot, Format format) {
  Expositions expositions(world::office());
  const auto stream = expositions.make(snapshot, "", format);
  return read_all(*stream);
}

// What follows the two constant families.
std::string targets_part(const std::string& text) {
  return text.substr(text.find("# HELP probe_success"));
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

struct Seen {
  std::map<std::string, std::string> types;  // by family
  std::set<std::string> series;
  std::string complaint;  // the first
  bool has_end = false;
};

std::string family_of(const std::string& name, const std::map<std::string, std::string>& types) {
  for (const char* suffix : {"", "_total", "_info", "_bucket", "_sum", "_count"})
    if (name.ends_with(suffix)) {
      const std::string stem = name.substr(0, name.size() - std::string(suffix).size());
      if (types.contains(stem)) return stem;
    }
  return "";
}

// Length of `{...}` with escapes honoured; 0 when it is broken.
std::size_t labels_size(const std::string& line, std::size_t at) {
  bool quoted = false;
  for (std::size_t index = at; index < line.size(); ++index) {
    if (quoted && line[index] == '\\') {
      if (std::string("\\n\"").find(line[++index]) == std::string::npos) return 0;
    } else if (line[index] == '"') {
      quoted = !quoted;
    } else if (line[index] == '}' && !quoted) {
      return index + 1 - at;
    }
  }
  return 0;
}

// A strict reader of what both formats have in common.
Seen parse(const std::string& text) {
  Seen seen;
  std::set<std::string> closed;
  std::string family;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto wrong = [&](const char* why) {
      if (seen.complaint.empty()) seen.complaint = why + (": " + line);
    };
    if (seen.has_end) wrong("after the end");
    if (line == "# EOF") {
      seen.has_end = true;
    } else if (line.starts_with("# HELP ")) {
      const std::string name = line.substr(7, line.find(' ', 7) - 7);
      if (!closed.insert(name).second) wrong("family twice");
      family = name;
    } else if (line.starts_with("# TYPE ")) {
      const std::string name = line.substr(7, line.find(' ', 7) - 7);
      if (name != family) wrong("TYPE of another family");
      seen.types[name] = line.substr(line.rfind(' ') + 1);
    } else {
      const std::size_t brace = line.find('{');
      const std::size_t size = brace == std::string::npos ? 0 : labels_size(line, brace);
      if (size == 0) {
        wrong("labels");
        continue;
      }
      if (family_of(line.substr(0, brace), seen.types) != family) wrong("interleaved");
      if (!seen.series.insert(line.substr(0, brace + size)).second) wrong("series twice");
      const std::string value = line.substr(brace + size);
      if (value.size() < 2 || value[0] != ' ' || value.find(' ', 1) != std::string::npos)
        wrong("value");
    }
  }
  return seen;
}

TEST(Exposition, GivesTheGoldenTextOfASmallWorld) {
  const std::string text = targets_part(scrape(
      world::snapshot({world::http_up("portal"), world::ping_down("router")}), Format::text));

  const std::string portal = "office=\"dinas\",target=\"portal\",kind=\"http\"";
  const std::string router = "office=\"dinas\",target=\"router\",kind=\"ping\"";
  const std::string portal_instance = portal + ",instance=\"https://portal.example/\"";
  const std::string ping =
      router + ",host=\"router.example\",ip=\"10.0.0.2\",source=\"\",tos=\"0\"";
  for (const std::string& line : std::vector<std::string>{
           "# TYPE probe_success gauge",
           "probe_success{" + portal_instance + "} 1",
           "probe_success{" + router + ",instance=\"https://router.example/\"} 0",
           "probe_duration_seconds{" + portal_instance + "} 0.125",
           "# TYPE siaga_probe_runs_total counter",
           "siaga_probe_runs_total{" + portal + ",verdict=\"ok\"} 1",
           "siaga_probe_runs_total{" + portal + ",verdict=\"unknown\"} 0",
           "siaga_probe_failures_total{" + portal + ",reason=\"connect_refused\"} 0",
           "siaga_probe_failures_total{" + router + ",reason=\"connect_refused\"} 2",
           "siaga_probe_duration_seconds_bucket{" + portal + ",le=\"0.1\"} 0",
           "siaga_probe_duration_seconds_bucket{" + portal + ",le=\"1\"} 1",
           "siaga_probe_duration_seconds_bucket{" + portal + ",le=\"+Inf\"} 1",
           "siaga_probe_duration_seconds_sum{" + portal + "} 0.125",
           "siaga_probe_duration_seconds_count{" + portal + "} 1",
           "siaga_probe_last_run_timestamp_seconds{" + portal + "} 1700000000.25",
           "siaga_target_state{" + portal + ",state=\"up\"} 1",
           "siaga_target_state{" + portal + ",state=\"maintenance\"} 0",
           "siaga_target_info{" + portal +
               ",url=\"https://portal.example/\",host=\"portal.example\"" +
               ",interval=\"30s\",timeout=\"5s\",confirm=\"2\",recover=\"1\"} 1",
           "probe_http_duration_seconds{" + portal_instance + ",phase=\"transfer\"} 1e-05",
           "probe_tls_version_info{" + portal_instance + ",version=\"TLS 1.3\"} 1",
           "smokeping_requests_total{" + ping + "} 6",
           "smokeping_response_duration_seconds_bucket{" + ping + ",le=\"+Inf\"} 0",
       })
    EXPECT_TRUE(has_line(text, line)) << line << "\nin\n" << text;
  EXPECT_EQ(parse(text).complaint, "");
}

TEST(Exposition, OpenMetricsHasItsOwnFamilyNamesAndEnd) {
  const std::string text = scrape(
      world::snapshot({world::http_up("portal"), world::ping_down("router")}), Format::openmetrics);

  const Seen seen = parse(text);

  EXPECT_EQ(seen.complaint, "");
  EXPECT_TRUE(seen.has_end);
  EXPECT_TRUE(text.ends_with("# EOF\n"));
  EXPECT_EQ(seen.types.at("siaga_probe_runs"), "counter");
  EXPECT_EQ(seen.types.at("smokeping_requests"), "counter");
  EXPECT_EQ(seen.types.at("siaga_target"), "info");
  EXPECT_EQ(seen.types.at("siaga_probe_duration_seconds"), "histogram");
  EXPECT_FALSE(seen.types.contains("siaga_probe_runs_total"));
}

TEST(Exposition, KindsThatShareAMetricShareItsFamily) {
  const Seen seen = parse(
      scrape(world::snapshot({world::ping_down("a"), world::http_up("b"), world::ping_down("c")}),
             Format::text));

  EXPECT_EQ(seen.complaint, "");
  EXPECT_EQ(seen.types.count("probe_ip_protocol"), 1U);
}

TEST(Exposition, WhatIsNotKnownIsAbsentAndCountersStartAtZero) {
  auto never_run = world::status(world::info("new", "ping", world::ping_readings));
  auto trouble = world::http_up("trouble");
  trouble->verdict = Verdict::unknown;
  trouble->reason = Reason::agent_error;

  const std::string text = scrape(world::snapshot({never_run, trouble}), Format::text);

  EXPECT_EQ(text.find("probe_success{"), std::string::npos);
  EXPECT_EQ(text.find("last_run_timestamp_seconds{office=\"dinas\",target=\"new\""),
            std::string::npos);
  EXPECT_EQ(text.find("NaN"), std::string::npos);
  EXPECT_EQ(text.find("smokeping_"), std::string::npos) << "no address, no ip label";
  EXPECT_TRUE(has_line(
      text,
      "siaga_probe_runs_total{office=\"dinas\",target=\"new\",kind=\"ping\",verdict=\"ok\"} 0"));
}

TEST(Exposition, APingTargetGivenByAddressCountsFromTheStart) {
  auto info = world::info("router", "ping", world::ping_readings);
  info->host = "10.9.8.7";

  const std::string text = scrape(world::snapshot({world::status(info)}), Format::text);

  EXPECT_NE(text.find("ip=\"10.9.8.7\",source=\"\",tos=\"0\"} 0"), std::string::npos) << text;
}

TEST(Exposition, ATargetThatIsGoneLeavesNoGhost) {
  Expositions expositions(world::office());
  auto first = world::http_up("first");
  auto second = world::http_up("second");
  const auto before = expositions.make(world::snapshot({first, second}), "", Format::text);

  const auto after = expositions.make(world::snapshot({second}), "", Format::text);

  EXPECT_EQ(read_all(*after).find("\"first\""), std::string::npos);
  EXPECT_NE(read_all(*before).find("\"first\""), std::string::npos) << "a scrape sees one instant";
}

TEST(Exposition, AChangedOfficeIsOnEverySeriesOfTheNextScrape) {
  Expositions expositions(world::office());
  const auto snapshot = world::snapshot({world::http_up("portal")});
  read_all(*expositions.make(snapshot, "", Format::text));

  expositions.set_office({.id = "kelurahan"});

  EXPECT_EQ(read_all(*expositions.make(snapshot, "", Format::text)).find("dinas"),
            std::string::npos);
}

TEST(Exposition, HostileTextCannotBreakALine) {
  auto info = world::info("a\"b\\c\nd\xff", "http", world::http_readings);
  info->labels = {
      {"url", "mine"}, {"ok-1", "x\ny"}, {"9", "nine"}, {"empty", ""}, {"ok.1", "twice"}};

  const std::string text = scrape(world::snapshot({world::status(info)}), Format::openmetrics);

  EXPECT_EQ(parse(text).complaint, "");
  EXPECT_NE(text.find("target=\"a\\\"b\\\\c\\nd\xEF\xBF\xBD\""), std::string::npos) << text;
  EXPECT_NE(text.find(",exported_url=\"mine\",ok_1=\"x\\ny\",_9=\"nine\"} 1"), std::string::npos)
      << text;
}

TEST(Exposition, TheTextIsTheSameForEverySizeOfPiece) {
  const auto snapshot = world::snapshot({world::http_up("portal"), world::ping_down("router")});
  const std::string whole = scrape(snapshot, Format::openmetrics);
  for (const std::size_t size : {1UZ, 7UZ, 100UZ, 1000UZ, 4096UZ}) {
    Expositions expositions(world::office());
    const auto stream = expositions.make(snapshot, "", Format::openmetrics);
    std::string text, piece(size, '\0');

    while (const std::size_t count = stream->produce(piece)) text.append(piece, 0, count);

    EXPECT_EQ(text, whole) << size;
    EXPECT_EQ(stream->produce(piece), 0U);
  }
}

TEST(Exposition, NoSnapshotIsTooSmall) {
  const Seen seen = parse(scrape(world::snapshot({}), Format::openmetrics));

  EXPECT_EQ(seen.complaint, "");
  EXPECT_TRUE(seen.has_end);
  EXPECT_EQ(seen.types.size(), 2U);
}

TEST(Exposition, PiecesAreFullAndQuick) {
  Expositions expositions(world::office());
  const auto stream = expositions.make(world::many(2000), "", Format::text);
  std::string piece(65536, '\0');
  std::size_t short_pieces = 0;
  Duration longest{};
  SystemClock clock;

  while (true) {
    const Instant begun = clock.now();
    const std::size_t count = stream->produce(piece);
    longest = std::max(longest, clock.now() - begun);
    if (count == 0) break;
    if (count < piece.size()) ++short_pieces;
  }

  EXPECT_LE(short_pieces, 2U);
  EXPECT_LT(longest, std::chrono::milliseconds(100)) << "generous: sanitizers, shared cores";
}

TEST(Exposition, NumbersDoNotDependOnTheLocale) {
  const char* const had = setlocale(LC_ALL, nullptr);
  const std::string before = had;
  for (const char* locale : {"id_ID.UTF-8", "de_DE.UTF-8"}) setlocale(LC_ALL, locale);

  const std::string text = scrape(world::snapshot({world::http_up("portal")}), Format::text);

  setlocale(LC_ALL, before.c_str());
  EXPECT_NE(text.find("} 0.125\n"), std::string::npos);
}

std::string written(double value) {
  std::array<char, number_bytes> text{};
  return {text.data(), write_number(text.data(), value)};
}

TEST(Numbers, AreShortAndExact) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(written(0), "0");
  EXPECT_EQ(written(-3), "-3");
  EXPECT_EQ(written(0.1), "0.1");
  EXPECT_EQ(written(1763757057.125), "1763757057.125");
  EXPECT_EQ(written(9007199254740991.0), "9007199254740991");
  EXPECT_EQ(written(5e-324), "5e-324");
  EXPECT_EQ(written(-1.7976931348623157e308), "-1.7976931348623157e+308");
  EXPECT_EQ(written(infinity), "+Inf");
  EXPECT_EQ(written(-infinity), "-Inf");
  EXPECT_EQ(written(std::nan("")), "NaN");
}

std::string agent_text(AgentMetrics& metrics, Format format) {
  return metrics.text("dinas", format);
}

TEST(AgentMetrics, CountFromZeroAndUnderTheOfficesName) {
  constexpr std::array<std::string_view, 1> kinds{"http"};
  constexpr std::array<std::string_view, 1> reasons{"busy"};
  AgentMetrics metrics(kinds, reasons);
  metrics.observe_lag(std::chrono::milliseconds(3));
  metrics.count_late("http");
  metrics.set_reload(true, WallTime(std::chrono::seconds(1700000000)));
  metrics.set_totals({.resolver_queries = 7});
  metrics.count_scrape(ScrapeEnd::idle, {});

  for (const Format format : {Format::text, Format::openmetrics}) {
    const std::string text = agent_text(metrics, format);

    EXPECT_EQ(parse(text).complaint, "");
    for (const char* line : {
             "siaga_probes_late_total{office=\"dinas\",kind=\"http\"} 1",
             "siaga_probes_skipped_total{office=\"dinas\",kind=\"http\",reason=\"busy\"} 0",
             "siaga_loop_lag_seconds_bucket{office=\"dinas\",le=\"0.005\"} 1",
             "siaga_loop_lag_seconds_bucket{office=\"dinas\",le=\"+Inf\"} 1",
             "siaga_config_last_reload_successful{office=\"dinas\"} 1",
             "siaga_config_last_reload_success_timestamp_seconds{office=\"dinas\"} 1700000000",
             "siaga_resolver_queries_total{office=\"dinas\"} 7",
             "siaga_scrapes_dropped_total{office=\"dinas\",reason=\"idle\"} 1",
             "siaga_scrapes_dropped_total{office=\"dinas\",reason=\"refused\"} 0",
         })
      EXPECT_TRUE(has_line(text, line)) << line << "\nin\n" << text;
    EXPECT_NE(text.find("process_resident_memory_bytes{office=\"dinas\"} "), std::string::npos);
  }
}

TEST(AgentMetrics, EveryFamilyOfTheTableCanBeSeen) {
  constexpr std::array<std::string_view, 1> kinds{"http"};
  AgentMetrics metrics(kinds, kinds);
  metrics.set_reload(true, {});
  const Seen seen = parse(agent_text(metrics, Format::text));

  for (const FamilyRow& row : agent_families())
    EXPECT_TRUE(seen.types.contains(std::string(row.metric))) << row.metric;
  EXPECT_EQ(seen.types.size(), agent_families().size());
}

TEST(Metrics, PromtoolFindsNothingToComplainAbout) {
  ASSERT_EQ(std::system("command -v promtool >/dev/null 2>&1"), 0)
      << "promtool is in Debian's package prometheus";
  constexpr std::array<std::string_view, 1> kinds{"http"};
  AgentMetrics metrics(kinds, kinds);
  metrics.set_reload(true, {});
  Expositions expositions(world::office());
  const auto stream =
      expositions.make(world::snapshot({world::http_up("portal"), world::ping_down("router")}),
                       agent_text(metrics, Format::text), Format::text);
  const std::string text = read_all(*stream);
  const std::string errors_path =
      ::testing::TempDir() + "siaga-promtool-" + std::to_string(getpid());

  FILE* promtool = popen(("promtool check metrics >" + errors_path + " 2>&1").c_str(), "w");
  ASSERT_NE(promtool, nullptr);
  EXPECT_EQ(fwrite(text.data(), 1, text.size(), promtool), text.size());
  const int status = pclose(promtool);

  std::stringstream errors;
  errors << std::ifstream(errors_path).rdbuf();
  unlink(errors_path.c_str());
  EXPECT_EQ(errors.str(), "");
  EXPECT_EQ(status, 0);
}

TEST(Metrics, NoNameIsTwiceInTheTables) {
  std::set<std::string_view> names;
  for (const TargetFamily& family : target_families())
    EXPECT_TRUE(names.insert(family.row.metric).second) << family.row.metric;
  for (const FamilyRow& row : agent_families())
    EXPECT_TRUE(names.insert(row.metric).second) << row.metric;
  for (const FamilyRow& row : constant_families())
    EXPECT_TRUE(names.insert(row.metric).second) << row.metric;
}

TEST(Documentation, NamesEveryMetricOnce) {
  const std::array<KindReadings, 1> kinds{{{"http", world::http_readings}}};

  const std::string page = document_metrics(kinds);

  EXPECT_NE(page.find("## Kind `http`"), std::string::npos);
  const std::size_t first = page.find("`probe_http_duration_seconds`");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(page.find("`probe_http_duration_seconds`", first + 1), std::string::npos);
  EXPECT_NE(page.find("`siaga_target_state`"), std::string::npos);
  EXPECT_NE(page.find("`process_open_fds`"), std::string::npos);
}

}  // namespace
}  // namespace siaga
