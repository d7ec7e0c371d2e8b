#include "agent/net/dns_exchange_match.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "agent/core/check.h"

namespace siaga {
namespace {

constexpr unsigned opcode_bits = 0x78U;  // of the third byte, as the response bit below
constexpr unsigned response_bit = 0x80U;

unsigned octet(std::span<const std::byte> message, std::size_t offset) {
  return std::to_integer<unsigned>(message[offset]);
}

unsigned word(std::span<const std::byte> message, std::size_t offset) {
  return (octet(message, offset) << 8U) | octet(message, offset + 1);
}

unsigned lower(std::byte letter) {
  const auto value = std::to_integer<unsigned>(letter);
  return value >= 'A' && value <= 'Z' ? value + ('a' - 'A') : value;
}

bool equal_names(std::span<const std::byte> left, std::span<const std::byte> right) {
  return std::ranges::equal(left, right,
                            [](std::byte a, std::byte b) { return lower(a) == lower(b); });
}

bool is_bare_error(std::span<const std::byte> reply) {
  const unsigned rcode = octet(reply, 3) & 0xfU;
  constexpr unsigned noerror = 0;
  constexpr unsigned nxdomain = 3;
  return rcode != noerror && rcode != nxdomain && word(reply, 4) == 0 && word(reply, 6) == 0 &&
         word(reply, 8) == 0;
}

}  // namespace

std::size_t dns_question_bytes(std::span<const std::byte> query) {
  constexpr std::size_t type_and_class = 4;
  std::size_t at = dns_header_bytes;
  while (at < query.size() && octet(query, at) != 0) at += 1U + octet(query, at);
  const std::size_t end = at + 1 + type_and_class;
  return end <= query.size() ? end - dns_header_bytes : 0;
}

std::uint16_t dns_id(std::span<const std::byte> message) {
  return static_cast<std::uint16_t>(word(message, 0));
}

void set_dns_id(std::span<std::byte> message, std::uint16_t id) {
  message[0] = static_cast<std::byte>(id >> 8U);
  message[1] = static_cast<std::byte>(id & 0xffU);
}

bool answers_question(std::span<const std::byte> reply, std::span<const std::byte> query,
                      std::size_t question_bytes) {
  if (reply.size() < dns_header_bytes) return false;
  if ((octet(reply, 2) & response_bit) == 0) return false;
  if ((octet(reply, 2) & opcode_bits) != (octet(query, 2) & opcode_bits)) return false;
  if (is_bare_error(reply)) return true;
  if (word(reply, 4) != 1 || reply.size() < dns_header_bytes + question_bytes) return false;
  constexpr std::size_t type_and_class = 4;
  const auto asked = query.subspan(dns_header_bytes, question_bytes);
  const auto answered = reply.subspan(dns_header_bytes, question_bytes);
  const std::size_t name_bytes = question_bytes - type_and_class;
  return equal_names(asked.first(name_bytes), answered.first(name_bytes)) &&
         std::ranges::equal(asked.last(type_and_class), answered.last(type_and_class));
}

std::uint16_t DnsIds::next() {
  if (used_ == batch_.size()) {
    // Up to 256 bytes come whole and uninterrupted once the pool is ready (getrandom(2)).
    ssize_t got = 0;
    do got = getrandom(batch_.data(), sizeof(batch_), 0);
    while (got < 0 && errno == EINTR);
    CHECK(got == static_cast<ssize_t>(sizeof(batch_)));
    used_ = 0;
  }
  return batch_[used_++];
}

}  // namespace siaga
