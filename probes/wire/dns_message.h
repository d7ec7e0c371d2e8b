// DNS messages as values: a query to bytes, a reply's bytes to what a probe judges. Pure: no
// sockets, no clock. The only door to ldns. Replies come from anybody: every parse is bounded by
// the 65,535 bytes of a message and by dns_text_bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/result.h"

namespace siaga {

// What a query may ask for, and what a reply may say, as users type it.
inline constexpr std::array<std::string_view, 17> dns_types{
    "A",   "AAAA", "NS",     "MX",   "TXT",   "SOA",   "CNAME", "PTR", "SRV",
    "CAA", "DS",   "DNSKEY", "TLSA", "NAPTR", "HTTPS", "SVCB",  "ANY"};
inline constexpr std::array<std::string_view, 11> dns_rcodes{
    "NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
    "YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE"};

inline constexpr std::size_t dns_text_bytes = 1U << 20U;  // of all records of one reply as text

struct DnsQuestion {
  std::string name;  // always taken as absolute, with or without the last dot
  std::string type = "A";
  std::string klass = "IN";
  bool is_recursive = true;      // the RD bit
  std::uint16_t edns_bytes = 0;  // announced UDP size (RFC 6891); 0: no EDNS
  bool wants_dnssec = false;     // the DO bit; needs EDNS
};
// A whole query with id 0. Error: a name that does not fit into a message, an unknown type or
// class; the text says which.
Result<std::vector<std::byte>> make_dns_query(const DnsQuestion& question);

// "10.0.0.1" -> "1.0.0.10.in-addr.arpa.", for PTR.
std::string reverse_dns_name(const Address& address);

struct DnsRecord {
  std::string name, type;
  std::uint32_t ttl = 0;
  std::string text;  // "name ttl class type rdata" in ldns' form with single spaces

  std::string_view data() const;  // the rdata part of the text
};

enum class DnsRecords : std::uint8_t { counted, read };

struct DnsMessage {
  std::uint16_t id = 0;
  std::uint16_t rcode = 0;  // with the upper bits of EDNS
  bool is_authoritative = false, is_truncated = false, is_recursive = false, can_recurse = false,
       is_authentic = false;
  std::uint16_t answer_count = 0, authority_count = 0, additional_count = 0;
  std::uint16_t typed_answers = 0;          // answers of the question's type; ANY: all
  bool has_alias = false;                   // a CNAME or DNAME is among the answers
  std::optional<std::uint32_t> soa_serial;  // of the first SOA among the answers
  // With DnsRecords::read only. The pseudo record OPT is counted but not listed.
  std::string question;  // "name class type"
  std::vector<DnsRecord> answers, authorities, additionals;
};
// Error: no whole reply with exactly the announced records; the text says what is wrong.
Result<DnsMessage> parse_dns_message(std::span<const std::byte> wire, DnsRecords records);

// "NXDOMAIN", "RCODE3841".
std::string dns_rcode_name(std::uint16_t rcode);
// "aa rd ra".
std::string dns_flag_names(const DnsMessage& message);

// True when the records' CNAMEs lead from a name back to itself.
bool has_cname_loop(std::span<const DnsRecord> records);

}  // namespace siaga
