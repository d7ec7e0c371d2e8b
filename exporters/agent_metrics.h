// The agent's metrics about itself, in a prometheus-cpp registry. Targets' metrics are not here:
// they come from the snapshot. Names, types, labels and help stand in one table in the source.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/core/time.h"
#include "agent/engine/history.h"
#include "exporters/families.h"

namespace siaga {

struct JournalTotals {
  bool is_durable = false;
  std::uint64_t bytes = 0, records = 0, waiting = 0, dropped = 0, errors = 0, transactions = 0;
  std::uint64_t beats = 0, set_aside = 0, damages = 0;
  double write_seconds = 0;  // the last transaction
};

// What others count; handed over before each scrape.
struct AgentTotals {
  std::uint64_t probes_in_flight = 0;
  double availability_target = 0;  // 0.999
  std::uint64_t resolver_queries = 0, resolver_cache_hits = 0, resolver_failures = 0;
  std::uint64_t resolver_cached_names = 0;
  std::uint64_t tls_handshakes = 0, tls_chains_verified = 0, tls_chains_cached = 0;
  bool is_clock_trusted = false;
  double clock_step_seconds = 0;  // the last one
  std::uint64_t clock_steps = 0;
  // By DarkClass, of all time.
  std::array<std::uint64_t, dark_class_count> dark_intervals{};
  std::array<Millis, dark_class_count> dark_lengths{};
  JournalTotals journal;
};

enum class ScrapeEnd : std::uint8_t {
  complete,
  refused,  // too many at once
  idle,     // the reader took nothing for too long, or took too long in all
  broken,   // the reader went away
};

class AgentMetrics {
 public:
  // Counters by kind start at 0 for each of `kinds`, those by reason for each of `skip_reasons`.
  AgentMetrics(std::span<const std::string_view> kinds,
               std::span<const std::string_view> skip_reasons);
  ~AgentMetrics();
  AgentMetrics(const AgentMetrics&) = delete;
  AgentMetrics& operator=(const AgentMetrics&) = delete;

  void observe_lag(Duration lag);
  void count_late(std::string_view kind);
  void count_skipped(std::string_view kind, std::string_view reason, std::uint64_t count = 1);
  void set_reload(bool is_successful, WallTime when);
  void set_totals(const AgentTotals& totals);
  // `spent` is the time the loop spent on making the text, not the time the reader took.
  void count_scrape(ScrapeEnd end, Duration spent);

  // All of it as text; reads /proc for process_*.
  std::string text(std::string_view office, Format format);

 private:
  struct Registered;
  std::unique_ptr<Registered> registered_;
};

std::span<const FamilyRow> agent_families();

}  // namespace siaga
