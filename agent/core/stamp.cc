// Dates of stamps.
#include "agent/core/stamp.h"

#include <algorithm>
#include <utility>

namespace siaga {

void Dating::set(BootEra era) {
  const auto place = std::ranges::lower_bound(eras_, era.number, {}, &BootEra::number);
  if (place != eras_.end() && place->number == era.number) *place = std::move(era);
  else eras_.insert(place, std::move(era));
}

const BootEra* Dating::era(BootNumber number) const {
  const auto place = std::ranges::lower_bound(eras_, number, {}, &BootEra::number);
  return place != eras_.end() && place->number == number ? &*place : nullptr;
}

WallTime Dating::date(Stamp stamp) const {
  const BootEra* const known = era(stamp.boot);
  return known == nullptr ? WallTime{} : known->began + stamp.at.time_since_epoch();
}

bool Dating::is_trusted(Stamp stamp) const {
  const BootEra* const known = era(stamp.boot);
  return known != nullptr && known->is_trusted;
}

std::optional<Millis> Dating::between(Stamp from, Stamp to) const {
  if (from.boot == to.boot) return to.at - from.at;
  if (!is_trusted(from) || !is_trusted(to)) return std::nullopt;
  return std::max(Millis::zero(), std::chrono::round<Millis>(date(to) - date(from)));
}

}  // namespace siaga
