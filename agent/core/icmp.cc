#include "agent/core/icmp.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "agent/core/check.h"

namespace siaga::icmp {
namespace {

constexpr std::uint8_t echo_request_4 = 8, echo_reply_4 = 0;
constexpr std::uint8_t echo_request_6 = 128, echo_reply_6 = 129;
constexpr std::size_t ip4_header_bytes = 20;

template <typename Number>
void put(std::span<std::byte> bytes, std::size_t at, Number number) {
  if constexpr (std::endian::native == std::endian::little) number = std::byteswap(number);
  std::memcpy(bytes.data() + at, &number, sizeof number);
}

template <typename Number>
Number take(std::span<const std::byte> bytes, std::size_t at) {
  Number number{};
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return std::endian::native == std::endian::little ? std::byteswap(number) : number;
}

std::uint8_t octet(std::span<const std::byte> bytes, std::size_t at) {
  return std::to_integer<std::uint8_t>(bytes[at]);
}

// Byte n of a payload is n modulo 256.
constexpr std::array<std::byte, 256> pattern = [] {
  std::array<std::byte, 256> bytes{};
  for (std::size_t index = 0; index < bytes.size(); ++index) bytes[index] = std::byte(index);
  return bytes;
}();

// Calls `step(offset, length)` for each piece of the payload behind the key that lies within one
// round of the pattern; stops when it returns false.
template <typename Step>
bool each_pattern_piece(std::size_t payload_bytes, Step step) {
  for (std::size_t at = payload_bytes_min; at < payload_bytes;) {
    const std::size_t length = std::min(pattern.size() - at % pattern.size(), payload_bytes - at);
    if (!step(at, length)) return false;
    at += length;
  }
  return true;
}

Key take_key(std::span<const std::byte> payload) {
  return {.cookie = take<std::uint64_t>(payload, 0),
          .nonce = take<std::uint64_t>(payload, 8),
          .slot = take<std::uint32_t>(payload, 16),
          .packet = take<std::uint32_t>(payload, 20)};
}

EchoName take_name(std::span<const std::byte> message) {
  return {.identifier = take<std::uint16_t>(message, 4),
          .sequence = take<std::uint16_t>(message, 6)};
}

struct ErrorRow {
  std::uint8_t type, code;
  Meaning meaning;
};

// RFC 792, RFC 1122 (3.2.2.1) and RFC 1812 (5.2.7.1). "Port unreachable" in answer to an echo can
// only come from a packet filter: it is the default of iptables' REJECT.
constexpr std::array errors_4{
    ErrorRow{3, 0, {Reason::network_unreachable, "network unreachable"}},
    ErrorRow{3, 1, {Reason::host_unreachable, "host unreachable"}},
    ErrorRow{3, 2, {Reason::prohibited, "protocol unreachable"}},
    ErrorRow{3, 3, {Reason::prohibited, "port unreachable"}},
    ErrorRow{3, 4, {Reason::packet_too_big, "packet too big"}},
    ErrorRow{3, 5, {Reason::network_unreachable, "source route failed"}},
    ErrorRow{3, 6, {Reason::network_unreachable, "network unknown"}},
    ErrorRow{3, 7, {Reason::host_unreachable, "host unknown"}},
    ErrorRow{3, 8, {Reason::host_unreachable, "source host isolated"}},
    ErrorRow{3, 9, {Reason::prohibited, "network prohibited"}},
    ErrorRow{3, 10, {Reason::prohibited, "host prohibited"}},
    ErrorRow{3, 11, {Reason::network_unreachable, "network unreachable for this traffic class"}},
    ErrorRow{3, 12, {Reason::host_unreachable, "host unreachable for this traffic class"}},
    ErrorRow{3, 13, {Reason::prohibited, "administratively prohibited"}},
    ErrorRow{3, 14, {Reason::prohibited, "host precedence violation"}},
    ErrorRow{3, 15, {Reason::prohibited, "precedence cut off"}},
    ErrorRow{11, 0, {Reason::ttl_exceeded, "hop limit exceeded"}},
};
// RFC 4443, 3.1 to 3.3. Code 4 as above: the default of ip6tables' REJECT.
constexpr std::array errors_6{
    ErrorRow{1, 0, {Reason::network_unreachable, "no route"}},
    ErrorRow{1, 1, {Reason::prohibited, "administratively prohibited"}},
    ErrorRow{1, 2, {Reason::network_unreachable, "beyond the scope of the source address"}},
    ErrorRow{1, 3, {Reason::host_unreachable, "address unreachable"}},
    ErrorRow{1, 4, {Reason::prohibited, "port unreachable"}},
    ErrorRow{1, 5, {Reason::prohibited, "source address failed the policy"}},
    ErrorRow{1, 6, {Reason::prohibited, "reject route"}},
    ErrorRow{2, 0, {Reason::packet_too_big, "packet too big"}},
    ErrorRow{3, 0, {Reason::ttl_exceeded, "hop limit exceeded"}},
};

std::optional<Meaning> find(std::span<const ErrorRow> rows, std::uint8_t type, std::uint8_t code) {
  const auto row = std::ranges::find_if(
      rows, [&](const ErrorRow& each) { return each.type == type && each.code == code; });
  if (row == rows.end()) return {};
  return row->meaning;
}

}  // namespace

std::uint16_t checksum(std::span<const std::byte> bytes) {
  // Sums in the machine's own order: the sum does not care (RFC 1071, 2).
  std::uint64_t sum = 0;
  std::size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    sum += word;
  }
  std::array<std::byte, 4> rest{};
  std::ranges::copy(bytes.subspan(at), rest.begin());
  sum += std::bit_cast<std::uint32_t>(rest);
  while ((sum >> 16U) != 0) sum = (sum & 0xFFFFU) + (sum >> 16U);
  const auto folded = static_cast<std::uint16_t>(~sum);
  return std::endian::native == std::endian::little ? std::byteswap(folded) : folded;
}

