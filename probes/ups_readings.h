// The readings of the kind `ups`, in the dialect of nut_exporter: one gauge per variable in NUT's
// own units, the status's words as flags, the device's names as an info; and what apcupsd tells
// beside. A run without a reading of the UPS writes none of them: absent, never 0.
#pragma once

#include <span>
#include <vector>

#include "agent/core/reading.h"
#include "probes/wire/nut.h"

namespace siaga {

// The address block, the TLS block, then our own.
extern const std::span<const ReadingDefinition> ups_readings;

void write_ups_readings(const UpsTelling& telling, Readings& readings);

// Variables of our table that were told, but not as numbers: they are in no reading. An empty value
// is none.
std::vector<UpsNoNumber> no_numbers(const UpsTelling& telling);

}  // namespace siaga
