// state: 1 totals booked_until stretch_from n*piece last_good outage counts flapping crc
// day:   1 totals counts longest crc
// totals: n*(share ms)   counts: n*(cause count)   stamp: boot at   piece: stamp share outage
#include "agent/journal/packing.h"

#include "agent/core/limits.h"
#include "agent/journal/crc32c.h"

namespace siaga {
namespace {

constexpr std::uint64_t version = 1;
constexpr std::size_t sum_bytes = 4;
constexpr std::uint64_t millis_max = std::uint64_t{1} << 50;  // some 35,000 years, of each share

class Packer {
 public:
  explicit Packer(const Words& words) : words_(words) { put(version); }

  void put(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7U) bytes_ += static_cast<char>(number | 0x80U);
    bytes_ += static_cast<char>(number);
  }
  void put(Millis span) { put(static_cast<std::uint64_t>(span.count())); }
  void put(Stamp stamp) {
    put(std::uint64_t{stamp.boot});
    put(zigzag(stamp.at.time_since_epoch().count()));
  }
  void put(Share share) { put(static_cast<std::uint64_t>(words_.id(share))); }
  void put(const Totals& totals);
  void put(const std::array<std::uint32_t, cause_count>& counts);
  void put(const OpenPiece& piece) {
    put(piece.from);
    put(piece.share);
    put(piece.outage);
  }

  std::string seal(std::uint64_t key) {
    std::uint32_t sum = crc32c(bytes_, static_cast<std::uint32_t>(key ^ (key >> 32U)));
    for (std::size_t index = 0; index < sum_bytes; ++index, sum >>= 8U)
      bytes_ += static_cast<char>(sum & 0xFFU);
    return std::move(bytes_);
  }

 private:
  static std::uint64_t zigzag(std::int64_t number) {
    return (static_cast<std::uint64_t>(number) << 1U) ^ static_cast<std::uint64_t>(number >> 63U);
  }

  const Words& words_;
  std::string bytes_;
};

void Packer::put(const Totals& totals) {
  std::uint64_t count = 0;
  for (const Share share : every_share()) count += totals.of(share) != Millis::zero() ? 1U : 0U;
  put(count);
  for (const Share share : every_share()) {
    if (totals.of(share) == Millis::zero()) continue;
    put(share);
    put(totals.of(share));
  }
}

void Packer::put(const std::array<std::uint32_t, cause_count>& counts) {
  std::uint64_t count = 0;
  for (const std::uint32_t one : counts) count += one != 0 ? 1U : 0U;
  put(count);
  for (std::size_t index = 0; index < cause_count; ++index) {
    if (counts.at(index) == 0) continue;
    put(static_cast<std::uint64_t>(words_.id(static_cast<Cause>(index))));
    put(std::uint64_t{counts.at(index)});
  }
}

// Reads what a Packer wrote. Once something does not fit, it stays so and reads zeros.
class Unpacker {
 public:
  Unpacker(std::string_view bytes, std::uint64_t key, const Words& words) : words_(words) {
    if (bytes.size() <= sum_bytes || bytes.size() > limits::journal_state_bytes) return;
    rest_ = bytes.substr(0, bytes.size() - sum_bytes);
    std::uint32_t sum = 0;
    for (std::size_t index = 0; index < sum_bytes; ++index)
      sum |= std::uint32_t{static_cast<unsigned char>(bytes[rest_.size() + index])} << (8 * index);
    is_whole_ = sum == crc32c(rest_, static_cast<std::uint32_t>(key ^ (key >> 32U)));
    is_whole_ = number() == version && is_whole_;
  }

