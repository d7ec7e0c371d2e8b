// What this host tells at once: sockets that may be opened, the clock, the time zone, files'
// permissions, ports, limits. Opens and closes sockets, sends nothing, changes nothing.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/config/config.h"
#include "agent/core/time.h"
#include "agent/doctor/facts.h"
#include "agent/doctor/processes.h"

namespace siaga {

PingFacts look_at_pings();
ClockFacts look_at_clock(const Clock& clock, const ProcessScan& processes, bool is_declared);
ZoneFacts look_at_zone(const Clock& clock, const std::string& configured);
// The zone of a link like /etc/localtime, by its name; empty where it cannot be told.
std::string system_zone(const std::string& localtime = "/etc/localtime");
LimitFacts look_at_limits(std::int64_t flights_max);

// Who listens at the addresses of [web] listen; `agents` are the processes of the running agent.
std::vector<PortFacts> look_at_ports(const std::vector<std::string>& listen,
                                     const ProcessScan& processes, const std::vector<int>& agents);
// Inodes to ask scan_processes() for.
std::set<std::uint64_t> listeners_of(const std::vector<std::string>& listen);

// The files that make up a configuration: `path` and conf.d beside it.
std::vector<std::string> configuration_files(const std::string& path);
// Permissions of them and of the credentials' folder. `secrets` are the values that stand as text
// in the configuration.
void look_at_permissions(const std::string& path, std::span<const std::string> secrets,
                         ConfigurationFacts& facts);

}  // namespace siaga
