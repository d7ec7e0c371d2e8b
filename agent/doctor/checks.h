// The checks: pure functions from facts to findings, in one table that the command, the document
// and the tests read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "agent/doctor/facts.h"
#include "agent/doctor/finding.h"

namespace siaga {

struct Check {
  std::string_view name;
  Text about;                        // what is looked at, one clause
  bool needs_configuration = false;  // says nothing while the configuration is not valid
  FindingList (*judge)(const Facts& facts);
};
std::span<const Check> checks();

// All checks, in the table's order; at least one finding for each.
FindingList examine(const Facts& facts);

// "512 MiB", rounded down.
std::string mebibytes(std::uint64_t bytes);

// Used by the table only.
FindingList check_configuration(const Facts& facts);
FindingList check_service(const Facts& facts);
FindingList check_limits(const Facts& facts);
FindingList check_ping(const Facts& facts);
FindingList check_clock(const Facts& facts);
FindingList check_zone(const Facts& facts);
FindingList check_dns(const Facts& facts);
FindingList check_ports(const Facts& facts);
FindingList check_ups(const Facts& facts);
FindingList check_disk(const Facts& facts);
FindingList check_sync(const Facts& facts);
FindingList check_journal(const Facts& facts);

}  // namespace siaga
