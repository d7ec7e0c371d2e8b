// Where a path breaks, from what answers along it: the gateway, the first hop beyond it, routers'
// ICMP errors. Whether the interface is there is the judge's own business. Pure; the order of the
// questions stands in docs/links.md.
#pragma once

#include <optional>
#include <string_view>

#include "agent/core/address.h"
#include "agent/judge/answers.h"
#include "agent/judge/link_evidence.h"

namespace siaga {

// Who said an ICMP error, of a detail like "host unreachable, says 10.0.0.1"; or nothing.
std::optional<Address> sayer_of(std::string_view detail);

class PathEvidence {
 public:
  PathEvidence(std::int64_t confirm, Millis interval) : confirm_(confirm), interval_(interval) {}

  // Another gateway: what was known of the last one says nothing of it.
  void set_gateway(std::optional<Address> gateway);
  void hear_gateway(const AnchorRun& run);
  void hear_beyond(const AnchorRun& run);
  void hear_hop(bool answered, BootTime began);

  // By evidence from `since` on, when the path broke. That nothing beyond answers is for the caller
  // to know.
  PathBreak locate(BootTime since) const;

 private:
  BootTime gateway_answered() const;
  BootTime gateway_lost() const;

  std::int64_t confirm_;
  Millis interval_;
  std::optional<Address> gateway_;
  Answers gateway_answers_;
  bool is_gateway_missing_ =
      false;  // the kernel does not find it on the wire, as its last run says
  // The latest of each; the epoch: never.
  BootTime hop_answered_{};
  BootTime gateway_said_{}, router_said_{};  // an ICMP error
  BootTime host_said_{};  // "host unreachable", not the gateway: this host's own kernel, likely
};

}  // namespace siaga
