#include "probes/wire/nut.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/core/split.h"
#include "agent/core/utf8.h"
#include "probes/wire/ups_voltages.h"
#include "probes/wire/ups_words.h"

namespace siaga {
namespace {

constexpr std::size_t usual_variables = 64;  // of one UPS; room is made for them at once
constexpr std::size_t number_bytes = 32;     // a longer one is none

// A server that has had no reading for longer says so itself.
constexpr std::chrono::duration<double> ups_age_max = std::chrono::minutes(10);

constexpr std::array<UpsStatusWord, ups_flag_count> nut_words{{
    {"OL", UpsFlag::online},
    {"OB", UpsFlag::on_battery},
    {"LB", UpsFlag::low_battery},
    {"HB", UpsFlag::high_battery},
    {"RB", UpsFlag::replace_battery},
    {"CHRG", UpsFlag::charging},
    {"DISCHRG", UpsFlag::discharging},
    {"BYPASS", UpsFlag::bypass},
    {"CAL", UpsFlag::calibrating},
    {"OFF", UpsFlag::off},
    {"OVER", UpsFlag::overload},
    {"TRIM", UpsFlag::trim},
    {"BOOST", UpsFlag::boost},
    {"FSD", UpsFlag::forced_shutdown},
    {"SD", UpsFlag::shutting_down},
    {"ALARM", UpsFlag::alarm},
    {"HE", UpsFlag::high_efficiency},
}};

struct Token {
  std::string_view text;
  Reason reason;
};
constexpr std::array tokens{
    Token{"UNKNOWN-UPS", Reason::unknown_ups},
    Token{"DRIVER-NOT-CONNECTED", Reason::driver_not_connected},
    Token{"DATA-STALE", Reason::data_stale},
    Token{"ACCESS-DENIED", Reason::ups_access_denied},
    Token{"INVALID-USERNAME", Reason::ups_access_denied},
    Token{"INVALID-PASSWORD", Reason::ups_access_denied},
    Token{"USERNAME-REQUIRED", Reason::ups_access_denied},
    Token{"PASSWORD-REQUIRED", Reason::ups_access_denied},
};

std::string_view first_line(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  return line.substr(0, line.find_last_not_of('\r') + 1);
}

// `VAR ups name "value"`. A name may hold a quote, as it is not checked on its way: the name ends
// at the first space, the value lies between the first quote behind it and the last one.
std::optional<UpsVariable> parse_line(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix)) return std::nullopt;
  line.remove_prefix(prefix.size());
  const std::string_view name = take_until(line, " ");
  const std::size_t begin = line.find('"');
  const std::size_t end = line.rfind('"');
  if (name.empty() || begin == std::string_view::npos || begin == end) return std::nullopt;
  return UpsVariable{name, line.substr(begin + 1, end - begin - 1)};
}

// upsd builds each line in 512 bytes and cuts what is longer, its line feed too (server/netcmds.h,
// NUT_NET_ANSWER_MAX): then the next line follows in the same one.
std::string_view behind_cut(std::string_view line, std::string_view prefix) {
  for (const std::size_t cut : {std::size_t{511}, std::size_t{512}})
    if (line.size() > cut && line.substr(cut).starts_with(prefix)) return line.substr(cut);
  return {};
}

void parse_lines(std::string_view text, UpsTelling& telling) {
  // "BEGIN LIST VAR office": the lines begin with "VAR office ".
  const std::string_view opening = first_line(text);
  const std::string prefix =
      fmt::format("VAR {} ", opening.substr(std::min(opening.size(), opening.rfind(' ') + 1)));
  telling.variables.reserve(usual_variables);
  while (!text.empty()) {
    std::string_view line = take_until(text, "\n");
    while (!line.empty() && telling.variables.size() < limits::ups_variables) {
      const std::string_view next = behind_cut(line, prefix);
      line.remove_suffix(next.size());
      if (auto variable = parse_line(line, prefix)) {
        if (variable->value.contains('\\'))
          variable->value = telling.made.emplace_back(nut_unescaped(variable->value));
        telling.variables.push_back(*variable);
      }
      line = next;
    }
  }
}

