// One slot of the heartbeat file as bytes. Pure, and safe with any bytes: what is not exactly a
// slot with its checksum is none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/journal/beat.h"

namespace siaga {

inline constexpr std::size_t beat_slot_bytes = 84;

std::string encode_beat(const Beat& beat);
std::optional<Beat> decode_beat(std::string_view slot);

}  // namespace siaga
