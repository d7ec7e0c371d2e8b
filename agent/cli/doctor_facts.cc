#include "agent/cli/doctor_facts.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "agent/cli/control.h"
#include "agent/cli/loading.h"
#include "agent/clock/host.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"
#include "agent/doctor/disk_looks.h"
#include "agent/doctor/local_looks.h"
#include "agent/doctor/network_looks.h"
#include "agent/doctor/surroundings.h"
#include "agent/journal/journal.h"
#include "agent/net/network.h"
#include "agent/network_options.h"
#include "agent/schedule/flight.h"
#include "agent/targets.h"

namespace siaga {
namespace {

constexpr const char* systemd_runs = "/run/systemd/system";  // sd_booted(3)
constexpr const char* systemctl_path = "/usr/bin/systemctl";

// The values of secrets that stand in the configuration itself.
std::vector<std::string> secrets_as_text(const Config& config) {
  std::vector<std::string> values;
  const auto take = [&values](const Secret& secret) {
    if (secret.source == "text") values.push_back(secret.value);
  };
  for (const TargetConfig& target : config.targets) {
    for (const OptionValue& option : target.options) {
      if (const auto* one = std::get_if<Secret>(&option)) take(*one);
      if (const auto* several = std::get_if<std::map<std::string, Secret>>(&option))
        for (const auto& [key, secret] : *several) take(secret);
    }
  }
  return values;
}

std::string first_of(const Complaints& complaints) {
  const Complaint& first = complaints.front();
  const std::string place =
      first.line == 0 ? first.file : fmt::format("{}:{}", first.file, first.line);
  return place.empty() ? first.message : place + ": " + first.message;
}

// What holds where the configuration does not load: the values that an empty one has.
Config empty_config(const CommonOptions& common) {
  auto config = parse_config("", "", load_options(common));
  return config ? std::move(*config) : Config{};
}

std::vector<Endpoint> web_endpoints(const Config& config) {
  std::vector<Endpoint> endpoints;
  for (const std::string& address : config.web.listen) {
    const auto endpoint = parse_endpoint(address);
    if (endpoint && endpoint->port != 0) endpoints.push_back(*endpoint);
  }
  return endpoints;
}

// Each [[ups]], looked at by the code that the daemon runs.
class UpsFlights {
 public:
  UpsFlights(Network& network, const Config& config, std::function<void()> over)
      : over_(std::move(over)) {
    for (const TargetConfig& target : config.targets) {
      if (target.kind != "ups") continue;
      const std::size_t index = looks_.size();
      targets_.push_back(make_target(target));
      looks_.push_back({.name = target.name,
                        .server = targets_.back().info->instance,
                        .reason = {},
                        .detail = {}});
      ++waiting_;
      flights_.push_back(std::make_unique<Flight>(
          network, *targets_.back().probe, std::min(target.timeout, limits::doctor_answer), false,
          [this, index](const Outcome& outcome) { settle(index, outcome); }));
    }
  }

  bool is_over() const { return waiting_ == 0; }
  std::vector<UpsLook> take() { return std::move(looks_); }

 private:
  void settle(std::size_t index, const Outcome& outcome) {
    // A UPS on battery was read all the same.
    if (!outcome.ups) {
      looks_[index].reason = name(outcome.reason);
      looks_[index].detail = printable(outcome.detail, limits::detail_bytes);
    }
    if (--waiting_ == 0) over_();
  }

