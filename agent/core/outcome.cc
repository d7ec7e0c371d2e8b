#include "agent/core/outcome.h"

namespace siaga {

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok: return "ok";
    case Verdict::failed: return "failed";
    case Verdict::unknown: return "unknown";
  }
  return "";
}

Outcome judged(Reason reason, std::string detail) {
  Outcome outcome;
  outcome.reason = reason;
  outcome.detail = std::move(detail);
  if (reason == Reason::none) outcome.verdict = Verdict::ok;
  else outcome.verdict = cause(reason) == Cause::none ? Verdict::unknown : Verdict::failed;
  return outcome;
}

Outcome unseen(Reason reason, std::string detail) {
  Outcome outcome = judged(reason, std::move(detail));
  outcome.verdict = Verdict::unknown;
  return outcome;
}

}  // namespace siaga
