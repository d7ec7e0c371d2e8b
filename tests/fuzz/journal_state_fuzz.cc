// Bytes of a damaged disk into the journal's packed rows and the heartbeat's slots. What must hold:
// it ends, stays within its limits, and what is accepted is written as it was read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/journal/beat_slot.h"
#include "agent/journal/crc32c.h"
#include "agent/journal/packing.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// Bytes alone never have the right checksum: with it they reach what lies behind.
std::string sealed(std::string_view bytes, std::uint32_t seed) {
  std::string whole(bytes);
  std::uint32_t sum = siaga::crc32c(bytes, seed);
  for (int index = 0; index < 4; ++index, sum >>= 8U) whole += static_cast<char>(sum & 0xFFU);
  return whole;
}

void check_state(std::string_view bytes, const siaga::Words& words) {
  constexpr siaga::NodeNumber node = 7;
  static_cast<void>(siaga::unpack_state(node, bytes, words));
  const auto state = siaga::unpack_state(node, sealed(bytes, node), words);
  if (!state) return;
  require(state->pieces.size() <= bytes.size());
  require(state->totals.sum() >= siaga::Millis::zero());
  require(siaga::unpack_state(node, siaga::pack(*state, words), words) == state);
}

void check_day(std::string_view bytes, const siaga::Words& words) {
  const std::int64_t key = siaga::day_key(20'000, 7);
  static_cast<void>(siaga::unpack_day(key, bytes, words));
  const auto seed = static_cast<std::uint32_t>(key ^ (key >> 32U));
  const auto day = siaga::unpack_day(key, sealed(bytes, seed), words);
  if (day) require(siaga::unpack_day(key, siaga::pack(*day, words), words) == day);
}

void check_beat(std::string_view bytes) {
  static_cast<void>(siaga::decode_beat(bytes));
  const auto beat = siaga::decode_beat(sealed(bytes, 0));
  if (!beat) return;
  require(beat->boot_id.size() <= 36);
  require(siaga::decode_beat(siaga::encode_beat(*beat)) == beat);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const siaga::Words words;
  check_state(bytes, words);
  check_day(bytes, words);
  check_beat(bytes);
  return 0;
}
