// CRC-32C (Castagnoli, polynomial 0x1EDC6F41; RFC 3720, appendix B.4): the checksum of heartbeat
// slots and of the journal's packed rows. Finds damage, not forgery.
#pragma once

#include <cstdint>
#include <string_view>

namespace siaga {

// `seed` is the checksum of what came before.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);

}  // namespace siaga
