// What a UPS said of itself in one reading, whatever server told it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/time.h"

namespace siaga {

// The status words of NUT (docs/new-drivers.txt there); other servers' words are mapped to them.
enum class UpsFlag : std::uint8_t {
  online,           // OL: the mains feeds it
  on_battery,       // OB
  low_battery,      // LB
  high_battery,     // HB
  replace_battery,  // RB
  charging,         // CHRG
  discharging,      // DISCHRG
  bypass,           // BYPASS: no protection
  calibrating,      // CAL: on battery by its own will
  off,              // OFF: does not feed its load
  overload,         // OVER
  trim,             // TRIM: the mains is too high
  boost,            // BOOST: the mains is too low
  forced_shutdown,  // FSD
  shutting_down,    // SD
  alarm,            // ALARM
  high_efficiency,  // HE: it passes the mains on, and converts only when it must
};
inline constexpr std::size_t ups_flag_count = 17;

// A variable that is a number elsewhere, told as something else: battery.runtime is "64:41".
struct UpsNoNumber {
  std::string variable, value;  // the value printable and bounded
  bool operator==(const UpsNoNumber&) const = default;
};

struct UpsFacts {
  std::uint32_t flags = 0;  // bit per UpsFlag
  std::string words;        // the status as it was told: "OL CHRG"
  // Not set: not told, or not a number.
  std::optional<double> input_volts, output_volts, charge_percent, runtime_seconds, load_percent;
  // What input_volts is held against, and which variable or option says so; not set: nothing is
  // judged by the voltage (docs/power.md, "The nominal voltage").
  std::optional<double> nominal_volts;
  std::string_view nominal_source;  // static
  bool is_power_strip = false;      // device.type is "pdu": it has no status by nature
  // The driver may have read all of it so long before the server was asked.
  Millis age_max = std::chrono::seconds(2);
  std::vector<UpsNoNumber> no_numbers;

  bool has(UpsFlag flag) const { return ((flags >> static_cast<unsigned>(flag)) & 1U) != 0; }
  void add(UpsFlag flag) { flags |= 1U << static_cast<unsigned>(flag); }
  bool operator==(const UpsFacts&) const = default;
};

}  // namespace siaga
