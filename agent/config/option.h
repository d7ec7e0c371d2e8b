// The language of the configuration as data. Every table of the file - [office], [defaults], the
// keys that all kinds share, each kind's own - is an array of Option. The parser, `siaga check`,
// `config schema`, the man page, the example and docs/configuration.md all read these arrays; a
// key is described nowhere else.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/local_time.h"
#include "agent/core/pattern.h"
#include "agent/core/time.h"
#include "agent/core/units.h"
#include "agent/core/weekly.h"

namespace siaga {

enum class OptionType : std::uint8_t {
  text,         // std::string
  boolean,      // bool
  integer,      // std::int64_t
  number,       // double
  duration,     // Duration, written "30s"
  size,         // Bytes, written "1MiB"
  choice,       // std::string, one of Option::choices
  texts,        // std::vector<std::string>; one string alone is taken as a list of one
  choices,      // std::vector<std::string>, each one of Option::choices
  integers,     // std::vector<std::int64_t>; one alone is a list of one
  text_map,     // StringMap: { Name = "value", ... }
  pattern,      // Pattern (RE2)
  patterns,     // std::vector<Pattern>
  pattern_map,  // std::vector<NamedPattern>: { Header-Name = "pattern", ... }
  statuses,     // std::vector<StatusRange>: "2xx", "200-299", 301, "404"
  host_port,    // HostPort: "host:port"; Option::fallback_port allows "host"
  host,         // std::string: a name or an address
  address,      // std::string holding a checked IP address; empty when not set
  networks,     // std::vector<IpNetwork>: "10.0.0.0/8"
  url,          // std::string, an absolute http or https URL
  file,         // std::string, a path; a relative one is relative to the configuration file
  secret,       // Secret: "text", { file = "..." }, { credential = "..." }, { env = "..." }
  secret_map,   // std::map<std::string, Secret>: headers with secrets
  location,     // Location: [latitude, longitude]
  timezone,     // std::string, a name of the tz database
  dialogue,     // std::vector<DialogueStep>
  weekly,       // WeeklyTimes: "Sat 22:00-24:00"
  local_time,   // LocalTime: "2026-11-30 22:00", or a date-time of TOML without a zone
};

struct Secret {
  std::string value;   // resolved at load; compared, never printed
  std::string source;  // "file /etc/...", "credential x", "env X", "text"; what is printed
  bool operator==(const Secret&) const = default;
};
struct StatusRange {
  int first = 0, last = 0;
  bool operator==(const StatusRange&) const = default;
};
struct NamedPattern {
  std::string name;
  Pattern pattern;
  bool operator==(const NamedPattern&) const = default;
};
struct Location {
  double latitude = 0, longitude = 0;
  bool operator==(const Location&) const = default;
};
// One step of a TCP dialogue: { send = "..." } or { expect = "pattern" } or { starttls = true }.
// `send` may use ${1} and ${name} of the last match.
struct DialogueStep {
  std::string send;
  std::vector<Pattern> expect;  // none or one
  bool starttls = false;
  bool operator==(const DialogueStep&) const = default;
};
using StringMap = std::map<std::string, std::string>;

using OptionValue =
    std::variant<std::monostate, bool, std::int64_t, double, Duration, Bytes, std::string,
                 std::vector<std::string>, std::vector<std::int64_t>, StringMap, Pattern,
                 std::vector<Pattern>, std::vector<NamedPattern>, std::vector<StatusRange>,
                 HostPort, std::vector<IpNetwork>, Secret, std::map<std::string, Secret>, Location,
                 std::vector<DialogueStep>, WeeklyTimes, LocalTime>;

struct Option {
  std::string_view key;  // "timeout", "expect.status": a dot is a sub-table
  OptionType type = OptionType::text;
  std::string_view fallback;  // the default, as it would be typed in TOML; empty: not set
  std::string_view min, max;  // bounds for integer, number, duration, size; empty: none
  std::span<const std::string_view> choices;
  bool is_required = false;
  std::uint16_t fallback_port = 0;  // for host_port
  std::string_view help;            // English, one or two sentences; units and limits are generated
  std::string_view help_id;         // Indonesian
  std::string_view example;         // as it would be typed in TOML; empty: none
  std::string_view refers_to = {};  // of texts: names of targets of this kind; "*": of any
};

}  // namespace siaga
