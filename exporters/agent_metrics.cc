#include "exporters/agent_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>

#include "exporters/process_facts.h"
#include "exporters/registry_text.h"

namespace siaga {
namespace {

using prometheus::Counter;
using prometheus::Gauge;

enum Row : std::size_t {
  loop_lag,
  late,
  skipped,
  in_flight,
  reload_successful,
  reload_timestamp,
  availability_target,
  resolver_queries,
  resolver_cache_hits,
  resolver_failures,
  resolver_cached_names,
  tls_handshakes,
  tls_chains_verified,
  tls_chains_cached,
  clock_trusted,
  clock_step,
  clock_steps,
  dark_intervals,
  dark_seconds,
  journal_durable,
  journal_bytes,
  journal_records,
  journal_waiting,
  journal_dropped,
  journal_errors,
  journal_transactions,
  journal_write,
  journal_beats,
  journal_set_aside,
  journal_damages,
  scrapes,
  scrape_duration,
  scrapes_dropped,
  process_cpu,
  process_resident,
  process_virtual,
  process_open,
  process_max,
  process_start,
  row_count
};

constexpr auto gauge = MetricType::gauge;
constexpr auto counter = MetricType::counter;
constexpr auto histogram_type = MetricType::histogram;

constexpr std::array<FamilyRow, row_count> agent_rows{{
    {"siaga_loop_lag_seconds", histogram_type, "office",
     "How late the event loop came to a timer: above some milliseconds the agent is short of CPU."},
    {"siaga_probes_late_total", counter, "office kind", "Runs that began later than planned."},
    {"siaga_probes_skipped_total", counter, "office kind reason",
     "Runs that were due and did not begin, by the reason."},
    {"siaga_probes_in_flight", gauge, "office", "Runs under way."},
    {"siaga_config_last_reload_successful", gauge, "office",
     "Whether the last reading of the configuration was successful."},
    {"siaga_config_last_reload_success_timestamp_seconds", gauge, "office",
     "When a configuration was last taken over."},
    {"siaga_availability_target_ratio", gauge, "office",
     "The availability that the office promises, 0 to 1: availability_target of its "
     "configuration."},
    {"siaga_resolver_queries_total", counter, "office", "Name look-ups sent to resolvers."},
    {"siaga_resolver_cache_hits_total", counter, "office",
     "Name look-ups answered from the cache."},
    {"siaga_resolver_failures_total", counter, "office", "Name look-ups that failed."},
    {"siaga_resolver_cached_names", gauge, "office", "Names in the resolver's cache."},
    {"siaga_tls_handshakes_total", counter, "office", "TLS handshakes begun."},
    {"siaga_tls_chains_verified_total", counter, "office",
     "Certificate chains verified by computing."},
    {"siaga_tls_chains_cached_total", counter, "office",
     "Certificate chains known from the cache of verified ones."},
    {"siaga_clock_trusted", gauge, "office",
     "Whether the wall clock is trusted: synchronised by the kernel's, timesync's or a peer's "
     "word."},
    {"siaga_clock_step_seconds", gauge, "office",
     "The last jump of the wall clock against the time since boot; 0 when there was none."},
    {"siaga_clock_steps_total", counter, "office", "Jumps of the wall clock since the start."},
    {"siaga_dark_intervals_total", counter, "office class",
     "Times in which the agent did not run, by why: power, power_suspected, panic, reboot, crash, "
     "stop. Of all time that the journal knows."},
    {"siaga_dark_seconds_total", counter, "office class",
     "How long the agent did not run; without those whose length is not known yet."},
    {"siaga_journal_durable", gauge, "office",
     "Whether what happened is on disk; 0: it waits in memory, because the disk is full, read-only "
     "or broken."},
    {"siaga_journal_bytes", gauge, "office", "Size of the journal."},
    {"siaga_journal_records_total", counter, "office", "Records handed to the journal."},
    {"siaga_journal_waiting_records", gauge, "office", "Records not on disk yet."},
    {"siaga_journal_dropped_records_total", counter, "office",
     "Records that did not fit into memory while the disk was in trouble."},
    {"siaga_journal_errors_total", counter, "office", "Transactions and openings that failed."},
    {"siaga_journal_transactions_total", counter, "office", "Transactions on disk."},
    {"siaga_journal_write_seconds", gauge, "office", "How long the last transaction took."},
    {"siaga_journal_beats_total", counter, "office", "Heartbeats on disk."},
    {"siaga_journal_set_aside", gauge, "office",
     "Journals set aside since the start of the agent because they were damaged, of another or of "
     "a "
     "later version."},
    {"siaga_journal_damages_total", counter, "office",
     "Times that a file of the journal was found removed, replaced or damaged while the agent "
     "ran."},
    {"siaga_scrapes_total", counter, "office", "Scrapes served to their end."},
    {"siaga_scrape_duration_seconds", histogram_type, "office",
     "Time the agent spent on making a scrape's text, waiting for the reader not included."},
    {"siaga_scrapes_dropped_total", counter, "office reason",
     "Scrapes not served to their end: refused (too many at once), idle (the reader was too slow), "
     "broken (the reader went away)."},
    {"process_cpu_seconds_total", counter, "office", "User and system CPU time spent."},
    {"process_resident_memory_bytes", gauge, "office", "Resident memory."},
    {"process_virtual_memory_bytes", gauge, "office", "Virtual memory."},
    {"process_open_fds", gauge, "office", "Open file descriptors."},
    {"process_max_fds", gauge, "office", "Limit of open file descriptors."},
    {"process_start_time_seconds", gauge, "office", "When the process started, unix time."},
}};

template <typename Builder>
auto& family(prometheus::Registry& registry, Row row, Builder builder) {
  const FamilyRow& wanted = agent_rows.at(row);
  return builder.Name(std::string(wanted.metric)).Help(std::string(wanted.help)).Register(registry);
}
prometheus::Family<Counter>& counters(prometheus::Registry& registry, Row row) {
  return family(registry, row, prometheus::BuildCounter());
}
prometheus::Family<Gauge>& gauges(prometheus::Registry& registry, Row row) {
  return family(registry, row, prometheus::BuildGauge());
}
prometheus::Histogram& add_histogram(prometheus::Registry& registry, Row row,
                                     const std::vector<double>& bounds) {
  return family(registry, row, prometheus::BuildHistogram()).Add({}, bounds);
}

// Counters of others are totals; a prometheus::Counter only grows by increments.
void raise(Counter& known, double total) {
  if (total > known.Value()) known.Increment(total - known.Value());
}

prometheus::Labels by_kind(std::string_view kind) { return {{"kind", std::string(kind)}}; }

}  // namespace

struct AgentMetrics::Registered {
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Throw};
  prometheus::Histogram& lag =
      add_histogram(registry, loop_lag, {0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5});
  prometheus::Family<Counter>& late_by_kind = counters(registry, late);
  prometheus::Family<Counter>& skipped_by_kind = counters(registry, skipped);
  prometheus::Histogram& scrape_seconds = add_histogram(
      registry, scrape_duration, {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1});
  prometheus::Family<Counter>& dropped = counters(registry, scrapes_dropped);
  Counter& refused = dropped.Add({{"reason", "refused"}});
  Counter& idle = dropped.Add({{"reason", "idle"}});
  Counter& broken = dropped.Add({{"reason", "broken"}});
  Counter& scraped = counters(registry, scrapes).Add({});
  std::array<Counter*, dark_class_count> dark_counts = by_class(dark_intervals);
  std::array<Counter*, dark_class_count> dark_lengths = by_class(dark_seconds);
  std::array<Counter*, row_count> single_counters{};
  std::array<Gauge*, row_count> single_gauges{};
  prometheus::Family<Gauge>& reload_time = gauges(registry, reload_timestamp);

