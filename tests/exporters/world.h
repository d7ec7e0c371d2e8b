// Snapshots made by hand: no probe, no engine.
#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <string>

#include "agent/engine/snapshot.h"
#include "exporters/families.h"

namespace siaga::world {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

inline constexpr std::array<ReadingDefinition, 5> http_readings{{
    {.metric = "probe_http_duration_seconds", .label = "phase=\"connect\"", .help = "By phase."},
    {.metric = "probe_http_duration_seconds", .label = "phase=\"transfer\"", .help = "By phase."},
    {.metric = "probe_ip_protocol", .help = "IP version."},
    {.metric = "probe_tls_version_info", .type = ReadingType::info, .help = "TLS version."},
    {.metric = "probe_http_status_code", .help = "Status."},
}};

inline constexpr std::array<ReadingDefinition, 4> ping_readings{{
    {.metric = "probe_ip_protocol", .help = "IP version."},
    {.metric = "smokeping_requests_total",
     .type = ReadingType::counter,
     .dialect = ReadingDialect::smokeping,
     .help = "Pings."},
    {.metric = "smokeping_response_duration_seconds",
     .type = ReadingType::histogram,
     .dialect = ReadingDialect::smokeping,
     .help = "Round trips."},
    {.metric = "siaga_ping_loss_ratio", .dialect = ReadingDialect::siaga, .help = "Loss."},
}};

inline constexpr std::array<double, 2> two_bounds{0.1, 1};

inline std::shared_ptr<TargetInfo> info(std::string name, std::string kind,
                                        std::span<const ReadingDefinition> readings) {
  auto made = std::make_shared<TargetInfo>();
  made->name = std::move(name);
  made->kind = std::move(kind);
  made->host = made->name + ".example";
  made->instance = "https://" + made->host + "/";
  made->readings = readings;
  made->reasons = {Reason::agent_error, Reason::connect_refused};
  made->interval = 30s;
  made->timeout = 5s;
  return made;
}

// Never run yet.
inline std::shared_ptr<TargetStatus> status(std::shared_ptr<const TargetInfo> of) {
  auto made = std::make_shared<TargetStatus>();
  made->failures.assign(of->reasons.size(), 0);
  made->values.assign(of->readings.size(), std::nan(""));
  made->durations = Histogram(two_bounds);
  for (std::size_t row = 0; row < of->readings.size(); ++row) {
    if (of->readings[row].type == ReadingType::counter) made->values[row] = 0;
    if (of->readings[row].type == ReadingType::histogram)
      made->histograms.emplace_back(static_cast<ReadingId>(row), Histogram(two_bounds));
  }
  made->info = std::move(of);
  return made;
}

// An http target that was up and ran once.
inline std::shared_ptr<TargetStatus> http_up(std::string name) {
  auto made = status(info(std::move(name), "http", http_readings));
  made->state = State::up;
  made->since = {.boot = 1, .at = BootTime(1700000000s)};
  made->has_run = true;
  made->verdict = Verdict::ok;
  made->address = "10.0.0.1";
  made->last_run = WallTime(1700000000s + 250ms);
  made->duration = 125ms;
  made->runs = {1, 0, 0};
  made->durations.observe(125ms);
  made->values = {0.002, 1e-05, 4, std::nan(""), 200};
  made->infos = {{3, std::make_shared<const std::string>("version=\"TLS 1.3\"")}};
  return made;
}

inline std::shared_ptr<TargetStatus> ping_down(std::string name) {
  auto made = status(info(std::move(name), "ping", ping_readings));
  made->state = State::down;
  made->state_reason = Reason::ping_no_reply;
  made->state_detail = "3 of 3 <lost> & \"gone\"";
  made->has_run = true;
  made->verdict = Verdict::failed;
  made->reason = Reason::connect_refused;
  made->address = "10.0.0.2";
  made->last_run = WallTime(1700000001s);
  made->duration = 1s;
  made->runs = {0, 2, 0};
  made->failures = {0, 2};
  made->values[1] = 6;
  return made;
}

inline std::shared_ptr<Snapshot> snapshot(
    std::vector<std::shared_ptr<const TargetStatus>> targets) {
  auto made = std::make_shared<Snapshot>();
  made->taken = WallTime(1700000002s);
  made->targets = std::move(targets);
  return made;
}

// `count` targets, each http.
inline std::shared_ptr<Snapshot> many(std::size_t count) {
  std::vector<std::shared_ptr<const TargetStatus>> targets;
  for (std::size_t index = 0; index < count; ++index)
    targets.push_back(http_up("target-" + std::to_string(index)));
  return snapshot(std::move(targets));
}

inline OfficeLabels office() { return {.id = "dinas", .name = "Dinas", .city = "Wamena"}; }

}  // namespace siaga::world
