// The whole configuration as plain values that can be compared: a reload is a comparison.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/option.h"
#include "agent/core/local_time.h"
#include "agent/core/weekly.h"

namespace siaga {

struct OfficeConfig {
  std::string id, name, city, timezone;
  std::optional<Location> location;
  bool operator==(const OfficeConfig&) const = default;
};

struct AgentConfig {
  std::string state_dir;
  std::int64_t flights_max = 0;  // probes under way at once, in all
  std::int64_t flights_per_kind = 0;
  std::string log_level = "info";      // debug, info, warning, error
  std::string clock = "auto";          // auto, trusted
  std::vector<std::string> resolvers;  // "10.0.0.53" or "10.0.0.53:53"; empty: the system's
  bool operator==(const AgentConfig&) const = default;
};

struct WebConfig {
  std::vector<std::string> listen;  // "127.0.0.1:9790", "[::1]:9790", "unix:/run/..."
  bool operator==(const WebConfig&) const = default;
};

// How much of the past is kept; the oldest detail goes first.
struct JournalConfig {
  Duration retention{};
  std::int64_t max_bytes = 0;
  bool operator==(const JournalConfig&) const = default;
};

// What [defaults] says beyond the keys that every target can set for itself.
struct DefaultsConfig {
  Duration settle{}, recovery_grace{};
  double availability_target = 0;
  Duration momentary{};  // a power cut no longer than this is momentary, a longer one sustained
  std::int64_t flap_limit = 0;  // more changes of state than this within `flap_window`: flapping
  Duration flap_window{};
  bool operator==(const DefaultsConfig&) const = default;
};

// A window that comes every week, or one from a date to a date, both of the office's time zone.
struct MaintenanceConfig {
  std::string name;
  std::vector<std::string> targets;   // empty: all
  std::optional<WeeklyTimes> weekly;  // when not set, `from` and `until` hold
  LocalTime from, until;
  bool operator==(const MaintenanceConfig&) const = default;
};

struct TargetConfig {
  std::string kind;
  std::string name;
  Duration interval{}, timeout{}, retry_interval{};
  std::int64_t confirm = 2, recover = 1, priority = 0;
  std::vector<std::string> needs, via;
  StringMap labels;                  // go to siaga_target_info only
  std::vector<OptionValue> options;  // aligned with the kind's option table
  bool operator==(const TargetConfig&) const = default;
};

struct Config {
  OfficeConfig office;
  AgentConfig agent;
  WebConfig web;
  JournalConfig journal;
  DefaultsConfig defaults;
  std::vector<MaintenanceConfig> maintenance;  // in the file's order, as the targets are
  std::vector<TargetConfig> targets;
  bool operator==(const Config&) const = default;
};

}  // namespace siaga
