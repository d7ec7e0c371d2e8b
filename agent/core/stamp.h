// When something happened, in a way that no set clock can spoil: the machine's boot and the time
// since it. What date that was is a second question, answered by Dating as well as is known today;
// when the clock of a boot becomes trusted, everything that happened in it is re-dated at once.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/core/time.h"

namespace siaga {

// The journal's number of a boot, ascending from 1 in the order in which the boots happened.
using BootNumber = std::uint32_t;

struct Stamp {
  BootNumber boot = 0;  // 0: no time at all
  BootTime at{};

  bool is_set() const { return boot != 0; }
  auto operator<=>(const Stamp&) const = default;
};

// What is known of one boot.
struct BootEra {
  BootNumber number = 0;
  std::string boot_id;      // /proc/sys/kernel/random/boot_id
  WallTime began{};         // the date of its boot time 0, by the best clock seen in it
  bool is_trusted = false;  // whether that clock could be trusted

  bool operator==(const BootEra&) const = default;
};

class Dating {
 public:
  // Adds the boot or replaces what was known of it.
  void set(BootEra era);

  // The epoch for a stamp that is not set or of a boot that is not known.
  WallTime date(Stamp stamp) const;
  bool is_trusted(Stamp stamp) const;
  // Exact within one boot. Between two boots the difference of the dates, never negative, and
  // only when both clocks were trusted.
  std::optional<Millis> between(Stamp from, Stamp to) const;

  const BootEra* era(BootNumber number) const;  // null when it is not known
  std::span<const BootEra> eras() const { return eras_; }

 private:
  std::vector<BootEra> eras_;  // ascending by number
};

}  // namespace siaga
