// The CPU of making one scrape of 10,000 targets, with and without gzip, beside prometheus-cpp's
// own serializer on the same series. The text is thrown away piece by piece, as the endpoint sends
// it.
#include <benchmark/benchmark.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <ctime>
#include <fstream>
#include <sstream>

#include "exporters/endpoint/gzip.h"
#include "exporters/exposition.h"
#include "exporters/labels.h"
#include "tests/exporters/world.h"

namespace siaga {
namespace {

constexpr std::size_t target_count = 10'000;

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  double all = 0, resident = 0;
  statm >> all >> resident;
  return resident * 4096 / 1048576;
}

// `reasons` per target decides the number of series.
std::shared_ptr<const Snapshot> world_with(std::size_t reasons) {
  std::vector<std::shared_ptr<const TargetStatus>> targets;
  for (std::size_t index = 0; index < target_count; ++index) {
    auto status = world::http_up("office-target-" + std::to_string(index));
    auto info = std::make_shared<TargetInfo>(*status->info);
    info->reasons.clear();
    for (std::size_t reason = 1; reason <= reasons; ++reason)
      info->reasons.push_back(static_cast<Reason>(reason));
    status->info = info;
    status->failures.assign(reasons, 0);
    status->duration = std::chrono::nanoseconds(1'234'567 + index * 7919);
    status->values = {0.001 + static_cast<double>(index) * 1e-7, 0.000123456, 4, std::nan(""), 200};
    status->durations = Histogram(probe_duration_bounds);
    status->durations.observe(status->duration);
    targets.push_back(std::move(status));
  }
  return world::snapshot(std::move(targets));
}

// CPU of this thread: a shared machine's other programs must not count.
Duration cpu_now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

struct Size {
  std::size_t bytes = 0, lines = 0, pieces = 0;
  Duration longest{};
};

Size drain(TextStream& stream) {
  static std::array<char, 65536> piece;
  Size size;
  while (true) {
    const Duration begun = cpu_now();
    const std::size_t count = stream.produce(piece);
    size.longest = std::max(size.longest, cpu_now() - begun);
    if (count == 0) return size;
    size.bytes += count;
    ++size.pieces;
    benchmark::DoNotOptimize(piece.data());
  }
}

std::size_t series_of(const std::string& text) {
  std::size_t count = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) count += line.front() != '#';
  return count;
}

void scrape(benchmark::State& state, bool is_gzipped) {
  const auto snapshot = world_with(static_cast<std::size_t>(state.range(0)));
  const double before = resident_mib();
  Expositions expositions(world::office());
  Size size;
  Duration longest{};
  for (auto _ : state) {
    auto stream = expositions.make(snapshot, "", Format::text);
    if (is_gzipped) stream = gzipped(std::move(stream));
    size = drain(*stream);
    longest = std::max(longest, size.longest);
  }
  state.counters["rss_mib_added"] = resident_mib() - before;
  const auto stream = expositions.make(snapshot, "", Format::text);
  state.counters["series"] = static_cast<double>(series_of(read_all(*stream)));
  state.counters["mib"] = static_cast<double>(size.bytes) / 1048576;
  state.counters["longest_ms"] = seconds(longest) * 1000;
}

void plain(benchmark::State& state) { scrape(state, false); }
void gzip(benchmark::State& state) { scrape(state, true); }
BENCHMARK(plain)->Arg(0)->Arg(12)->Arg(54)->Unit(benchmark::kMillisecond);
BENCHMARK(gzip)->Arg(0)->Arg(12)->Unit(benchmark::kMillisecond);

void new_plan(benchmark::State& state) {
  const auto snapshot = world_with(0);
  for (auto _ : state) benchmark::DoNotOptimize(Plan(world::office(), *snapshot));
  state.counters["plan_mib"] =
      static_cast<double>(Plan(world::office(), *snapshot).size_bytes()) / 1048576;
}
BENCHMARK(new_plan)->Unit(benchmark::kMillisecond);

// Our text, read back into prometheus-cpp's values: the same series.
std::vector<prometheus::MetricFamily> as_families(const std::string& text) {
  std::vector<prometheus::MetricFamily> families;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.front() == '#') continue;
    const std::size_t brace = line.find('{');
    const std::string name = line.substr(0, brace);
    if (families.empty() || families.back().name != name)
      families.push_back({.name = name, .help = "help", .type = prometheus::MetricType::Gauge});
    prometheus::ClientMetric metric;
    for (std::size_t at = brace + 1; line[at] != '}';) {
      const std::size_t equals = line.find('=', at);
      const std::size_t quote = line.find('"', equals + 2);
      metric.label.push_back(
          {line.substr(at, equals - at), line.substr(equals + 2, quote - equals - 2)});
      at = quote + (line[quote + 1] == ',' ? 2 : 1);
    }
    metric.gauge.value = std::stod(line.substr(line.rfind(' ')));
    families.back().metric.push_back(std::move(metric));
  }
  return families;
}

void prometheus_cpp(benchmark::State& state) {
  Expositions expositions(world::office());
  const auto stream =
      expositions.make(world_with(static_cast<std::size_t>(state.range(0))), "", Format::text);
  const auto families = as_families(read_all(*stream));
  std::size_t bytes = 0;
  for (auto _ : state) bytes = prometheus::TextSerializer().Serialize(families).size();
  state.counters["mib"] = static_cast<double>(bytes) / 1048576;
}
BENCHMARK(prometheus_cpp)->Arg(0)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace siaga
