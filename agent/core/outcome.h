// What one run of a probe found. Data, never an exception.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/reading.h"
#include "agent/core/reason.h"
#include "agent/core/time.h"
#include "agent/core/ups.h"

namespace siaga {

enum class Verdict : std::uint8_t { ok, failed, unknown };
inline constexpr std::size_t verdict_count = 3;
std::string_view name(Verdict verdict);

// For people: `siaga probe --explain`, and the excerpt of a failing answer. Lines are
// (topic, text) pairs in the order things happened: ("address", "10.0.0.1 (A, ttl 60 s)"),
// ("redirect", "301 -> https://..."), ("certificate", ...), ("answer", ...), ("rule", "status 503
// is not one of 2xx"). Texts are printable UTF-8.
struct Explanation {
  std::vector<std::pair<std::string, std::string>> lines;
  std::string excerpt;  // of a failing body or banner, at most limits::excerpt_bytes

  bool operator==(const Explanation&) const = default;
};

struct Outcome {
  Verdict verdict = Verdict::unknown;
  Reason reason = Reason::none;  // none exactly when ok
  std::string detail;            // one short sentence with the specifics; empty when ok
  Instant started{};
  Duration duration{};  // of the whole run
  Readings readings;
  std::string address;  // the address that was used, as text; empty when none was
  std::unique_ptr<const Explanation> explanation;  // when asked for, and when an excerpt was kept
  std::shared_ptr<const UpsFacts> ups;             // of kind ups, when the server had a reading
};

// An outcome whose verdict follows from its reason: none is ok, one that is nobody's fault (the
// agent's own trouble, a UPS that nobody can see) unknown, everything else failed.
Outcome judged(Reason reason, std::string detail = {});
// The same reason where it says nothing of the target itself: the verdict is unknown.
Outcome unseen(Reason reason, std::string detail = {});

}  // namespace siaga
