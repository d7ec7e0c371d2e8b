// What an office's first configuration can be made of: this host's name, way out, resolvers, time
// zone, and the UPS servers on loopback. Sends nothing beyond loopback.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/address.h"
#include "agent/doctor/facts.h"

namespace siaga {

struct Surroundings {
  std::string host;                    // this machine's name, without its domain
  std::string timezone;                // empty: not known
  std::vector<std::string> gateways;   // "192.168.1.1 (eth0)"
  std::vector<std::string> resolvers;  // addresses
  std::vector<std::string> upses;      // "nut://127.0.0.1/apc", "apcupsd://127.0.0.1"
};

// Where to look for UPS servers; tests bring their own.
struct UpsDoors {
  std::optional<Endpoint> upsd, apcupsd;
};
UpsDoors usual_ups_doors();

// Takes limits::doctor_answer at most.
Surroundings look_around(const UpsDoors& doors = usual_ups_doors());
// As a URL of [[ups]]: the port is left out where it is the usual one.
std::vector<std::string> ups_urls(const LoopbackUpsFacts& facts, const UpsDoors& doors);

}  // namespace siaga
