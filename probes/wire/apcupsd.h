// What apcupsd says of its UPS in its answer to "status" (its manual, "Apcupsd Network Information
// Server"), told in NUT's words and units, and the transfers that NUT does not tell. No sockets.
#pragma once

#include <optional>
#include <string_view>

#include "probes/wire/nut.h"

namespace siaga {

// Lines of "KEY      : value". `text` must outlive the result. `nominal_volts`: as configured.
UpsTelling parse_apcupsd_answer(std::string_view text, std::optional<double> nominal_volts = {});

// "2026-11-22 03:04:05 +0800" as unix seconds. Nothing for "N/A", and for the dates of old versions
// ("Sun Nov 22 03:04:05 WIB 2026"): names of zones mean different zones to different people.
std::optional<double> parse_apcupsd_date(std::string_view text);

}  // namespace siaga
