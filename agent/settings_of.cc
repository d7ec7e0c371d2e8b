#include "agent/settings_of.h"

#include <sys/resource.h>

#include <utility>

#include "probes/link_options.h"
#include "probes/registry.h"

namespace siaga {

OfficeLabels office_labels(const OfficeConfig& office) {
  OfficeLabels labels{.id = office.id, .name = office.name, .city = office.city};
  if (office.location) {
    labels.has_location = true;
    labels.latitude = office.location->latitude;
    labels.longitude = office.location->longitude;
  }
  return labels;
}

FlightCaps caps_of(const AgentConfig& agent) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return within_descriptors({.in_all = static_cast<std::size_t>(agent.flights_max),
                             .per_kind = static_cast<std::size_t>(agent.flights_per_kind)},
                            limit.rlim_cur);
}

log::Level log_level_of(const AgentConfig& agent) {
  if (agent.log_level == "debug") return log::Level::debug;
  if (agent.log_level == "warning") return log::Level::warning;
  return agent.log_level == "error" ? log::Level::error : log::Level::info;
}

Zone zone_of(const OfficeConfig& office) {
  auto zone = Zone::named(office.timezone.empty() ? "UTC" : office.timezone);
  if (zone) return *zone;
  log::warning("reports and windows are in UTC", {{"error", describe(zone.error())}});
  return Zone::utc();
}

EngineRules rules_of(const DefaultsConfig& defaults) {
  return {.settle = std::chrono::ceil<Millis>(defaults.settle),
          .recovery_grace = std::chrono::ceil<Millis>(defaults.recovery_grace),
          .flap_limit = defaults.flap_limit,
          .flap_window = std::chrono::ceil<Millis>(defaults.flap_window)};
}

RecorderSettings recorder_settings(const Config& config, HostPaths host) {
  return {.journal = {.state_dir = config.agent.state_dir,
                      .retention = {.age = config.journal.retention,
                                    .bytes = static_cast<std::uint64_t>(config.journal.max_bytes)},
                      .vfs = {}},
          .host = std::move(host),
          .is_clock_trusted = config.agent.clock == "trusted"};
}

JournalTotals journal_totals(const JournalState& state) {
  return {.is_durable = state.is_durable,
          .bytes = state.bytes,
          .records = state.records,
          .waiting = state.waiting,
          .dropped = state.dropped,
          .errors = state.errors,
          .transactions = state.transactions,
          .beats = state.beats,
          .set_aside = state.set_aside_count,
          .damages = state.damage_count,
          .write_seconds = seconds(state.last_write)};
}

std::vector<std::string_view> kind_names() {
  std::vector<std::string_view> names;
  names.reserve(kinds().size() + 1);
  for (const Kind* kind : kinds()) names.push_back(kind->name);
  names.push_back(link_kind);
  return names;
}

std::vector<std::string_view> skip_reason_names() {
  std::vector<std::string_view> names;
  names.reserve(skip_reason_count);
  for (std::size_t index = 0; index < skip_reason_count; ++index) {
    names.push_back(name(static_cast<SkipReason>(index)));
  }
  return names;
}

}  // namespace siaga