UpsTelling refusal(std::string_view line) {
  std::string detail = fmt::format("the server says \"{}\"", printable(line, ups_status_bytes));
  std::string_view rest = line.substr(std::min<std::size_t>(line.size(), 4));
  const std::string_view token = rest.substr(0, rest.find(' '));
  const auto* const known = std::ranges::find(tokens, token, &Token::text);
  const Reason reason = known == tokens.end() ? Reason::protocol_error : known->reason;
  UpsTelling telling;
  telling.reason = reason;
  telling.detail = std::move(detail);
  return telling;
}

void read_nut_status(std::string_view status, UpsTelling& telling) {
  read_ups_words(status, nut_words, telling.facts);
  if (has_ups_word(status, "WAIT")) {
    telling.reason = Reason::ups_wait;
    telling.detail = "its driver has not reported yet (WAIT)";
  }
  if (status.find_first_not_of(' ') != std::string_view::npos || telling.facts.is_power_strip)
    return;
  telling.reason = Reason::data_stale;
  telling.detail = "the server has no status of it: ups.status is empty";
}

// The driver that relays apcupsd has one word for "apcupsd has lost the UPS", which it shares with
// a UPS that feeds nothing (drivers/apcupsd-ups.c): OFF, and nothing of its input.
bool is_loss_of_apcupsd(const UpsTelling& telling) {
  return telling.find("driver.name") == "apcupsd-ups" && telling.facts.has(UpsFlag::off) &&
         !telling.facts.has(UpsFlag::online) && !telling.facts.has(UpsFlag::on_battery);
}

// upsd keeps what the driver read last; it reads this often (ups.conf, "pollinterval").
Millis pollinterval(const UpsTelling& telling) {
  const auto told = telling.number("driver.parameter.pollinterval");
  if (!told) return UpsFacts{}.age_max;
  return std::chrono::ceil<Millis>(std::min(std::chrono::duration<double>(*told), ups_age_max));
}

}  // namespace

std::optional<std::string_view> UpsTelling::find(std::string_view name) const {
  const auto found = std::ranges::find(variables, name, &UpsVariable::name);
  return found == variables.end() ? std::nullopt : std::optional(found->value);
}

std::optional<double> UpsTelling::number(std::string_view name) const {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const auto number = parse_ups_number(*value);
  return number && *number >= 0 ? number : std::nullopt;
}

std::optional<double> parse_ups_number(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return std::nullopt;
  text = text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
  if (text.size() > number_bytes) return std::nullopt;
  if (text.find_first_not_of("0123456789.,", text.starts_with('-') || text.starts_with('+')) !=
      std::string_view::npos)
    return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  std::array<char, number_bytes> digits{};
  char* const end = std::ranges::replace_copy(text, digits.begin(), ',', '.').out;
  double number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), end, number, std::chars_format::fixed);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

void write_facts(const UpsTelling& telling, std::optional<double> nominal_volts, UpsFacts& facts) {
  const UpsVoltages voltages = voltages_of(telling, nominal_volts);
  facts.input_volts = voltages.input;
  facts.nominal_volts = voltages.nominal;
  facts.nominal_source = voltages.nominal_source;
  facts.output_volts = telling.number("output.voltage");
  facts.charge_percent = telling.number("battery.charge");
  facts.runtime_seconds = telling.number("battery.runtime");
  facts.load_percent = telling.number("ups.load");
}

UpsTelling parse_nut_answer(std::string_view text, std::optional<double> nominal_volts) {
  const std::string_view opening = first_line(text);
  if (opening.starts_with("ERR")) return refusal(opening);
  UpsTelling telling;
  parse_lines(text, telling);
  const auto status = telling.find("ups.status");
  telling.facts.is_power_strip = telling.find("device.type") == "pdu";
  read_nut_status(status.value_or(std::string_view()), telling);
  if (!status && telling.reason != Reason::none)
    telling.detail = "the server has no status of it: no ups.status";
  if (is_loss_of_apcupsd(telling)) {
    telling.reason = Reason::data_stale;
    telling.detail = "apcupsd has lost the UPS (OFF, says apcupsd-ups)";
  }
  telling.facts.age_max = pollinterval(telling);
  write_facts(telling, nominal_volts, telling.facts);
  return telling;
}

}  // namespace siaga
