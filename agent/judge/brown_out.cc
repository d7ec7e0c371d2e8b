#include "agent/judge/brown_out.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/core/units.h"

namespace siaga {

void BrownOut::sign(const std::string& text, BootTime at, std::vector<PowerNote>& notes) {
  last_ = std::max(last_, at);
  if (began_) return;
  began_ = at;
  ++count_;
  notes.push_back({.event = PowerEvent::brown_out, .at = at, .text = text});
}

void BrownOut::judge(bool is_off, BootTime now, std::vector<PowerNote>& notes) {
  if (!began_ || (!is_off && now - last_ < calm_)) return;
  notes.push_back({.event = PowerEvent::brown_out_end,
                   .at = last_,
                   .text = fmt::format("after {}{}", to_string(last_ - *began_),
                                       is_off ? ", with the mains off" : "")});
  began_.reset();
}

}  // namespace siaga
