#include "agent/judge/cut_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/core/units.h"

namespace siaga {

void CutBook::follow(const Ruling& ruling, BootTime now, std::vector<PowerNote>& notes) {
  if (ruling.state == State::down && !began_) {
    began_ = ruling.since;
    is_counted_ = false;
  }
  if (!began_) return;
  // Taken back: what was held for a cut was in doubt from its beginning.
  if (ruling.state == State::unknown && ruling.since <= *began_ && !is_counted_) {
    began_.reset();
    return;
  }
  if (ruling.state == State::up) {
    end(ruling.since, notes);
    return;
  }
  if (ruling.state == State::down && !is_counted_ && now - *began_ > momentary_) {
    is_counted_ = true;
    ++sustained_count_;
  }
}

void CutBook::end(BootTime at, std::vector<PowerNote>& notes) {
  const Millis length = std::max(at - *began_, Millis::zero());
  const bool is_sustained = is_counted_ || length > momentary_;
  if (!is_sustained) ++momentary_count_;
  else if (!is_counted_) ++sustained_count_;
  notes.push_back({.event = PowerEvent::cut_end,
                   .at = at,
                   .text = fmt::format("after {}, {}", to_string(length),
                                       is_sustained ? "sustained" : "momentary")});
  began_.reset();
}

}  // namespace siaga
