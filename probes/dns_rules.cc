#include "probes/dns_rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace siaga {
namespace {

std::string names_of(const std::vector<std::uint16_t>& rcodes) {
  std::string names;
  for (const std::uint16_t rcode : rcodes)
    names += (names.empty() ? "" : " or ") + dns_rcode_name(rcode);
  return names;
}

const DnsRecord* first_match(const DnsMessage& message, const Pattern& pattern) {
  const auto found = std::ranges::find_if(message.answers, [&pattern](const DnsRecord& record) {
    return pattern.matches(record.text);
  });
  return found == message.answers.end() ? nullptr : &*found;
}

DnsJudgement judge_texts(const DnsMessage& message, const DnsRules& rules) {
  for (const Pattern& pattern : rules.wanted) {
    if (first_match(message, pattern) == nullptr)
      return {Reason::dns_answer_missing, fmt::format("no answer matches {}", pattern.text())};
  }
  for (const Pattern& pattern : rules.forbidden) {
    if (const DnsRecord* record = first_match(message, pattern))
      return {Reason::dns_answer_forbidden,
              fmt::format("{} matches {}", record->text, pattern.text())};
  }
  return {};
}

// Serial numbers go round (RFC 1982): the distance decides, not the size.
bool is_at_least(std::uint32_t serial, std::uint32_t least) {
  return static_cast<std::int32_t>(serial - least) >= 0;
}

DnsJudgement judge_serial(const DnsMessage& message, std::uint32_t least) {
  if (!message.soa_serial) return {Reason::dns_answer_missing, "no SOA record in the answer"};
  if (is_at_least(*message.soa_serial, least)) return {};
  return {Reason::dns_answer_missing,
          fmt::format("SOA serial {} is older than {}", *message.soa_serial, least)};
}

}  // namespace

DnsJudgement judge(const DnsMessage& message, const DnsRules& rules) {
  if (std::ranges::find(rules.rcodes, message.rcode) == rules.rcodes.end())
    return {Reason::dns_rcode,
            fmt::format("{}, not {}", dns_rcode_name(message.rcode), names_of(rules.rcodes))};
  if (message.has_alias && has_cname_loop(message.answers))
    return {Reason::dns_answer_loop, "the CNAMEs of the answer run in a circle"};
  if (message.typed_answers < rules.answers_min)
    return {Reason::dns_answer_count,
            fmt::format("{} answers of the asked type, at least {} expected", message.typed_answers,
                        rules.answers_min)};
  DnsJudgement texts = judge_texts(message, rules);
  if (texts.reason != Reason::none || !rules.serial_min) return texts;
  return judge_serial(message, *rules.serial_min);
}

}  // namespace siaga
