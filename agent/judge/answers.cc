#include "agent/judge/answers.h"

#include <algorithm>

namespace siaga {

void Answers::take(Verdict verdict, BootTime began, BootTime ended) {
  ended = std::max(began, ended);
  if (verdict == Verdict::unknown) {
    is_row_broken_ = true;
    return;
  }
  if (verdict == Verdict::ok) {
    if (!is_good() || is_row_broken_) {
      first_good = began;
      first_good_ended = ended;
    }
    last_good = began;
    failures = 0;
    first_bad.reset();
  } else {
    if (failures == 0) {
      first_bad = began;
      first_bad_ended = ended;
    }
    last_bad = began;
    ++failures;
  }
  is_row_broken_ = false;
}

void Answers::forget_row() {
  failures = 0;
  first_bad.reset();
  is_row_broken_ = true;
}

}  // namespace siaga