  std::function<void()> over_;
  std::vector<Target> targets_;
  std::vector<UpsLook> looks_;
  std::vector<std::unique_ptr<Flight>> flights_;
  int waiting_ = 0;
};

struct NetworkAnswers {
  NetworkSeen network;
  std::vector<UpsLook> upses;
};

// Everything that has to be waited for, on one loop.
NetworkAnswers ask_all(NetworkWanted wanted, const Config& config, bool is_valid) {
  const SystemClock clock;
  Loop loop;
  Network network(loop, clock, resolver_options(config.agent));
  if (is_valid) wanted.resolvers = network.resolver->servers();
  bool has_network_ended = false;
  UpsFlights flights(network, config, [&loop, &has_network_ended] {
    if (has_network_ended) loop.stop();
  });
  NetworkLooks looks(loop, clock, wanted, [&loop, &has_network_ended, &flights] {
    has_network_ended = true;
    if (flights.is_over()) loop.stop();
  });
  loop.run();
  return {.network = std::move(looks.seen()), .upses = flights.take()};
}

bool is_used(const std::vector<UpsLook>& upses, std::string_view scheme, std::uint16_t port) {
  return std::ranges::any_of(upses, [&](const UpsLook& look) {
    if (!look.server.starts_with(scheme)) return false;
    const std::string_view rest = std::string_view(look.server).substr(scheme.size());
    const auto place = parse_host_port(rest.substr(0, rest.find('/')), port);
    return place && place->port == port &&
           (place->host == "localhost" || place->host == "::1" || place->host.starts_with("127."));
  });
}

AgentFacts agent_of(const NetworkSeen& seen, const UnitFacts& unit, const ProcessScan& processes,
                    const std::vector<Endpoint>& web) {
  AgentFacts agent;
  for (const HolderFacts& holder : processes.file_holders) {
    if (holder.pid != getpid()) agent.pids.push_back(holder.pid);
  }
  agent.sees_all_processes = processes.is_whole;
  agent.answers_control = seen.control && !seen.control->version.empty();
  if (agent.answers_control) agent.version = seen.control->version;
  else if (seen.control) agent.control_trouble = seen.control->trouble;
  agent.is_running =
      seen.control.has_value() || !agent.pids.empty() || (unit.pid > 0 && unit.state == "active") ||
      std::ranges::any_of(seen.web,
                          [](const AnswerSeen& answer) { return !answer.version.empty(); });
  if (!web.empty()) {
    agent.address = to_string(web.front());
    agent.address_version = seen.web.front().version;
    agent.address_trouble = seen.web.front().trouble;
  }
  const int pid = agent.pids.empty() ? unit.pid : agent.pids.front();
  if (!agent.is_running || pid == 0) return agent;
  AgentProcess process = facts_of_process(pid);
  agent.user = std::move(process.user);
  agent.may_open_raw = process.may_open_raw;
  agent.group = process.group;
  agent.descriptors = process.descriptors;
  return agent;
}

// Whose port it is where the processes cannot be seen: a Siaga answers there, and ours runs.
void tell_own_ports(const NetworkSeen& seen, const AgentFacts& agent,
                    const std::vector<Endpoint>& web, std::vector<PortFacts>& ports) {
  for (PortFacts& port : ports) {
    const auto endpoint = parse_endpoint(port.address);
    const auto asked = endpoint ? std::ranges::find(web, *endpoint) : web.end();
    if (asked == web.end() || !port.holders.empty() || !agent.is_running) continue;
    if (!seen.web[static_cast<std::size_t>(asked - web.begin())].version.empty())
      port.is_ours = true;
  }
}

}  // namespace

GatheredFacts gather_facts(const CommonOptions& common, const DoctorOptions& options) {
  const auto loaded = load_effective_config(common);
  const Config config = loaded ? *loaded : empty_config(common);
  const std::string state_dir =
      options.state_dir.empty() ? config.agent.state_dir : options.state_dir;
  const SystemClock clock;
  DiskLooks disk({.state_dir = state_dir,
                  .journal_max_bytes = static_cast<std::uint64_t>(config.journal.max_bytes),
                  .boot_id = Host(clock).boot_id()});

  const auto web = loaded ? web_endpoints(config) : std::vector<Endpoint>();
  const UpsDoors doors = usual_ups_doors();
  std::error_code ignored;
  NetworkAnswers answers =
      ask_all({.resolvers = {},
               .web = web,
               .control_socket = is_socket(control_path(state_dir)) ? control_path(state_dir) : "",
               .upsd = doors.upsd,
               .apcupsd = doors.apcupsd,
               .systemctl = std::filesystem::exists(systemd_runs, ignored) ? systemctl_path : ""},
              config, loaded.has_value());
  const ProcessScan processes =
      scan_processes(listeners_of(config.web.listen), heartbeat_path(state_dir));

  Facts facts;
  facts.is_root = geteuid() == 0;
  facts.version = SIAGA_VERSION;
  facts.configuration.path = effective_config_path(common);
  facts.configuration.targets = target_count(config);
  if (!loaded) {
    facts.configuration.complaints = loaded.error().size();
    facts.configuration.first_complaint = first_of(loaded.error());
  }
  look_at_permissions(facts.configuration.path, secrets_as_text(config), facts.configuration);
  facts.unit = answers.network.unit;
  facts.agent = agent_of(answers.network, facts.unit, processes, web);
  facts.ping = look_at_pings();
  facts.clock = look_at_clock(clock, processes, config.agent.clock == "trusted");
  facts.zone = look_at_zone(clock, config.office.timezone);
  facts.are_resolvers_configured = !config.agent.resolvers.empty();
  facts.resolvers = answers.network.resolvers;
  facts.ports = look_at_ports(config.web.listen, processes, facts.agent.pids);
  tell_own_ports(answers.network, facts.agent, web, facts.ports);
  facts.loopback_ups = answers.network.loopback_ups;
  facts.loopback_ups.is_upsd_used = is_used(answers.upses, "nut://", doors.upsd->port);
  facts.loopback_ups.is_apcupsd_used = is_used(answers.upses, "apcupsd://", doors.apcupsd->port);
  facts.upses = std::move(answers.upses);
  facts.limits = look_at_limits(config.agent.flights_max);
  facts.disk = disk.disk();
  facts.sync = disk.sync();
  facts.journal = disk.journal();
  return {.facts = std::move(facts), .is_thread_left = !disk.is_over()};
}

}  // namespace siaga
