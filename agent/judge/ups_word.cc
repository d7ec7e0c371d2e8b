#include "agent/judge/ups_word.h"

#include <fmt/format.h>

namespace siaga {
namespace {

// No mains of the world has less (Japan's 100 V less 10 %); what is not told its nominal voltage is
// held against it.
constexpr double strip_volts_min = 90;

bool is_input_under(const UpsFacts& facts, double share) {
  return facts.input_volts && facts.nominal_volts &&
         *facts.input_volts < share * *facts.nominal_volts;
}

std::string said(std::string_view meaning, const UpsFacts& facts) {
  if (facts.words.empty()) return fmt::format("{} (no status)", meaning);
  return fmt::format("{} ({})", meaning, facts.words);
}

std::string said_with_input(std::string_view meaning, const UpsFacts& facts) {
  return fmt::format("{} ({}input {:.0f} V)", meaning,
                     facts.words.empty() ? std::string() : facts.words + ", ",
                     facts.input_volts.value_or(0));
}

// CyberPower UT says OL DISCHRG with 0 V during a cut (nut#811); APC BK650M2-CH says OL DISCHRG
// when it is full and all is well (nut#1970, nut#2212): so the input voltage decides. Without
// DISCHRG a dead input is a UPS that does not measure it.
UpsWord on_line(const UpsFacts& facts, const UpsRules& rules) {
  if (!is_input_under(facts, rules.dead_input_share))
    return {PowerWord::on, said("on line", facts)};
  if (facts.has(UpsFlag::discharging))
    return {PowerWord::off, said_with_input("discharging without input", facts)};
  return {PowerWord::on, said_with_input("on line, not discharging", facts)};
}

bool is_input_alive(const UpsFacts& facts, const UpsRules& rules) {
  return facts.input_volts && facts.nominal_volts && !is_input_under(facts, rules.dead_input_share);
}

// A Tripp Lite says "OB LB RB" at 122 V of 120 V with a full battery, a Digitus OB at 227 V of
// 230 V. What discharges, or has a battery that is not full, is believed.
UpsWord on_battery(const UpsFacts& facts, const UpsRules& rules) {
  const bool is_input_well = is_input_alive(facts, rules) &&
                             !is_input_under(facts, rules.low_input_share) &&
                             is_input_under(facts, rules.high_input_share);
  const bool is_full = facts.charge_percent && *facts.charge_percent >= rules.full_percent;
  if (!is_input_well || !is_full || facts.has(UpsFlag::discharging))
    return {PowerWord::off, said("on battery", facts)};
  return {PowerWord::none,
          fmt::format("says on battery ({}), but its input has {:.0f} V of {:.0f} V and its "
                      "battery is full",
                      facts.words, *facts.input_volts, *facts.nominal_volts),
          true};
}

// Neither OL nor OB. It works on what comes in, so what comes in is the evidence.
UpsWord by_input(const UpsFacts& facts, const UpsRules& rules) {
  const bool works_on_input = facts.has(UpsFlag::trim) || facts.has(UpsFlag::boost) ||
                              facts.has(UpsFlag::bypass) || facts.is_power_strip;
  if (works_on_input && is_input_alive(facts, rules))
    return {PowerWord::on, said_with_input("its input is there", facts)};
  if (!facts.is_power_strip || !facts.input_volts)
    return {PowerWord::none, said("says neither on line nor on battery", facts)};
  if (facts.nominal_volts)
    return {PowerWord::off, said_with_input("a power strip without input", facts)};
  if (*facts.input_volts >= strip_volts_min)
    return {PowerWord::on, said_with_input("its input is there", facts)};
  return {PowerWord::none, said_with_input("a power strip of an unknown nominal voltage", facts)};
}

}  // namespace

UpsWord word_of(const UpsFacts& facts, const UpsRules& rules) {
  const bool is_on_line = facts.has(UpsFlag::online),
             is_on_battery = facts.has(UpsFlag::on_battery);
  if (facts.has(UpsFlag::calibrating) && (is_on_line || is_on_battery))
    return {PowerWord::on, said("testing its battery", facts)};
  if (is_on_line && is_on_battery)
    return {PowerWord::none, said("says that it is on line and on battery", facts)};
  if (is_on_battery) return on_battery(facts, rules);
  if (is_on_line) return on_line(facts, rules);
  return by_input(facts, rules);
}

std::optional<std::string> brown_out_of(const UpsFacts& facts, const UpsRules& rules) {
  if (word_of(facts, rules).word != PowerWord::on) return std::nullopt;
  std::string text;
  if (facts.has(UpsFlag::boost)) text = "BOOST";
  else if (facts.has(UpsFlag::trim)) text = "TRIM";
  // Less than that, and not discharging, is not measured at all.
  const bool is_low = is_input_under(facts, rules.low_input_share) &&
                      !is_input_under(facts, rules.dead_input_share);
  if (text.empty() && !is_low) return std::nullopt;
  if (!facts.input_volts) return text;
  const std::string of =
      facts.nominal_volts ? fmt::format(" of {:.0f} V", *facts.nominal_volts) : std::string();
  return fmt::format("{}{}input {:.0f} V{}", text, text.empty() ? "" : ", ", *facts.input_volts,
                     of);
}

}  // namespace siaga
