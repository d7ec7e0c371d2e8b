// What upsd (NUT, RFC 9271) says of one UPS in its answer to LIST VAR. Tolerant, because drivers
// put on the wire what devices and people wrote: a line that makes no sense is skipped, the others
// are read. No sockets; where the answer ends was found before.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/reason.h"
#include "agent/core/ups.h"

namespace siaga {

// A variable by NUT's name: "battery.charge" is "100". Borrowed from the answer's text, from the
// telling, or static.
struct UpsVariable {
  std::string_view name, value;
};

// What only apcupsd tells.
struct UpsTransfers {
  std::optional<double> count;                          // to battery, since apcupsd started
  std::optional<double> on_battery_at, off_battery_at;  // the last ones, unix seconds
  std::optional<double> on_battery_seconds;             // now
  std::optional<double> cumulative_seconds;             // since apcupsd started
};

// One answer, whatever the server. Not copied: its variables may borrow from it.
struct UpsTelling {
  UpsTelling() = default;
  UpsTelling(UpsTelling&&) = default;
  UpsTelling& operator=(UpsTelling&&) = default;

  // none: there is a reading. unknown_ups, driver_not_connected, data_stale, ups_wait,
  // ups_access_denied, protocol_error: there is none.
  Reason reason = Reason::none;
  std::string detail;
  UpsFacts facts;
  std::vector<UpsVariable> variables;  // as they came, at most limits::ups_variables
  UpsTransfers transfers;
  std::list<std::string> made;  // values that do not stand in the text as they are

  // Nothing when it was not told.
  std::optional<std::string_view> find(std::string_view name) const;
  // Nothing when it is no number either, or negative: drivers say -1 for what they do not know.
  std::optional<double> number(std::string_view name) const;
};

// `text` must outlive the result: BEGIN LIST VAR .. END LIST VAR, or one ERR line.
// `nominal_volts`: as configured.
UpsTelling parse_nut_answer(std::string_view text, std::optional<double> nominal_volts = {});

// "219.8", "042.7", "21,52": digits with at most one point or comma, a sign before them. No
// exponents, no hex, no units.
std::optional<double> parse_ups_number(std::string_view text);

// Fills in what the variables say of volts, charge, runtime and load.
void write_facts(const UpsTelling& telling, std::optional<double> nominal_volts, UpsFacts& facts);

}  // namespace siaga
