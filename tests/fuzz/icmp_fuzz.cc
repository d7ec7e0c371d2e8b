// ICMP messages from anybody: every parser on every input, and what is taken for a reply must be
// made of a key and our pattern. The first byte picks the family.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "agent/core/check.h"
#include "agent/core/icmp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace siaga;
  if (size == 0) return 0;
  const Family family = (data[0] & 1U) == 0 ? Family::ip4 : Family::ip6;
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  if (const auto content = icmp::strip_ip4_header(bytes)) {
    CHECK(content->message.size() < bytes.size());
    static_cast<void>(icmp::parse_reply(Family::ip4, content->message));
  }
  if (const auto quoted = icmp::parse_quoted_request(family, bytes))
    CHECK(!quoted->key || bytes.size() >= icmp::header_bytes + icmp::payload_bytes_min);
  if (bytes.size() >= 2) static_cast<void>(icmp::meaning_of_error(family, data[1], data[2]));
  const auto echo = icmp::parse_reply(family, bytes);
  if (!echo) return 0;
  CHECK(echo->payload_bytes + icmp::header_bytes == bytes.size());
  std::vector<std::byte> again(bytes.size());
  icmp::write_request(family, echo->name, echo->key, again);
  for (std::size_t at = 4; at < again.size(); ++at) CHECK(again[at] == bytes[at]);
  return 0;
}
