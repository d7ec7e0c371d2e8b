#include "agent/daemon.h"

#include <malloc.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "agent/core/log.h"
#include "agent/event_log.h"
#include "agent/network_options.h"
#include "agent/readiness.h"
#include "agent/settings_of.h"
#include "agent/status_line.h"
#include "probes/link_options.h"

namespace siaga {
namespace {

constexpr Duration status_interval = std::chrono::seconds(5);

}  // namespace

Daemon::Daemon(Loop& loop, const Clock& clock, Config config, Reload load, DaemonSettings around)
    : loop_(loop),
      clock_(clock),
      load_(std::move(load)),
      config_(std::move(config)),
      zone_(zone_of(config_.office)),
      power_supplies_(around.host.power_supplies),
      language_(around.language),
      recorder_(loop, clock, recorder_settings(config_, std::move(around.host))),
      maintenance_(zone_),
      metrics_(kind_names(), skip_reason_names()),
      expositions_(office_labels(config_.office)),
      network_(loop, clock, resolver_options(config_.agent)),
      engine_(rules_of(config_.defaults), recorder_.beginning()),
      pipeline_(engine_, clock,
                {.recorded = [this](std::vector<Record> records) { record(std::move(records)); },
                 .wants_second_look = [this](TargetId id) { look_again(id); },
                 .heard = [this](TargetId id, const Outcome& outcome,
                                 const RunTime& run) { hear(id, outcome, run); },
                 .named =
                     [this](TargetId id) {
                       return network_.resolver->asked_at(engine_.status(id).info->host);
                     },
                 .judge =
                     [this] {
                       links_.judge_news();
                       power_.judge_news();
                     }}),
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
      watched_(engine_, scheduler_, pipeline_, clock),
      power_(loop, clock, engine_, watched_, scheduler_, power_supplies_,
             {.urgent = [this] { is_urgent_ = true; }}),
      links_(network_, caps_of(config_.agent), engine_, watched_,
             {.interfaces_changed =
                  [this](const Interfaces& interfaces) {
                    power_.hear(interfaces);
                    power_.judge();
                  },
              .late = [this] { metrics_.count_late(link_kind); },
              .skipped =
                  [this](SkipReason reason, std::uint64_t count) {
                    metrics_.count_skipped(link_kind, name(reason), count);
                  }}),
      site_(web_handlers(), expositions_, metrics_),
      control_site_(
          [this] {
            WebHandlers handlers = web_handlers();
            handlers.control = control_handlers();
            return handlers;
          }(),
          expositions_, metrics_),
      supervision_(loop),
      each_turn_(loop, [this] { turn(); }),
      seconds_(loop, [this] { second(); }) {}

Daemon::~Daemon() = default;

Result<std::unique_ptr<Daemon>> Daemon::create(Loop& loop, const Clock& clock, Config config,
                                               Reload reload, DaemonSettings around) {
  auto sockets = std::move(around.sockets);
  std::unique_ptr<Daemon> daemon(
      new Daemon(loop, clock, std::move(config), std::move(reload), std::move(around)));
  const auto listening = sockets.empty() ? daemon->listen(daemon->config_.web.listen)
                                         : daemon->adopt(std::move(sockets));
  if (!listening) return std::unexpected(listening.error());
  log::set_level(log_level_of(daemon->config_.agent));
  daemon->network_.tls->suspend_dates(!daemon->recorder_.is_clock_trusted());
  for (const Window& window : daemon->recorder_.windows()) daemon->maintenance_.declare(window);
  daemon->maintenance_.configure(daemon->config_.maintenance, daemon->zone_);
  daemon->watched_.begin(daemon->config_.targets, daemon->recorder_);
  daemon->recorder_.forget_past();
  daemon->power_.configure(daemon->config_.targets, daemon->config_.defaults.momentary);
  daemon->links_.configure(daemon->config_.targets);
  daemon->open_control();
  daemon->second();
  daemon->forget_configured_targets();
  daemon->metrics_.set_reload(true, clock.wall_now());
  return daemon;
}

void Daemon::run() {
  signals_.push_back(std::make_unique<Signal>(loop_, SIGTERM, [this] { stop(); }));
  signals_.push_back(std::make_unique<Signal>(loop_, SIGINT, [this] { stop(); }));
  signals_.push_back(std::make_unique<Signal>(loop_, SIGHUP, [this] { reload(); }));
  log::info("watching", {{"targets", std::to_string(watched_.target_count())},
                         {"office", config_.office.id},
                         {"listen", fmt::format("{}", fmt::join(addresses(), ","))}});
  say_status();
  // On its first turn the loop answers; said before, a manager's client could come too early.
  const Soon serving(loop_, [this] { supervision_.ready(); });
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

Result<void> Daemon::adopt(std::vector<Descriptor> sockets) {
  has_sockets_ = true;
  for (Descriptor& socket : sockets) {
    const std::string name = fmt::format("descriptor {}", socket.get());
    auto endpoint = WebEndpoint::adopt(loop_, std::move(socket), site_);
    if (!endpoint) return std::unexpected(endpoint.error());
    endpoints_.emplace(name, std::move(*endpoint));
  }
  return {};
}

// Every few seconds is enough for eyes; looking at all targets each second is not free.
void Daemon::say_status() {
  if (!supervision_.is_heard() || clock_.now() < next_status_) return;
  next_status_ = clock_.now() + status_interval;
  const auto snapshot = engine_.snapshot(clock_.wall_now(), {});
  supervision_.say(status_line(*snapshot, recorder_.journal().is_durable, language_));
}

// Once per change: who reads the log later must find why there is a gap.
void Daemon::log_journal() {
  const JournalState journal = recorder_.journal();
  const bool is_set_aside =
      journal.set_aside != std::exchange(logged_set_aside_, journal.set_aside);
  if (journal.damage != std::exchange(logged_damage_, journal.damage))
    log::warning("journal damaged while the agent runs",
                 {{"what", journal.damage}, {"set_aside", is_set_aside ? journal.set_aside : "-"}});
  else if (is_set_aside)
    log::warning("journal set aside, a new one begins",
                 {{"as", journal.set_aside}, {"why", journal.set_aside_why}});
  if (journal.trouble == logged_trouble_) return;
  logged_trouble_ = journal.trouble;
  if (journal.is_durable) log::info("journal durable again", {});
  else log::warning("journal not durable, probing goes on", {{"why", journal.trouble}});
}

WebHandlers Daemon::web_handlers() {
  return {.snapshot = [this] { return engine_.snapshot(clock_.wall_now(), recorder_.dating()); },
          .totals = [this] { return totals(); },
          .judged =
              [this] {
                return JudgeViews{.links = links_.rows(recorder_.dating()),
                                  .mains = power_.mains_rows(recorder_.dating()),
                                  .upses = power_.ups_rows()};
              },
          .ready = [this] { return readiness(); },
          .reload = [this] { return reload(); },
          .control = {}};
}

ControlHandlers Daemon::control_handlers() {
  return {.flush =
              [this] {
                turn();
                return recorder_.recorded();
              },
          .journal = [this]() -> JournalView {
            const JournalState state = recorder_.journal();
            return {.ticket = recorder_.recorded(),
                    .durable_ticket = recorder_.durable(),
                    .is_durable = state.is_durable,
                    .trouble = state.trouble,
                    .path = journal_path(config_.agent.state_dir)};
          },
          .windows = [this] { return maintenance_.windows(); },
          .declare = [this](Window window) { return declare(std::move(window)); },
          .cancel = [this](std::uint64_t id) { return cancel(id); }};
}

std::expected<ControlHandlers::Declared, std::string> Daemon::declare(Window window) {
  for (const std::string& target : window.targets) {
    if (std::ranges::find(watched_.all(), target, &WatchList::Watched::name) ==
        watched_.all().end())
      return std::unexpected("there is no target '" + target + "'");
  }
  if (window.until <= clock_.wall_now())
    return std::unexpected(std::string("the window is over already"));
  if (maintenance_.windows().size() >= limits::windows)
    return std::unexpected(fmt::format("there are {} windows; cancel some first", limits::windows));
  window.id = recorder_.next_window();
  const Ticket ticket = recorder_.record({window});
  maintenance_.declare(window);
  apply_maintenance();
  return ControlHandlers::Declared{.id = window.id, .ticket = ticket};
}

std::expected<ControlHandlers::Declared, std::string> Daemon::cancel(std::uint64_t id) {
  const auto cancelled = maintenance_.cancel(id, clock_.wall_now());
  if (!cancelled) return std::unexpected(fmt::format("there is no window {} that is not over", id));
  const Ticket ticket = recorder_.record({*cancelled});
  apply_maintenance();
  return ControlHandlers::Declared{.id = id, .ticket = ticket};
}

AgentTotals Daemon::totals() const {
  const Resolver::Counters resolver = network_.resolver->counters();
  const TlsContexts::Counters tls = network_.tls->counters();
  return {.probes_in_flight = scheduler_.in_flight(),
          .availability_target = config_.defaults.availability_target,
          .resolver_queries = resolver.queries,
          .resolver_cache_hits = resolver.cache_hits,
          .resolver_failures = resolver.failures,
          .resolver_cached_names = resolver.cached_names,
          .tls_handshakes = tls.handshakes,
          .tls_chains_verified = tls.chains_verified,
          .tls_chains_cached = tls.chains_cached,
          .is_clock_trusted = recorder_.is_clock_trusted(),
          .clock_step_seconds = seconds(recorder_.clock().last_step()),
          .clock_steps = recorder_.clock().steps(),
          .dark_intervals = recorder_.dark_counts(),
          .dark_lengths = recorder_.dark_lengths(),
          .journal = journal_totals(recorder_.journal())};
}

// The agent serves as soon as it runs; what it cannot do is said, and does not make it unready.
Readiness Daemon::readiness() const {
  Readiness readiness{.is_ready = true,
                      .lines = own_troubles(*engine_.snapshot(clock_.wall_now(), {}))};
  const JournalState journal = recorder_.journal();
  if (!journal.is_durable)
    readiness.lines.push_back("the journal is not durable: " + journal.trouble +
                              (recorder_.holds_counters()
                                   ? "; counters of time and outages stand still until it is"
                                   : ""));
  if (!journal.damage.empty())
    readiness.lines.push_back("the journal was damaged while the agent ran: " + journal.damage);
  if (!journal.set_aside.empty())
    readiness.lines.push_back(fmt::format("the journal was set aside as {}: {}", journal.set_aside,
                                          journal.set_aside_why));
  if (!recorder_.is_clock_trusted())
    readiness.lines.push_back(
        "the clock is not trusted: dates wait, and certificates' dates are not judged");
  if (!control_trouble_.empty()) readiness.lines.push_back(control_trouble_);
  if (!reload_error_.empty())
    readiness.lines.push_back("the last reload failed, the old configuration is in force");
  return readiness;
}

// Beside the journal: whoever may read the one may ask on the other.
void Daemon::open_control() {
  auto endpoint = WebEndpoint::open(loop_, {"unix:" + config_.agent.state_dir + "/control.sock"},
                                    control_site_);
  if (endpoint) {
    control_ = std::move(*endpoint);
    return;
  }
  control_trouble_ = "no control socket, so nothing can be declared while the agent runs: " +
                     describe(endpoint.error());
  log::warning("control socket", {{"error", describe(endpoint.error())}});
}

void Daemon::record(std::vector<Record> records) {
  for (const Record& record : records) log_record(record, engine_);
  recorder_.record(std::move(records));
}

// Dates, maintenance, time and the heart, in this order: each needs the one before it.
void Daemon::second() {
  seconds_.start_after(std::chrono::seconds(1));
  if (recorder_.look(engine_)) {
    network_.tls->suspend_dates(!recorder_.is_clock_trusted());
    maintenance_.look_again();
  }
  apply_maintenance();
  // Before time is booked: what nobody saw while the agent stood still was not "on".
  power_.judge();
  engine_.tick(clock_.boot_now());
  links_.judge();
  pipeline_.run();
  recorder_.beat_when_due(engine_);
  recorder_.keep_house(zone_);
  log_journal();
  say_status();
}

void Daemon::apply_maintenance() {
  const WallTime now = clock_.wall_now();
  if (!maintenance_.is_due(now)) return;
  const BootTime boot = clock_.boot_now();
  for (const WatchList::Watched& watched : watched_.all()) {
    if (watched.role != NodeRole::target && !maintenance_.names(watched.name)) continue;
    const MaintenanceDesk::Answer answer = maintenance_.of(watched.name, now);
    const auto ago = std::chrono::floor<Millis>(now - answer.since);
    const bool is_recent = answer.since != WallTime{} && ago < boot.time_since_epoch();
    engine_.set_maintenance(watched.id, answer.is_on, is_recent ? boot - ago : boot, boot);
  }
  maintenance_.looked(now);
}

// SIGTERM. Whether only the service ends or the machine goes down with it is worth a short wait:
// it decides what the next start makes of the time in between.
void Daemon::stop() {
  if (inquiry_) return loop_.stop();  // asked twice
  supervision_.stopping();
  const auto end = [this](bool is_shutdown) {
    pipeline_.run();
    recorder_.end(engine_, is_shutdown ? Life::machine_shutdown : Life::service_stop);
    loop_.stop();
  };
  if (recorder_.host().is_shutting_down()) return end(true);
  inquiry_ = std::make_unique<ShutdownInquiry>(loop_, end);
}

ReloadAnswer Daemon::reload() {
  ReloadAnswer answer;
  supervision_.reloading();
  auto config = load_();
  if (!config) {
    answer = {.end = ReloadAnswer::End::refused,
              .text = format(config.error(), Language::english, false)};
  } else if (const auto applied = apply(std::move(*config)); !applied) {
    answer = {.end = ReloadAnswer::End::failed, .text = describe(applied.error())};
  } else {
    answer.text = fmt::format("watching {} targets", watched_.target_count());
  }
  const bool is_good = answer.end == ReloadAnswer::End::done;
  reload_error_ = is_good ? "" : answer.text;
  metrics_.set_reload(is_good, clock_.wall_now());
  if (is_good)
    log::info("configuration reloaded", {{"targets", std::to_string(watched_.target_count())}});
  else log::error("configuration not reloaded, the old one stays", {{"error", answer.text}});
  next_status_ = {};
  supervision_.ready();
  return answer;
}

// All that can fail comes first: a reload changes everything or nothing.
Result<void> Daemon::apply(Config config) {
  if (config.web != config_.web) {
    if (has_sockets_)
      log::warning("[web] listen has no effect, the sockets are those of the service manager", {});
    else if (const auto listening = listen(config.web.listen); !listening) return listening;
  }
  if (config.agent.resolvers != config_.agent.resolvers) {
    scheduler_.cancel_flights();
    network_.resolver = Resolver::create(loop_, clock_, resolver_options(config.agent));
  }
  log::set_level(log_level_of(config.agent));
  scheduler_.set_caps(caps_of(config.agent));
  expositions_.set_office(office_labels(config.office));
  zone_ = zone_of(config.office);
  maintenance_.configure(config.maintenance, zone_);
  engine_.set_rules(rules_of(config.defaults));
  watched_.replace(config.targets);
  power_.configure(config.targets, config.defaults.momentary);
  links_.configure(config.targets);
  if (config.agent.state_dir != config_.agent.state_dir || config.journal != config_.journal)
    log::warning("[agent] state_dir and [journal] take effect at the next start", {});
  config.agent.state_dir = config_.agent.state_dir;
  config_ = std::move(config);
  apply_maintenance();
  forget_configured_targets();
  return {};
}

// Probes hold what they need of it. The parsed text of a large configuration leaves much free
// memory behind, which glibc would keep.
void Daemon::forget_configured_targets() {
  config_.targets = {};
  malloc_trim(0);
}

void Daemon::turn() {
  scheduler_.reap();
  links_.reap();
  pipeline_.run();
  if (std::exchange(is_urgent_, false)) recorder_.beat_now(engine_);
}

// What confirms a failure is a look of its own: the name, too, is asked for anew.
void Daemon::look_again(TargetId id) {
  network_.resolver->forget(engine_.status(id).info->host);
  scheduler_.look_again(id);
}

void Daemon::hear(TargetId id, const Outcome& outcome, const RunTime& run) {
  // The next look asks anew, and not an older question that may be lost.
  if (cause(outcome.reason) == Cause::dns) network_.resolver->forget(engine_.status(id).info->host);
  // A sensor that cannot be seen says nothing of the mains.
  const bool is_hidden = outcome.verdict != Verdict::ok && engine_.is_hidden(id, run);
  if (is_hidden) power_.hear(id, unseen(Reason::agent_no_route), run.boot);
  else power_.hear(id, outcome, run.boot);
  links_.hear(id, outcome, run);
}

}  // namespace siaga