  std::array<Counter*, dark_class_count> by_class(Row row) {
    std::array<Counter*, dark_class_count> made{};
    prometheus::Family<Counter>& of = counters(registry, row);
    for (std::size_t index = 0; index < dark_class_count; ++index)
      made[index] = &of.Add({{"class", std::string(name(static_cast<DarkClass>(index)))}});
    return made;
  }

  void set(Row row, std::optional<double> value) {
    if (!value) return;
    if (agent_rows.at(row).type == counter) {
      Counter*& known = single_counters.at(row);
      if (known == nullptr) known = &counters(registry, row).Add({});
      raise(*known, *value);
    } else {
      Gauge*& known = single_gauges.at(row);
      if (known == nullptr) known = &gauges(registry, row).Add({});
      known->Set(*value);
    }
  }
};

AgentMetrics::AgentMetrics(std::span<const std::string_view> kinds,
                           std::span<const std::string_view> skip_reasons)
    : registered_(std::make_unique<Registered>()) {
  for (const std::string_view kind : kinds) {
    registered_->late_by_kind.Add(by_kind(kind));
    for (const std::string_view reason : skip_reasons)
      registered_->skipped_by_kind.Add(
          {{"kind", std::string(kind)}, {"reason", std::string(reason)}});
  }
  set_totals({});
}

