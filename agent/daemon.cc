#include "agent/daemon.h"

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "agent/core/log.h"
#include "agent/network_options.h"
#include "agent/readiness.h"
#include "agent/targets.h"
#include "probes/registry.h"

namespace siaga {
namespace {

std::vector<std::string_view> kind_names() {
  std::vector<std::string_view> names;
  names.reserve(kinds().size());
  for (const Kind* kind : kinds()) names.push_back(kind->name);
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

void log_failure(const Outcome& outcome, const TargetInfo& info) {
  if (outcome.reason == Reason::none || !log::is_written(log::Level::debug)) return;
  log::debug("probe", {{"target", info.name},
                       {"kind", info.kind},
                       {"verdict", std::string(name(outcome.verdict))},
                       {"reason", std::string(name(outcome.reason))},
                       {"detail", outcome.detail}});
}

log::Level log_level_of(const AgentConfig& agent) {
  if (agent.log_level == "debug") return log::Level::debug;
  if (agent.log_level == "warning") return log::Level::warning;
  return agent.log_level == "error" ? log::Level::error : log::Level::info;
}

void log_change(const Transition& change, const TargetInfo& info) {
  log::Fields fields{{"target", info.name},
                     {"kind", info.kind},
                     {"from", std::string(name(change.from))},
                     {"to", std::string(name(change.to))}};
  if (change.reason != Reason::none) fields.push_back({"reason", std::string(name(change.reason))});
  if (!change.detail.empty()) fields.push_back({"detail", change.detail});
  // The first verdict of a healthy target is no news.
  if (change.from == State::pending && change.to == State::up) log::debug("state", fields);
  else if (change.to == State::up) log::info("state", fields);
  else log::warning("state", fields);
}

}  // namespace

Daemon::Daemon(Loop& loop, const Clock& clock, Config config, Reload load)
    : loop_(loop),
      clock_(clock),
      load_(std::move(load)),
      config_(std::move(config)),
      metrics_(kind_names(), skip_reason_names()),
      expositions_(office_labels(config_.office)),
      network_(loop, clock, resolver_options(config_.agent)),
      pipeline_(engine_, clock,
                {.changed = log_change,
                 .wants_second_look = [this](TargetId id) { scheduler_.look_again(id); }}),
      scheduler_(network_, caps_of(config_.agent),
                 {.settled =
                      [this](TargetId id, Outcome outcome) {
                        log_failure(outcome, *engine_.status(id).info);
                        pipeline_.file(id, std::move(outcome));
                      },
                  .late = [this](std::string_view kind) { metrics_.count_late(kind); },
                  .skipped =
                      [this](std::string_view kind, SkipReason reason, std::uint64_t count) {
                        metrics_.count_skipped(kind, name(reason), count);
                      },
                  .lag = [this](Duration lag) { metrics_.observe_lag(lag); }}),
      site_(web_handlers(), expositions_, metrics_),
      each_turn_(loop, [this] { turn(); }) {}

Daemon::~Daemon() = default;

Result<std::unique_ptr<Daemon>> Daemon::create(Loop& loop, const Clock& clock, Config config,
                                               Reload reload) {
  std::unique_ptr<Daemon> daemon(new Daemon(loop, clock, std::move(config), std::move(reload)));
  if (const auto listening = daemon->listen(daemon->config_.web.listen); !listening) {
    return std::unexpected(listening.error());
  }
  log::set_level(log_level_of(daemon->config_.agent));
  for (const TargetConfig& target : daemon->config_.targets) daemon->watch(target);
  daemon->forget_configured_targets();
  daemon->metrics_.set_reload(true, clock.wall_now());
  return daemon;
}

void Daemon::run() {
  const auto stop = [this] { loop_.stop(); };
  signals_.push_back(std::make_unique<Signal>(loop_, SIGTERM, stop));
  signals_.push_back(std::make_unique<Signal>(loop_, SIGINT, stop));
  signals_.push_back(std::make_unique<Signal>(loop_, SIGHUP, [this] { reload(); }));
  log::info("watching", {{"targets", std::to_string(watched_.size())},
                         {"office", config_.office.id},
                         {"listen", fmt::format("{}", fmt::join(addresses(), ","))}});
  loop_.run();
  log::info("stopping", {});
}

std::vector<std::string> Daemon::addresses() const {
  std::vector<std::string> all;
  for (const auto& [configured, endpoint] : endpoints_)
    std::ranges::copy(endpoint->addresses(), std::back_inserter(all));
  return all;
}

Result<void> Daemon::listen(const std::vector<std::string>& addresses) {
  std::map<std::string, std::unique_ptr<WebEndpoint>> opened;
  for (const std::string& address : addresses) {
    if (endpoints_.contains(address)) continue;
    auto endpoint = WebEndpoint::open(loop_, {address}, site_);
    if (!endpoint) return std::unexpected(endpoint.error());
    opened.emplace(address, std::move(*endpoint));
  }
  endpoints_.merge(opened);
  closing_ = std::make_unique<Soon>(loop_, [this, addresses] {
    std::erase_if(endpoints_, [&](const auto& entry) {
      return std::ranges::find(addresses, entry.first) == addresses.end();
    });
  });
  return {};
}

WebHandlers Daemon::web_handlers() {
  return {.snapshot = [this] { return engine_.snapshot(clock_.wall_now()); },
          .totals = [this] { return totals(); },
          .ready = [this] { return readiness(); },
          .reload = [this] { return reload(); }};
}

AgentTotals Daemon::totals() const {
  const Resolver::Counters resolver = network_.resolver->counters();
  const TlsContexts::Counters tls = network_.tls->counters();
  return {.probes_in_flight = scheduler_.in_flight(),
          .resolver_queries = resolver.queries,
          .resolver_cache_hits = resolver.cache_hits,
          .resolver_failures = resolver.failures,
          .resolver_cached_names = resolver.cached_names,
          .tls_handshakes = tls.handshakes,
          .tls_chains_verified = tls.chains_verified,
          .tls_chains_cached = tls.chains_cached};
}

// The agent serves as soon as it runs; what it cannot do is said, and does not make it unready.
Readiness Daemon::readiness() const {
  Readiness readiness{.is_ready = true,
                      .lines = own_troubles(*engine_.snapshot(clock_.wall_now()))};
  if (!reload_error_.empty())
    readiness.lines.push_back("the last reload failed, the old configuration is in force");
  return readiness;
}

void Daemon::watch(const TargetConfig& config) {
  const Target target = make_target(config);
  const TargetId id = engine_.add(target.info);
  scheduler_.add(id, scheduled(config, target));
  watched_.push_back({.name = config.name, .config = digest(config), .id = id});
}

ReloadAnswer Daemon::reload() {
  ReloadAnswer answer;
  auto config = load_();
  if (!config) {
    answer = {.end = ReloadAnswer::End::refused,
              .text = format(config.error(), Language::english, false)};
  } else if (const auto applied = apply(std::move(*config)); !applied) {
    answer = {.end = ReloadAnswer::End::failed, .text = describe(applied.error())};
  } else {
    answer.text = fmt::format("watching {} targets", watched_.size());
  }
  const bool is_good = answer.end == ReloadAnswer::End::done;
  reload_error_ = is_good ? "" : answer.text;
  metrics_.set_reload(is_good, clock_.wall_now());
  if (is_good) log::info("configuration reloaded", {{"targets", std::to_string(watched_.size())}});
  else log::error("configuration not reloaded, the old one stays", {{"error", answer.text}});
  return answer;
}

// All that can fail comes first: a reload changes everything or nothing.
Result<void> Daemon::apply(Config config) {
  if (config.web != config_.web) {
    if (const auto listening = listen(config.web.listen); !listening) return listening;
  }
  if (config.agent.resolvers != config_.agent.resolvers) {
    scheduler_.cancel_flights();
    network_.resolver = Resolver::create(loop_, clock_, resolver_options(config.agent));
  }
  log::set_level(log_level_of(config.agent));
  scheduler_.set_caps(caps_of(config.agent));
  expositions_.set_office(office_labels(config.office));
  replace_targets(config.targets);
  config_ = std::move(config);
  forget_configured_targets();
  return {};
}

// Probes hold what they need of it. The parsed text of a large configuration leaves much free
// memory behind, which glibc would keep.
void Daemon::forget_configured_targets() {
  config_.targets = {};
  malloc_trim(0);
}

// A target that did not change keeps its state, its counters and its place in the schedule.
void Daemon::replace_targets(const std::vector<TargetConfig>& targets) {
  std::map<std::string_view, const TargetConfig*> wanted;
  for (const TargetConfig& target : targets) wanted.emplace(target.name, &target);
  std::erase_if(watched_, [&](const Watched& watched) {
    const auto found = wanted.find(watched.name);
    if (found != wanted.end() && digest(*found->second) == watched.config) return false;
    scheduler_.remove(watched.id);
    pipeline_.forget(watched.id);
    engine_.remove(watched.id);
    return true;
  });
  std::map<std::string, TargetId> present;
  for (const Watched& watched : watched_) present.emplace(watched.name, watched.id);
  for (const TargetConfig& target : targets) {
    if (!present.contains(target.name)) watch(target);
  }
  for (const Watched& watched : watched_) present.emplace(watched.name, watched.id);
  std::vector<TargetId> order;
  order.reserve(targets.size());
  for (const TargetConfig& target : targets) order.push_back(present.at(target.name));
  engine_.set_order(std::move(order));
}

void Daemon::turn() {
  scheduler_.reap();
  pipeline_.run();
}

}  // namespace siaga
