// Episodes of a mains that is there and too low (or too high): begun by the first sign, over when
// there was none for a while. Each is counted once. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/judge/power_event.h"

namespace siaga {

class BrownOut {
 public:
  explicit BrownOut(Millis calm) : calm_(calm) {}

  void sign(const std::string& text, BootTime at, std::vector<PowerNote>& notes);
  // Ends an episode without signs. `is_off`: the mains is gone, which is worse.
  void judge(bool is_off, BootTime now, std::vector<PowerNote>& notes);
  void set_calm(Millis calm) { calm_ = calm; }
  bool is_on() const { return began_.has_value(); }
  std::uint64_t count() const { return count_; }

 private:
  Millis calm_;
  std::optional<BootTime> began_;
  BootTime last_{};
  std::uint64_t count_ = 0;
};

}  // namespace siaga
