// What this host itself can see: whether its interface and its gateway are there at all. Targets
// are looked at through these: when they fail, nobody can tell how a target is. Pure; the order of
// judgement is host, interface, gateway, link, resolver, then targets (docs/links.md).
#pragma once

#include <optional>
#include <string>

#include "agent/core/limits.h"
#include "agent/judge/answers.h"
#include "agent/judge/link_evidence.h"
#include "agent/judge/ruling.h"

namespace siaga {

struct SelfRules {
  std::int64_t confirm = 2;  // failures in a row before the gateway counts as lost
  // So many by one that never answered, and that the kernel finds on the wire: it does not answer
  // pings, and nothing else is known of it.
  std::int64_t silent = 4;
  Millis stands = std::chrono::seconds(30);  // for so long what was heard of the gateway holds
  Millis neighbours = limits::neighbour_wait;
  Millis carrier = limits::carrier_late;  // so late the kernel tells of one at the most
  bool operator==(const SelfRules&) const = default;
};

class SelfJudge {
 public:
  explicit SelfJudge(SelfRules rules) : rules_(rules) {}

  // Of the interface that carries the default route, or any that is up when there is none.
  void hear_way(const WayOut& way, BootTime at);
  // A ping of the gateway. A gateway that never answered in this life of its address says nothing
  // when it does not answer: many are configured not to, unless the kernel could not even find it
  // on the wire (host_unreachable of this host's own).
  void hear_gateway(const AnchorRun& run);
  // Something beyond the gateway answered in such a run: then the gateway works, whether it answers
  // or not.
  void hear_beyond(BootTime began, BootTime ended);

  // Down with own_interface: none is up with carrier and address. When it is again, the kernel
  // first looks for each neighbour anew, and says "host unreachable" of some that are there: it
  // stays down until they were looked for; then it is up since it was back.
  const Ruling& interface(BootTime now);
  // Down with own_gateway, only while the interface is up; unknown while it is not. Up where there
  // is no gateway in the way.
  const Ruling& gateway(BootTime now);
  bool take_wish_to_look();

 private:
  struct Finding {
    State state = State::pending;
    BootTime since{};
    std::optional<BootTime> after, by;
    std::string evidence;
  };
  bool is_way_fine() const;
  Finding find_gateway() const;
  Finding lost_gateway() const;
  Finding unheard_gateway(BootTime now);
  static void rule(Ruling& ruling, const Finding& found, Reason reason, BootTime now);

  SelfRules rules_;
  std::optional<WayOut> way_;
  BootTime way_changed_{};    // to fine, or to not fine
  bool is_first_way_ = true;  // nothing has changed since the first word of it
  BootTime gateway_since_{};  // of this gateway, or of none
  Answers gateway_answers_;
  bool is_gateway_missing_ = false;  // the kernel does not find it on the wire
  // The last run through this gateway that was answered.
  std::optional<BootTime> last_beyond_, last_beyond_ended_;
  std::optional<BootTime> judged_at_;  // the gateway, the last time
  Ruling interface_, gateway_;
  bool wishes_to_look_ = false;
};

}  // namespace siaga
