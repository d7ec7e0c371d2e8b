#include "probes/ups_readings.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr std::size_t label_bytes = 128;     // of one name of the device
constexpr std::size_t no_number_bytes = 64;  // shown of a value that is no number

// NUT's variables that are numbers (docs/nut-names.txt there), in order.
struct Number {
  std::string_view variable, metric, help;
};
constexpr std::array numbers{
    Number{"ambient.humidity", "network_ups_tools_ambient_humidity",
           "Humidity around the UPS, in percent."},
    Number{"ambient.temperature", "network_ups_tools_ambient_temperature",
           "Temperature around the UPS, in degrees Celsius."},
    Number{"battery.charge", "network_ups_tools_battery_charge",
           "Charge of the battery, in percent."},
    Number{"battery.charge.low", "network_ups_tools_battery_charge_low",
           "Charge at which the UPS says LB, in percent."},
    Number{"battery.charge.restart", "network_ups_tools_battery_charge_restart",
           "Charge that the UPS waits for before it feeds its load again, in percent."},
    Number{"battery.charge.warning", "network_ups_tools_battery_charge_warning",
           "Charge at which the UPS warns, in percent."},
    Number{"battery.current", "network_ups_tools_battery_current",
           "Current of the battery, in amperes."},
    Number{"battery.packs", "network_ups_tools_battery_packs", "Number of battery packs."},
    Number{"battery.packs.bad", "network_ups_tools_battery_packs_bad",
           "Number of bad battery packs."},
    Number{"battery.runtime", "network_ups_tools_battery_runtime",
           "Time that the battery would last, in seconds."},
    Number{"battery.runtime.low", "network_ups_tools_battery_runtime_low",
           "Runtime at which the UPS says LB, in seconds."},
    Number{"battery.runtime.restart", "network_ups_tools_battery_runtime_restart",
           "Runtime that the UPS waits for before it feeds its load again, in seconds."},
    Number{"battery.temperature", "network_ups_tools_battery_temperature",
           "Temperature of the battery, in degrees Celsius."},
    Number{"battery.voltage", "network_ups_tools_battery_voltage",
           "Voltage of the battery, in volts."},
    Number{"battery.voltage.high", "network_ups_tools_battery_voltage_high",
           "Voltage of the full battery, in volts."},
    Number{"battery.voltage.low", "network_ups_tools_battery_voltage_low",
           "Voltage of the empty battery, in volts."},
    Number{"battery.voltage.nominal", "network_ups_tools_battery_voltage_nominal",
           "Nominal voltage of the battery, in volts."},
    Number{"input.L1-N.voltage", "network_ups_tools_input_L1_N_voltage",
           "Voltage of the mains' first phase, in volts."},
    Number{"input.L2-N.voltage", "network_ups_tools_input_L2_N_voltage",
           "Voltage of the mains' second phase, in volts."},
    Number{"input.L3-N.voltage", "network_ups_tools_input_L3_N_voltage",
           "Voltage of the mains' third phase, in volts."},
    Number{"input.current", "network_ups_tools_input_current",
           "Current taken from the mains, in amperes."},
    Number{"input.current.nominal", "network_ups_tools_input_current_nominal",
           "Nominal current taken from the mains, in amperes."},
    Number{"input.frequency", "network_ups_tools_input_frequency",
           "Frequency of the mains, in hertz."},
    Number{"input.frequency.nominal", "network_ups_tools_input_frequency_nominal",
           "Nominal frequency of the mains, in hertz."},
    Number{"input.transfer.high", "network_ups_tools_input_transfer_high",
           "Mains voltage above which the UPS takes its battery, in volts."},
    Number{"input.transfer.low", "network_ups_tools_input_transfer_low",
           "Mains voltage below which the UPS takes its battery, in volts."},
    Number{"input.voltage", "network_ups_tools_input_voltage", "Voltage of the mains, in volts."},
    Number{"input.voltage.maximum", "network_ups_tools_input_voltage_maximum",
           "Highest voltage of the mains that the UPS has seen, in volts."},
    Number{"input.voltage.minimum", "network_ups_tools_input_voltage_minimum",
           "Lowest voltage of the mains that the UPS has seen, in volts."},
    Number{"input.voltage.nominal", "network_ups_tools_input_voltage_nominal",
           "Nominal voltage of the mains, in volts."},
    Number{"output.current", "network_ups_tools_output_current",
           "Current given to the load, in amperes."},
    Number{"output.current.nominal", "network_ups_tools_output_current_nominal",
           "Nominal current given to the load, in amperes."},
    Number{"output.frequency", "network_ups_tools_output_frequency",
           "Frequency given to the load, in hertz."},
    Number{"output.frequency.nominal", "network_ups_tools_output_frequency_nominal",
           "Nominal frequency given to the load, in hertz."},
    Number{"output.voltage", "network_ups_tools_output_voltage",
           "Voltage given to the load, in volts."},
    Number{"output.voltage.nominal", "network_ups_tools_output_voltage_nominal",
           "Nominal voltage given to the load, in volts."},
    Number{"ups.delay.reboot", "network_ups_tools_ups_delay_reboot",
           "Time between a command to restart and its execution, in seconds."},
    Number{"ups.delay.shutdown", "network_ups_tools_ups_delay_shutdown",
           "Time between a command to stop and its execution, in seconds."},
    Number{"ups.delay.start", "network_ups_tools_ups_delay_start",
           "Time between the mains' return and feeding the load, in seconds."},
    Number{"ups.efficiency", "network_ups_tools_ups_efficiency", "Efficiency, in percent."},
    Number{"ups.load", "network_ups_tools_ups_load", "Load, in percent of what the UPS can feed."},
    Number{"ups.load.high", "network_ups_tools_ups_load_high",
           "Load at which the UPS says OVER, in percent."},
    Number{"ups.power", "network_ups_tools_ups_power",
           "Apparent power of the load, in volt-amperes."},
    Number{"ups.power.nominal", "network_ups_tools_ups_power_nominal",
           "Nominal apparent power, in volt-amperes."},
    Number{"ups.realpower", "network_ups_tools_ups_realpower", "Real power of the load, in watts."},
    Number{"ups.realpower.nominal", "network_ups_tools_ups_realpower_nominal",
           "Nominal real power, in watts."},
    Number{"ups.temperature", "network_ups_tools_ups_temperature",
           "Temperature of the UPS, in degrees Celsius."},
    Number{"ups.test.interval", "network_ups_tools_ups_test_interval",
           "Time between self tests, in seconds."},
    Number{"ups.timer.reboot", "network_ups_tools_ups_timer_reboot",
           "Time until the UPS restarts, in seconds; -1 when it does not."},
    Number{"ups.timer.shutdown", "network_ups_tools_ups_timer_shutdown",
           "Time until the UPS stops, in seconds; -1 when it does not."},
    Number{"ups.timer.start", "network_ups_tools_ups_timer_start",
           "Time until the UPS feeds its load again, in seconds; -1 when it does not."},
};