  bool is_whole() const { return is_whole_; }
  bool is_at_end() const { return is_whole_ && rest_.empty(); }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; is_whole_ && shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    is_whole_ = false;
    return 0;
  }
  // More elements than bytes cannot be.
  std::uint64_t count() { return at_most(rest_.size()); }
  std::uint32_t small() { return static_cast<std::uint32_t>(at_most(UINT32_MAX)); }
  Millis millis() { return millis_beside(Millis::zero()); }
  Stamp stamp() {
    const BootNumber boot = small();
    const std::uint64_t at = at_most(2 * millis_max);
    const auto magnitude = static_cast<std::int64_t>(at >> 1U);
    return {boot, BootTime(Millis((at & 1U) != 0 ? -magnitude - 1 : magnitude))};
  }
  WordId word() { return static_cast<WordId>(at_most(INT64_MAX)); }
  Share share() { return words_.share(word()); }
  Totals totals() {
    Totals totals;
    for (std::uint64_t left = count(); is_whole_ && left > 0; --left) {
      const Share where = share();
      // Words that nobody knows any more are read as one share: they count together.
      totals.add(where, millis_beside(totals.of(where)));
    }
    return totals;
  }
  std::array<std::uint32_t, cause_count> counts() {
    std::array<std::uint32_t, cause_count> counts{};
    for (std::uint64_t left = count(); is_whole_ && left > 0; --left) {
      const Cause cause = words_.cause(word());
      counts.at(static_cast<std::size_t>(cause)) += small();
    }
    return counts;
  }
  OpenPiece piece() {
    const Stamp from = stamp();
    const Share where = share();
    return {.from = from, .share = where, .outage = number()};
  }

 private:
  Millis millis_beside(Millis other) {
    const auto taken = static_cast<std::uint64_t>(other.count());
    return Millis(static_cast<std::int64_t>(at_most(millis_max - taken)));
  }
  std::uint64_t at_most(std::uint64_t bound) {
    const std::uint64_t value = number();
    if (value > bound) is_whole_ = false;
    return is_whole_ ? value : 0;
  }

  const Words& words_;
  std::string_view rest_;
  bool is_whole_ = false;
};

}  // namespace

std::string pack(const NodeState& state, const Words& words) {
  Packer packer(words);
  packer.put(state.totals);
  packer.put(state.booked_until);
  packer.put(state.stretch_from);
  packer.put(std::uint64_t{state.pieces.size()});
  for (const OpenPiece& piece : state.pieces) packer.put(piece);
  packer.put(state.last_good);
  packer.put(state.outage);
  packer.put(state.outages);
  packer.put(std::uint64_t{state.is_flapping ? 1U : 0U});
  return packer.seal(state.node);
}

std::optional<NodeState> unpack_state(NodeNumber node, std::string_view bytes, const Words& words) {
  Unpacker unpacker(bytes, node, words);
  NodeState state{.node = node};
  state.totals = unpacker.totals();
  state.booked_until = unpacker.stamp();
  state.stretch_from = unpacker.stamp();
  for (std::uint64_t left = unpacker.count(); unpacker.is_whole() && left > 0; --left)
    state.pieces.push_back(unpacker.piece());
  state.last_good = unpacker.stamp();
  state.outage = unpacker.number();
  state.outages = unpacker.counts();
  state.is_flapping = unpacker.number() != 0;
  return unpacker.is_at_end() ? std::optional(std::move(state)) : std::nullopt;
}

std::int64_t day_key(std::int32_t day, NodeNumber node) {
  return std::int64_t{day} * (std::int64_t{1} << 32) + std::int64_t{node};
}

std::string pack(const DayTotals& day, const Words& words) {
  Packer packer(words);
  packer.put(day.totals);
  packer.put(day.outages);
  packer.put(day.longest);
  return packer.seal(static_cast<std::uint64_t>(day_key(day.day, day.node)));
}

std::optional<DayTotals> unpack_day(std::int64_t key, std::string_view bytes, const Words& words) {
  Unpacker unpacker(bytes, static_cast<std::uint64_t>(key), words);
  DayTotals day{.node = static_cast<NodeNumber>(key & 0xFFFF'FFFF),
                .day = static_cast<std::int32_t>(key >> 32U)};
  day.totals = unpacker.totals();
  day.outages = unpacker.counts();
  day.longest = unpacker.millis();
  return unpacker.is_at_end() ? std::optional(day) : std::nullopt;
}

}  // namespace siaga
