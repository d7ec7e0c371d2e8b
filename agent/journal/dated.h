// The past by dates: what was booked in boots and boot times, as spans of the calendar that ascend
// and never overlap, whatever the clocks of the boots said. For reports and exports.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/journal/past.h"

namespace siaga {

// Dates in whole milliseconds since 1970, cut: within one boot differences stay exact.
class Dates {
 public:
  explicit Dates(const Dating& dating);  // must outlive this

  // Where the clock of a boot was not trusted, its dates end where a later, trusted boot begins.
  Millis at(Stamp stamp) const;
  bool is_certain(Stamp stamp) const { return dating_.is_trusted(stamp); }
  // Whether it is known how long it was from one to the other.
  bool is_known(Stamp from, Stamp to) const { return dating_.between(from, to).has_value(); }
  // Never negative.
  std::optional<Millis> between(Stamp from, Stamp to) const;

 private:
  const Dating& dating_;
  std::vector<Millis> ends_;  // aligned with the eras
};

struct DateSpan {
  Millis from{}, to{};
  Millis length() const { return to - from; }
  bool operator==(const DateSpan&) const = default;
};

// A name and all nodes that had it, one after the other.
struct NamedPast {
  std::string_view name;
  std::vector<const Node*> nodes;         // ascending; the last one says kind and role
  std::vector<const Stretch*> stretches;  // ascending

  const Node& latest() const { return *nodes.back(); }
};
// In the order of the nodes. The past must outlive the result.
std::vector<NamedPast> by_name(const Past& past);

struct DatedStretch {
  DateSpan span;
  const Stretch* stretch = nullptr;
};
struct DatedPast {
  std::vector<DatedStretch> stretches;  // clipped to the asked span, ascending, disjoint
  std::vector<DateSpan> existed;        // in which the name was configured; likewise
  std::size_t uncertain = 0;            // stretches in boots whose clock was not trusted
  std::size_t unknown_lengths = 0;      // left out: over a restart, of unknown length
};
DatedPast dated(const NamedPast& named, const Dates& dates, DateSpan span);

using NodeNames = std::unordered_map<NodeNumber, const Node*>;
NodeNames node_names(const Past& past);

}  // namespace siaga
