// What a judge said last of one node, so that the engine hears only what is new.
#pragma once

#include "agent/judge/ruling.h"

namespace siaga {

enum class News : std::uint8_t {
  nothing,   // it was said already, or there was no evidence yet
  lost,      // down, and it was not before
  returned,  // up again after down or unknown
  other,
};

class LastWord {
 public:
  // Pending until the first ruling that says something.
  State state() const { return said_.state; }
  // Tells the engine of `id` that this holds up to now, and what it is unless state, reason and
  // beginning are those said last; another sentence of evidence alone is no news.
  News say(Engine& engine, TargetId id, const Ruling& ruling, BootTime now);

 private:
  Ruling said_;
};

}  // namespace siaga
