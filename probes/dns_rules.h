// Is this answer what the target's owner expects? Pure: a message and rules in, a reason out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/pattern.h"
#include "agent/core/reason.h"
#include "probes/wire/dns_message.h"

namespace siaga {

struct DnsRules {
  std::vector<std::uint16_t> rcodes;       // expected; never empty
  std::vector<Pattern> wanted, forbidden;  // on the text of the answer section's records
  std::int64_t answers_min = 0;            // of the asked type
  std::optional<std::uint32_t> serial_min;

  // Whether judging takes the records' text.
  bool reads_records() const { return !wanted.empty() || !forbidden.empty(); }
};

struct DnsJudgement {
  Reason reason = Reason::none;
  std::string detail;  // empty when ok
};
// The first rule that is broken: response code, CNAME circle, count, wanted, forbidden, serial.
// Needs the records when rules.reads_records() or message.has_alias.
DnsJudgement judge(const DnsMessage& message, const DnsRules& rules);

}  // namespace siaga
