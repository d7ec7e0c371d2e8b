// What is worth a line in the journal besides the mains's state.
#pragma once

#include <cstdint>
#include <string>

#include "agent/core/time.h"

namespace siaga {

enum class PowerEvent : std::uint8_t { brown_out, brown_out_end, exhaustion, cut_end };

struct PowerNote {
  PowerEvent event{};
  BootTime at{};
  std::string text;  // "ups apc: BOOST, input 181 V of 220 V"; one clause
  bool operator==(const PowerNote&) const = default;
};

}  // namespace siaga
