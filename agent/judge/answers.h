// The runs of one target, anchor or gateway, as far as judges need them: rows of equal verdicts and
// where they began. What the agent could not see moves nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/core/outcome.h"
#include "agent/core/time.h"

namespace siaga {

struct Answers {
  // When runs began. First: of the goods, or failures, in a row.
  std::optional<BootTime> first_good, last_good, first_bad, last_bad;
  std::optional<BootTime> first_good_ended, first_bad_ended;  // when those ended
  std::int64_t failures = 0;                                  // in a row

  bool is_good() const { return failures == 0 && last_good.has_value(); }
  void take(Verdict verdict, BootTime began, BootTime ended);
  void take(Verdict verdict, BootTime at) { take(verdict, at, at); }
  // What comes next is another row, good or bad.
  void forget_row();

 private:
  bool is_row_broken_ = false;  // by a run that saw nothing
};

}  // namespace siaga
