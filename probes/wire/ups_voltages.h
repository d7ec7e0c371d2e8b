// Which of a UPS's voltages is its input's, and what it should be. Drivers name both in several
// ways, and some put a battery's or a phase-to-phase voltage where the mains' belongs. The order in
// which they are believed stands in docs/power.md, "The nominal voltage". Pure.
#pragma once

#include <optional>
#include <string_view>

#include "probes/wire/nut.h"

namespace siaga {

struct UpsVoltages {
  // Of several phases the lowest: one dead phase is a mains that is not whole.
  std::optional<double> input;
  // Measured as `input` is, from phase to neutral or from phase to phase. Not set: nobody says it
  // in a way that can be believed, and nothing is judged by it.
  std::optional<double> nominal;
  std::string_view nominal_source;  // "output.voltage.nominal"; static
};

// `configured`: the option nominal_voltage.
UpsVoltages voltages_of(const UpsTelling& telling, std::optional<double> configured);

}  // namespace siaga