AgentMetrics::~AgentMetrics() = default;

void AgentMetrics::observe_lag(Duration lag) { registered_->lag.Observe(seconds(lag)); }

void AgentMetrics::count_late(std::string_view kind) {
  registered_->late_by_kind.Add(by_kind(kind)).Increment();
}

void AgentMetrics::count_skipped(std::string_view kind, std::string_view reason,
                                 std::uint64_t count) {
  registered_->skipped_by_kind.Add({{"kind", std::string(kind)}, {"reason", std::string(reason)}})
      .Increment(static_cast<double>(count));
}

void AgentMetrics::set_reload(bool is_successful, WallTime when) {
  registered_->set(reload_successful, is_successful ? 1 : 0);
  if (is_successful) registered_->reload_time.Add({}).Set(unix_seconds(when));
}

void AgentMetrics::set_totals(const AgentTotals& totals) {
  const auto set = [this](Row row, std::uint64_t value) {
    registered_->set(row, static_cast<double>(value));
  };
  set(in_flight, totals.probes_in_flight);
  registered_->set(availability_target, totals.availability_target);
  set(resolver_queries, totals.resolver_queries);
  set(resolver_cache_hits, totals.resolver_cache_hits);
  set(resolver_failures, totals.resolver_failures);
  set(resolver_cached_names, totals.resolver_cached_names);
  set(tls_handshakes, totals.tls_handshakes);
  set(tls_chains_verified, totals.tls_chains_verified);
  set(tls_chains_cached, totals.tls_chains_cached);
  set(clock_trusted, totals.is_clock_trusted ? 1 : 0);
  registered_->set(clock_step, totals.clock_step_seconds);
  set(clock_steps, totals.clock_steps);
  for (std::size_t index = 0; index < dark_class_count; ++index) {
    raise(*registered_->dark_counts[index], static_cast<double>(totals.dark_intervals[index]));
    raise(*registered_->dark_lengths[index],
          static_cast<double>(totals.dark_lengths[index].count()) / 1000);
  }
  const JournalTotals& journal = totals.journal;
  set(journal_durable, journal.is_durable ? 1 : 0);
  set(journal_bytes, journal.bytes);
  set(journal_records, journal.records);
  set(journal_waiting, journal.waiting);
  set(journal_dropped, journal.dropped);
  set(journal_errors, journal.errors);
  set(journal_transactions, journal.transactions);
  registered_->set(journal_write, journal.write_seconds);
  set(journal_beats, journal.beats);
  set(journal_set_aside, journal.set_aside);
  set(journal_damages, journal.damages);
}

void AgentMetrics::count_scrape(ScrapeEnd end, Duration spent) {
  switch (end) {
    case ScrapeEnd::refused: registered_->refused.Increment(); return;
    case ScrapeEnd::idle: registered_->idle.Increment(); break;
    case ScrapeEnd::broken: registered_->broken.Increment(); break;
    case ScrapeEnd::complete: registered_->scraped.Increment(); break;
  }
  registered_->scrape_seconds.Observe(seconds(spent));
}

std::string AgentMetrics::text(std::string_view office, Format format) {
  const ProcessFacts facts = read_process_facts();
  registered_->set(process_cpu, facts.cpu_seconds);
  registered_->set(process_resident, facts.resident_bytes);
  registered_->set(process_virtual, facts.virtual_bytes);
  registered_->set(process_open, facts.open_descriptors);
  registered_->set(process_max, facts.max_descriptors);
  registered_->set(process_start, facts.start_unix_seconds);
  return registry_text(registered_->registry.Collect(), office, format);
}

std::span<const FamilyRow> agent_families() { return agent_rows; }

}  // namespace siaga