// nut_exporter's naming: a prefix, and underscores for dots and dashes.
constexpr bool is_named_after(const Number& number) {
  constexpr std::string_view prefix = "network_ups_tools_";
  return number.metric.starts_with(prefix) &&
         std::ranges::equal(number.metric.substr(prefix.size()), number.variable,
                            [](char metric, char variable) {
                              const bool is_gap = variable == '.' || variable == '-';
                              return metric == (is_gap ? '_' : variable);
                            });
}
static_assert(std::ranges::is_sorted(numbers, {}, &Number::variable));
static_assert(std::ranges::all_of(numbers, is_named_after));

// A row's place is its UpsFlag.
constexpr std::array<std::string_view, ups_flag_count> flag_labels{
    "flag=\"OL\"",    "flag=\"OB\"",      "flag=\"LB\"",     "flag=\"HB\"",  "flag=\"RB\"",
    "flag=\"CHRG\"",  "flag=\"DISCHRG\"", "flag=\"BYPASS\"", "flag=\"CAL\"", "flag=\"OFF\"",
    "flag=\"OVER\"",  "flag=\"TRIM\"",    "flag=\"BOOST\"",  "flag=\"FSD\"", "flag=\"SD\"",
    "flag=\"ALARM\"", "flag=\"HE\""};

constexpr std::array other_rows{
    ReadingDefinition{.metric = "network_ups_tools_device_info",
                      .type = ReadingType::info,
                      .dialect = ReadingDialect::nut,
                      .help = "What the UPS says of itself.",
                      .labels = "model mfr serial type description contact location part macaddr"},
    ReadingDefinition{.metric = "siaga_ups_transfers",
                      .dialect = ReadingDialect::nut,
                      .help = "Transfers to battery since apcupsd started, as it tells."},
    ReadingDefinition{.metric = "siaga_ups_last_transfer_on_battery_timestamp_seconds",
                      .dialect = ReadingDialect::nut,
                      .help = "When the UPS last went to battery, as apcupsd tells."},
    ReadingDefinition{.metric = "siaga_ups_last_transfer_off_battery_timestamp_seconds",
                      .dialect = ReadingDialect::nut,
                      .help = "When the UPS last came back from battery, as apcupsd tells."},
    ReadingDefinition{
        .metric = "siaga_ups_on_battery_seconds",
        .dialect = ReadingDialect::nut,
        .help = "How long the UPS has been on battery, as apcupsd tells; 0 on mains."},
    ReadingDefinition{.metric = "siaga_ups_cumulative_on_battery_seconds",
                      .dialect = ReadingDialect::nut,
                      .help = "Time on battery since apcupsd started, as it tells."},
    ReadingDefinition{.metric = "siaga_ups_no_numbers",
                      .dialect = ReadingDialect::nut,
                      .help = "Variables that the server told as something that is no number; the "
                              "log says which."},
};

