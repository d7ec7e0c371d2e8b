#include "probes/wire/apcupsd.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/core/split.h"
#include "probes/wire/ups_words.h"

namespace siaga {
namespace {

// apcupsd's keys (src/lib/apcstatus.c) and NUT's names for the same things. `scale` 0: a text.
struct Row {
  std::string_view key, name;
  double scale;
};
constexpr std::array rows{
    Row{"AMBTEMP", "ambient.temperature", 1},
    Row{"BATTDATE", "battery.date", 0},
    Row{"BATTV", "battery.voltage", 1},
    Row{"BCHARGE", "battery.charge", 1},
    Row{"DLOWBATT", "battery.runtime.low", 60},
    Row{"DSHUTD", "ups.delay.shutdown", 1},
    Row{"DWAKE", "ups.delay.start", 1},
    Row{"FIRMWARE", "ups.firmware", 0},
    Row{"HITRANS", "input.transfer.high", 1},
    Row{"HUMIDITY", "ambient.humidity", 1},
    Row{"ITEMP", "ups.temperature", 1},
    Row{"LASTXFER", "input.transfer.reason", 0},
    Row{"LINEFREQ", "input.frequency", 1},
    Row{"LINEV", "input.voltage", 1},
    Row{"LOADPCT", "ups.load", 1},
    Row{"LOTRANS", "input.transfer.low", 1},
    Row{"MAXLINEV", "input.voltage.maximum", 1},
    Row{"MINLINEV", "input.voltage.minimum", 1},
    Row{"MODEL", "device.model", 0},
    Row{"NOMAPNT", "ups.power.nominal", 1},
    Row{"NOMBATTV", "battery.voltage.nominal", 1},
    Row{"NOMINV", "input.voltage.nominal", 1},
    Row{"NOMOUTV", "output.voltage.nominal", 1},
    Row{"NOMPOWER", "ups.realpower.nominal", 1},
    Row{"OUTCURNT", "output.current", 1},
    Row{"OUTPUTV", "output.voltage", 1},
    Row{"SELFTEST", "ups.test.result", 0},
    Row{"SERIALNO", "device.serial", 0},
    Row{"TIMELEFT", "battery.runtime", 60},
    Row{"UPSNAME", "device.description", 0},
};

constexpr std::array apcupsd_words{
    UpsStatusWord{"ONLINE", UpsFlag::online},
    UpsStatusWord{"ONBATT", UpsFlag::on_battery},
    UpsStatusWord{"LOWBATT", UpsFlag::low_battery},
    UpsStatusWord{"REPLACEBATT", UpsFlag::replace_battery},
    UpsStatusWord{"NOBATT", UpsFlag::replace_battery},
    UpsStatusWord{"CAL", UpsFlag::calibrating},
    UpsStatusWord{"TRIM", UpsFlag::trim},
    UpsStatusWord{"BOOST", UpsFlag::boost},
    UpsStatusWord{"OVERLOAD", UpsFlag::overload},
    // It has decided to stop the machine: what NUT calls a forced shutdown.
    UpsStatusWord{"SHUTTING", UpsFlag::forced_shutdown},
};

constexpr Millis polltime = std::chrono::seconds(60);  // apcupsd.conf's default
constexpr double reading_age_max = 600;                // seconds; then it says COMMLOST
constexpr std::string_view not_available = "N/A";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

// "219.8 Volts".
std::optional<double> quantity(std::string_view value) {
  return parse_ups_number(value.substr(0, value.find(' ')));
}

void read_apcupsd_status(std::string_view status, UpsTelling& telling) {
  read_ups_words(status, apcupsd_words, telling.facts);
  if (status.empty()) {
    telling.reason = Reason::data_stale;
    telling.detail = "apcupsd has no status of it: STATUS is empty";
  }
  if (status.starts_with("COMMLOST") || status.starts_with("NETWORK ERROR")) {
    telling.reason = Reason::data_stale;
    telling.detail = fmt::format("apcupsd has lost the UPS ({})", telling.facts.words);
  }
}

// When apcupsd had its values from the UPS, and when it answered, by its own clock.
struct ApcupsdDates {
  std::optional<double> read, answered;  // unix seconds
};

void read_date(std::string_view key, std::string_view value, ApcupsdDates& dates) {
  if (key == "DATE") dates.read = parse_apcupsd_date(value);
  else if (key == "END APC") dates.answered = parse_apcupsd_date(value);
}

// Both dates are whole seconds. Without them it may be as old as POLLTIME lets it be.
Millis age_of(const ApcupsdDates& dates) {
  if (!dates.read || !dates.answered) return polltime;
  const auto seconds = std::clamp(*dates.answered - *dates.read, 0.0, reading_age_max);
  return std::chrono::ceil<Millis>(std::chrono::duration<double>(seconds)) +
         std::chrono::seconds(1);
}

void read_transfer(std::string_view key, std::string_view value, UpsTransfers& transfers) {
  if (key == "NUMXFERS") transfers.count = quantity(value);
  else if (key == "XONBATT") transfers.on_battery_at = parse_apcupsd_date(value);
  else if (key == "XOFFBATT") transfers.off_battery_at = parse_apcupsd_date(value);
  else if (key == "TONBATT") transfers.on_battery_seconds = quantity(value);
  else if (key == "CUMONBATT") transfers.cumulative_seconds = quantity(value);
}

void read_variable(std::string_view key, std::string_view value, UpsTelling& telling) {
  const auto* const row = std::ranges::lower_bound(rows, key, {}, &Row::key);
  if (row == rows.end() || row->key != key || telling.variables.size() >= limits::ups_variables)
    return;
  if (row->scale == 0) return telling.variables.push_back({row->name, value});
  // Its own number stays as it was written, unless the unit differs.
  const auto number = quantity(value);
  if (!number && value == not_available) return;
  if (!number) return telling.variables.push_back({row->name, value});
  telling.variables.push_back({row->name, row->scale == 1 ? value.substr(0, value.find(' '))
                                                          : telling.made.emplace_back(fmt::format(
                                                                "{:.1f}", *number * row->scale))});
}

constexpr std::string_view date_form = "0000-00-00 00:00:00";
constexpr std::string_view zone_form = "+0000";

bool has_form(std::string_view text, std::string_view form) {
  return text.size() == form.size() && std::ranges::equal(text, form, [](char letter, char model) {
           if (model == '0') return letter >= '0' && letter <= '9';
           return letter == model || (model == '+' && letter == '-');
         });
}

}  // namespace

std::optional<double> parse_apcupsd_date(std::string_view text) {
  namespace chrono = std::chrono;
  text = trimmed(text);
  if (text.size() <= date_form.size()) return std::nullopt;
  const std::string_view when = text.substr(0, date_form.size());
  const std::string_view zone = trimmed(text.substr(date_form.size()));
  if (!has_form(when, date_form) || !has_form(zone, zone_form)) return std::nullopt;
  const auto at = [](std::string_view part, std::size_t begin, std::size_t size) {
    int number = 0;
    for (const char digit : part.substr(begin, size)) number = number * 10 + (digit - '0');
    return number;
  };
  const chrono::year_month_day date{chrono::year(at(when, 0, 4)),
                                    chrono::month(static_cast<unsigned>(at(when, 5, 2))),
                                    chrono::day(static_cast<unsigned>(at(when, 8, 2)))};
  const auto time = chrono::hours(at(when, 11, 2)) + chrono::minutes(at(when, 14, 2)) +
                    chrono::seconds(at(when, 17, 2));
  const auto east = chrono::hours(at(zone, 1, 2)) + chrono::minutes(at(zone, 3, 2));
  if (!date.ok() || time > chrono::hours(24) || east > chrono::hours(24)) return std::nullopt;
  const auto since =
      chrono::sys_days(date).time_since_epoch() + time - (zone[0] == '-' ? -east : east);
  return chrono::duration<double>(since).count();
}

UpsTelling parse_apcupsd_answer(std::string_view text, std::optional<double> nominal_volts) {
  static_assert(std::ranges::is_sorted(rows, {}, &Row::key));
  UpsTelling telling;
  bool has_status = false;
  ApcupsdDates dates;
  while (!text.empty()) {
    const std::string_view line = take_until(text, "\n");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = trimmed(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (key == "STATUS" && !has_status) {
      read_apcupsd_status(value, telling);
      has_status = true;
    }
    read_date(key, value, dates);
    read_transfer(key, value, telling.transfers);
    read_variable(key, value, telling);
  }
  if (!has_status) {
    telling.reason = Reason::protocol_error;
    telling.detail = "no line of the answer is a STATUS";
  }
  telling.facts.age_max = age_of(dates);
  write_facts(telling, nominal_volts, telling.facts);
  return telling;
}

}  // namespace siaga
