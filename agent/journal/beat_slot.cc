// The layout stands in beat.cc.
#include "agent/journal/beat_slot.h"

#include "agent/journal/crc32c.h"

namespace siaga {
namespace {

constexpr std::string_view magic = "SiagaHB1";
constexpr std::size_t boot_id_bytes = 36;
constexpr std::size_t summed_bytes = 80;

void put(std::string& bytes, std::uint64_t number, int count) {
  for (int index = 0; index < count; ++index) {
    bytes += static_cast<char>(number & 0xFFU);
    number >>= 8U;
  }
}

void put(std::string& bytes, std::int64_t number) {
  put(bytes, static_cast<std::uint64_t>(number), 8);
}

std::uint64_t unsigned_at(std::string_view bytes, std::size_t place, std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t index = count; index > 0; --index)
    number = number << 8U | static_cast<unsigned char>(bytes[place + index - 1]);
  return number;
}

std::int64_t signed_at(std::string_view bytes, std::size_t place) {
  return static_cast<std::int64_t>(unsigned_at(bytes, place, 8));
}

bool is_whole(std::string_view slot) {
  return slot.size() == beat_slot_bytes && slot.starts_with(magic) &&
         unsigned_at(slot, summed_bytes, 4) == crc32c(slot.substr(0, summed_bytes));
}

}  // namespace

std::string encode_beat(const Beat& beat) {
  std::string bytes(magic);
  bytes.reserve(beat_slot_bytes);
  put(bytes, beat.sequence, 8);
  put(bytes, beat.at.time_since_epoch().count());
  put(bytes, beat.wall.time_since_epoch().count());
  put(bytes, beat.period.count());
  put(bytes, beat.is_wall_trusted ? 1U : 0U, 1);
  put(bytes, beat.is_mains_off ? 1U : 0U, 1);
  put(bytes, static_cast<std::uint64_t>(beat.life), 1);
  std::string boot_id = beat.boot_id.substr(0, boot_id_bytes);
  put(bytes, boot_id.size(), 1);
  boot_id.resize(boot_id_bytes);
  bytes += boot_id;
  put(bytes, crc32c(bytes), 4);
  return bytes;
}

std::optional<Beat> decode_beat(std::string_view slot) {
  if (!is_whole(slot)) return std::nullopt;
  const auto life = unsigned_at(slot, 42, 1);
  const auto boot_id_length = unsigned_at(slot, 43, 1);
  if (life > static_cast<std::uint64_t>(Life::machine_shutdown) || boot_id_length > boot_id_bytes)
    return std::nullopt;
  return Beat{.sequence = unsigned_at(slot, 8, 8),
              .boot_id = std::string(slot.substr(44, boot_id_length)),
              .at = BootTime(Millis(signed_at(slot, 16))),
              .wall = WallTime(Duration(signed_at(slot, 24))),
              .period = Millis(signed_at(slot, 32)),
              .is_wall_trusted = unsigned_at(slot, 40, 1) != 0,
              .is_mains_off = unsigned_at(slot, 41, 1) != 0,
              .life = static_cast<Life>(life)};
}

}  // namespace siaga