enum UpsReading : ReadingId {
  first_number = tls_readings_end,
  first_flag = first_number + numbers.size(),
  device_info = first_flag + ups_flag_count,
  transfers,
  on_battery_at,
  off_battery_at,
  on_battery_seconds,
  cumulative_seconds,
  no_number_count,
  own_ups_readings_end,
};
static_assert(device_info + other_rows.size() == own_ups_readings_end);

const auto rows = [] {
  std::array<ReadingDefinition, own_ups_readings_end> all{};
  auto end = std::ranges::copy(address_readings, all.begin()).out;
  end = std::ranges::copy(tls_readings, end).out;
  for (const Number& number : numbers)
    *end++ = {.metric = number.metric, .dialect = ReadingDialect::nut, .help = number.help};
  for (const std::string_view label : flag_labels)
    *end++ = {.metric = "network_ups_tools_ups_status",
              .dialect = ReadingDialect::nut,
              .label = label,
              .help = "Whether the word is in the status of the UPS."};
  std::ranges::copy(other_rows, end);
  return all;
}();

// A label of the device's info. Old drivers tell some of it under "ups." only.
struct DeviceLabel {
  std::string_view label, variable, otherwise;
};
constexpr std::array device_labels{
    DeviceLabel{"model", "device.model", "ups.model"},
    DeviceLabel{"mfr", "device.mfr", "ups.mfr"},
    DeviceLabel{"serial", "device.serial", "ups.serial"},
    DeviceLabel{"type", "device.type", {}},
    DeviceLabel{"description", "device.description", {}},
    DeviceLabel{"contact", "device.contact", {}},
    DeviceLabel{"location", "device.location", {}},
    DeviceLabel{"part", "device.part", {}},
    DeviceLabel{"macaddr", "device.macaddr", {}},
};

std::string device_labels_of(const UpsTelling& telling) {
  std::string labels;
  for (const DeviceLabel& row : device_labels) {
    auto value = telling.find(row.variable);
    if (!value && !row.otherwise.empty()) value = telling.find(row.otherwise);
    if (value.value_or(std::string_view()).empty()) continue;
    if (!labels.empty()) labels += ',';
    labels.append(row.label).append("=\"");
    labels.append(escape_label_value(printable(*value, label_bytes))).append("\"");
  }
  return labels;
}

const Number* row_of(const UpsVariable& variable) {
  const auto* const row = std::ranges::lower_bound(numbers, variable.name, {}, &Number::variable);
  return row == numbers.end() || row->variable != variable.name ? nullptr : row;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(' ') == std::string_view::npos;
}

void write_numbers(const UpsTelling& telling, Readings& readings) {
  for (const UpsVariable& variable : telling.variables) {
    const Number* const row = row_of(variable);
    if (row == nullptr) continue;
    if (const auto number = parse_ups_number(variable.value))
      readings.set(static_cast<ReadingId>(first_number + (row - numbers.begin())), *number);
  }
}

}  // namespace

constinit const std::span<const ReadingDefinition> ups_readings{rows};

std::vector<UpsNoNumber> no_numbers(const UpsTelling& telling) {
  std::vector<UpsNoNumber> found;
  for (const UpsVariable& variable : telling.variables) {
    const Number* const row = row_of(variable);
    if (row == nullptr || is_blank(variable.value) || parse_ups_number(variable.value)) continue;
    // A server may repeat itself up to limits::ups_variables times.
    if (found.size() == numbers.size()) break;
    found.push_back({.variable = std::string(row->variable),
                     .value = printable(variable.value, no_number_bytes)});
  }
  return found;
}

void write_ups_readings(const UpsTelling& telling, Readings& readings) {
  write_numbers(telling, readings);
  for (std::size_t flag = 0; flag < ups_flag_count; ++flag)
    readings.set(static_cast<ReadingId>(first_flag + flag),
                 telling.facts.has(static_cast<UpsFlag>(flag)) ? 1 : 0);
  readings.set_info(device_info, device_labels_of(telling));
  const auto set = [&readings](ReadingId id, std::optional<double> value) {
    if (value) readings.set(id, *value);
  };
  set(transfers, telling.transfers.count);
  set(on_battery_at, telling.transfers.on_battery_at);
  set(off_battery_at, telling.transfers.off_battery_at);
  set(on_battery_seconds, telling.transfers.on_battery_seconds);
  set(cumulative_seconds, telling.transfers.cumulative_seconds);
  readings.set(no_number_count, static_cast<double>(no_numbers(telling).size()));
}

}  // namespace siaga
