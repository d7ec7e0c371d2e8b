// Counts cuts of the mains: momentary and sustained ones (IEEE 1366). A cut goes on while the mains
// is unknown, as its outage does, and ends when the mains is on. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/judge/power_event.h"
#include "agent/judge/ruling.h"

namespace siaga {

class CutBook {
 public:
  explicit CutBook(Millis momentary) : momentary_(momentary) {}

  void follow(const Ruling& ruling, BootTime now, std::vector<PowerNote>& notes);
  void set_momentary(Millis momentary) { momentary_ = momentary; }
  bool is_cut() const { return began_.has_value(); }
  std::uint64_t momentary() const { return momentary_count_; }
  std::uint64_t sustained() const { return sustained_count_; }

 private:
  void end(BootTime at, std::vector<PowerNote>& notes);

  Millis momentary_;
  std::optional<BootTime> began_;  // of the cut under way
  bool is_counted_ = false;        // as sustained, already
  std::uint64_t momentary_count_ = 0, sustained_count_ = 0;
};

}  // namespace siaga
