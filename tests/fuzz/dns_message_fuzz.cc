// Bytes of a stranger's DNS server into the parser of replies. What must hold: it ends, it stays
// within its limits, reading and counting agree, and every text is plain ASCII in one line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "probes/wire/dns_message.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const siaga::DnsRecord& record) {
  for (const char letter : record.text) require(letter >= ' ' && letter <= '~');
  require(record.text.size() <= siaga::dns_text_bytes);
  require(record.data().size() <= record.text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto wire = std::as_bytes(std::span(data, size));
  const auto counted = siaga::parse_dns_message(wire, siaga::DnsRecords::counted);
  const auto read = siaga::parse_dns_message(wire, siaga::DnsRecords::read);
  if (!read) return 0;  // reading refuses more than counting: texts that are too long
  require(counted.has_value());
  require(counted->rcode == read->rcode && counted->answer_count == read->answer_count);
  require(read->answers.size() <= read->answer_count);
  for (const auto& record : read->answers) check(record);
  for (const auto& record : read->authorities) check(record);
  for (const auto& record : read->additionals) check(record);
  static_cast<void>(siaga::has_cname_loop(read->answers));
  return 0;
}
