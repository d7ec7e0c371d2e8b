// A target's whole configuration as 128 bits: what a reload compares, so that the values themselves
// (some kilobytes a target) need not be kept.
#pragma once

#include <compare>
#include <cstdint>

#include "agent/config/config.h"

namespace siaga {

struct ConfigDigest {
  std::uint64_t first = 0, second = 0;
  auto operator<=>(const ConfigDigest&) const = default;
};

// Equal for equal configurations, secrets' values included; different ones are told apart but for
// chance (2^-128). For this process only: the form may change between versions.
ConfigDigest digest(const TargetConfig& target);

}  // namespace siaga
