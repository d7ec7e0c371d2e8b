// ICMP and ICMPv6 echo as bytes: our requests, the replies to them, requests quoted in error
// messages, and what an error message means. Pure: no sockets, no clock. Every request carries a
// key in its payload that proves a reply ours; identifier and sequence number alone prove nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "agent/core/address.h"
#include "agent/core/reason.h"

namespace siaga::icmp {

// Header of an echo message (RFC 792; RFC 4443, 4.1): type, code, checksum, identifier, sequence.
inline constexpr std::size_t header_bytes = 8;
inline constexpr std::size_t payload_bytes_min = 24;     // the key
inline constexpr std::size_t payload_bytes_max = 65000;  // fits IPv4's total length of 65535

// The first 24 bytes of the payload; the rest is a fixed pattern.
struct Key {
  std::uint64_t cookie = 0;  // random, of the socket; what the kernel's filter looks for
  std::uint64_t nonce = 0;   // random, of the run: who saw one run's packets knows no other's
  std::uint32_t slot = 0;    // where the run is found
  std::uint32_t packet = 0;  // of the run, from 0
  bool operator==(const Key&) const = default;
};

struct EchoName {
  std::uint16_t identifier = 0;
  std::uint16_t sequence = 0;
  bool operator==(const EchoName&) const = default;
};

// Fills `message` (header and payload, header_bytes + payload_bytes_min at least) with an echo
// request. The checksum is written for ICMP; for ICMPv6 the kernel does it (RFC 3542, 3.1).
void write_request(Family family, const EchoName& name, const Key& key,
                   std::span<std::byte> message);

struct EchoReply {
  EchoName name;
  Key key;
  std::size_t payload_bytes = 0;
};
// A whole echo reply whose payload is a key and our pattern to its last byte, or nothing. Checks
// the checksum of ICMP, which raw sockets get unchecked; ICMPv6 has been checked by the kernel.
std::optional<EchoReply> parse_reply(Family family, std::span<const std::byte> message);

// An IPv4 datagram as a raw socket delivers it: what is in it, and its hop limit.
struct Ip4Content {
  std::span<const std::byte> message;
  int hop_limit = 0;
};
std::optional<Ip4Content> strip_ip4_header(std::span<const std::byte> datagram);

// The beginning of our echo request as an error message quotes it: routers may quote the 8 bytes of
// the header only (RFC 792), then there is no key.
struct QuotedRequest {
  EchoName name;
  std::optional<Key> key;
};
std::optional<QuotedRequest> parse_quoted_request(Family family, std::span<const std::byte> quoted);

struct Meaning {
  Reason reason = Reason::none;
  std::string_view words;  // "host unreachable"
};
// Nothing for messages that do not say that the packet is lost for good (redirects, source quench)
// and for codes that nobody has defined.
std::optional<Meaning> meaning_of_error(Family family, std::uint8_t type, std::uint8_t code);

// The Internet checksum (RFC 1071) as it is stored: 0 over a message with a right checksum.
std::uint16_t checksum(std::span<const std::byte> bytes);

}  // namespace siaga::icmp
