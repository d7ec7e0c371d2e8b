// One run of a ups probe: find the server's address, ask for the UPS, say what it means. The parsed
// target that all runs share is here too; its options are in ups.cc.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/net/ups_exchange.h"
#include "probes/probe.h"
#include "probes/reach.h"

namespace siaga {

struct UpsTarget {
  UpsServer server;  // without the address
  HostPort to;
  std::string ups;  // its name there; empty for apcupsd
  std::optional<double> nominal_volts;
  Reach reach;
};

// As its URL: "nut://10.20.0.5:3493/office".
std::string to_string(const UpsTarget& target);

std::unique_ptr<Attempt> start_ups(const UpsTarget& target, const Start& start, Probe::Done done);

}  // namespace siaga
