// Does this message answer that query? And random ids to ask with. Reads headers and the question
// section only; records are somebody else's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace siaga {

inline constexpr std::size_t dns_header_bytes = 12;
inline constexpr std::size_t dns_message_bytes = 65535;

// Bytes of the question section of our own query (uncompressed name, type, class); 0 when the query
// has no whole question.
std::size_t dns_question_bytes(std::span<const std::byte> query);

std::uint16_t dns_id(std::span<const std::byte> message);  // needs 2 bytes
void set_dns_id(std::span<std::byte> message, std::uint16_t id);

// True for a reply with the query's opcode and question (names compared without case, RFC 4343), or
// an error reply without any section (RFC 1035, 4.1.1 FORMERR). The id is not looked at.
bool answers_question(std::span<const std::byte> reply, std::span<const std::byte> query,
                      std::size_t question_bytes);

// Unpredictable ids (RFC 5452, 9.2), fetched from the kernel in batches.
class DnsIds {
 public:
  std::uint16_t next();

 private:
  std::array<std::uint16_t, 128> batch_{};
  std::size_t used_ = 128;
};

}  // namespace siaga
