#include "agent/core/units.h"

#include <array>
#include <charconv>
#include <limits>

namespace siaga {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 8> duration_units{{{"w", 604'800'000'000'000},
                                              {"d", 86'400'000'000'000},
                                              {"h", 3'600'000'000'000},
                                              {"m", 60'000'000'000},
                                              {"s", 1'000'000'000},
                                              {"ms", 1'000'000},
                                              {"us", 1'000},
                                              {"ns", 1}}};
constexpr std::array<Unit, 7> byte_units{{{"GiB", 1ULL << 30U},
                                          {"GB", 1'000'000'000},
                                          {"MiB", 1ULL << 20U},
                                          {"MB", 1'000'000},
                                          {"KiB", 1ULL << 10U},
                                          {"kB", 1'000},
                                          {"B", 1}}};

struct Quantity {
  std::uint64_t count;
  std::string_view unit;
};

// Takes "30s" off the front of `text`.
std::optional<Quantity> take_quantity(std::string_view& text) {
  Quantity quantity{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), quantity.count);
  if (error != std::errc{}) return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const auto letters = std::min(text.find_first_of("0123456789"), text.size());
  quantity.unit = text.substr(0, letters);
  text.remove_prefix(letters);
  return quantity;
}

template <std::size_t count>
const Unit* find_unit(const std::array<Unit, count>& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

bool is_too_large(std::uint64_t count, std::uint64_t factor, std::uint64_t sum) {
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return count > (largest - sum) / factor;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return {};
  std::uint64_t sum = 0;
  const Unit* last = nullptr;
  while (!text.empty()) {
    const auto quantity = take_quantity(text);
    if (!quantity) return {};
    const Unit* unit = find_unit(duration_units, quantity->unit);
    if (unit == nullptr || (last != nullptr && unit->factor >= last->factor)) return {};
    if (is_too_large(quantity->count, unit->factor, sum)) return {};
    sum += quantity->count * unit->factor;
    last = unit;
  }
  return Duration(static_cast<std::int64_t>(sum));
}

std::string to_string(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  std::string text = duration < Duration::zero() ? "-" : "";
  auto rest = static_cast<std::uint64_t>(duration < Duration::zero() ? -duration.count()
                                                                     : duration.count());
  for (const Unit& unit : duration_units) {
    if (rest < unit.factor) continue;
    text += std::to_string(rest / unit.factor);
    text += unit.name;
    rest %= unit.factor;
  }
  return text;
}

std::optional<Bytes> parse_bytes(std::string_view text) {
  const auto quantity = take_quantity(text);
  if (!quantity || !text.empty()) return {};
  const Unit* unit = find_unit(byte_units, quantity->unit);
  if (unit == nullptr || is_too_large(quantity->count, unit->factor, 0)) return {};
  return Bytes{quantity->count * unit->factor};
}

std::string to_string(Bytes bytes) {
  for (const Unit& unit : byte_units) {
    if (bytes.count >= unit.factor && bytes.count % unit.factor == 0) {
      return std::to_string(bytes.count / unit.factor) + std::string(unit.name);
    }
  }
  return "0B";
}

}  // namespace siaga