void write_request(Family family, const EchoName& name, const Key& key,
                   std::span<std::byte> message) {
  CHECK(message.size() >= header_bytes + payload_bytes_min);
  const bool is_ip4 = family == Family::ip4;
  message[0] = std::byte{is_ip4 ? echo_request_4 : echo_request_6};
  message[1] = std::byte{0};
  put(message, 2, std::uint16_t{0});
  put(message, 4, name.identifier);
  put(message, 6, name.sequence);
  const auto payload = message.subspan(header_bytes);
  put(payload, 0, key.cookie);
  put(payload, 8, key.nonce);
  put(payload, 16, key.slot);
  put(payload, 20, key.packet);
  each_pattern_piece(payload.size(), [&](std::size_t at, std::size_t length) {
    std::memcpy(payload.data() + at, pattern.data() + at % pattern.size(), length);
    return true;
  });
  if (is_ip4) put(message, 2, checksum(message));
}

std::optional<EchoReply> parse_reply(Family family, std::span<const std::byte> message) {
  if (message.size() < header_bytes + payload_bytes_min) return {};
  const bool is_ip4 = family == Family::ip4;
  if (octet(message, 0) != (is_ip4 ? echo_reply_4 : echo_reply_6) || octet(message, 1) != 0)
    return {};
  if (is_ip4 && checksum(message) != 0) return {};
  const auto payload = message.subspan(header_bytes);
  const bool is_whole = each_pattern_piece(payload.size(), [&](std::size_t at, std::size_t length) {
    return std::memcmp(payload.data() + at, pattern.data() + at % pattern.size(), length) == 0;
  });
  if (!is_whole) return {};
  return EchoReply{
      .name = take_name(message), .key = take_key(payload), .payload_bytes = payload.size()};
}

std::optional<Ip4Content> strip_ip4_header(std::span<const std::byte> datagram) {
  if (datagram.size() < ip4_header_bytes || octet(datagram, 0) >> 4U != 4) return {};
  const std::size_t length = (octet(datagram, 0) & 0x0FU) * std::size_t{4};
  if (length < ip4_header_bytes || length > datagram.size()) return {};
  return Ip4Content{.message = datagram.subspan(length), .hop_limit = octet(datagram, 8)};
}

std::optional<QuotedRequest> parse_quoted_request(Family family,
                                                  std::span<const std::byte> quoted) {
  if (quoted.size() < header_bytes) return {};
  const auto type = family == Family::ip4 ? echo_request_4 : echo_request_6;
  if (octet(quoted, 0) != type || octet(quoted, 1) != 0) return {};
  QuotedRequest request{.name = take_name(quoted), .key = {}};
  if (quoted.size() < header_bytes + payload_bytes_min) return request;
  const Key key = take_key(quoted.subspan(header_bytes));
  // Routers that quote 8 bytes and append extensions fill up with zeros (RFC 4884, 4.1).
  if (key != Key{}) request.key = key;
  return request;
}

std::optional<Meaning> meaning_of_error(Family family, std::uint8_t type, std::uint8_t code) {
  return family == Family::ip4 ? find(errors_4, type, code) : find(errors_6, type, code);
}

}  // namespace siaga::icmp
