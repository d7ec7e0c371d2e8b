#include "agent/judge/path_evidence.h"

#include <algorithm>

namespace siaga {
namespace {

// So long two pieces of evidence are of one time: anchors are asked one after another.
constexpr int same_time_intervals = 3;

}  // namespace

std::optional<Address> sayer_of(std::string_view detail) {
  constexpr std::string_view mark = ", says ";
  const std::size_t at = detail.rfind(mark);
  if (at == std::string_view::npos) return std::nullopt;
  return parse_address(detail.substr(at + mark.size()));
}

void PathEvidence::set_gateway(std::optional<Address> gateway) {
  if (!gateway || gateway == gateway_) return;
  gateway_ = gateway;
  gateway_answers_ = {};
  is_gateway_missing_ = false;
}

void PathEvidence::hear_gateway(const AnchorRun& run) {
  gateway_answers_.take(run.verdict, run.began, run.ended);
  if (run.verdict == Verdict::unknown) return;
  // The gateway is a neighbour: nobody but this host's kernel can say that it is unreachable.
  is_gateway_missing_ = run.verdict == Verdict::failed && run.reason == Reason::host_unreachable;
}

void PathEvidence::hear_beyond(const AnchorRun& run) {
  if (run.verdict != Verdict::failed) return;
  const std::optional<Address> sayer = sayer_of(run.detail);
  if (!sayer) return;
  if (sayer == gateway_) gateway_said_ = run.began;
  // The kernel says "host unreachable" itself, from its own address, when the gateway does not
  // answer ARP; everything else comes from a router further on.
  else if (run.reason == Reason::host_unreachable) host_said_ = run.began;
  else router_said_ = run.began;
}

void PathEvidence::hear_hop(bool answered, BootTime began) {
  hop_answered_ = answered ? began : BootTime();
}

BootTime PathEvidence::gateway_answered() const {
  return std::max(gateway_said_,
                  gateway_answers_.is_good() ? *gateway_answers_.last_good : BootTime());
}

// One that never answered says nothing when it does not: many are configured not to.
BootTime PathEvidence::gateway_lost() const {
  const bool is_lost =
      gateway_answers_.failures >= confirm_ && (gateway_answers_.last_good || is_gateway_missing_);
  return std::max(host_said_, is_lost ? *gateway_answers_.last_bad : BootTime());
}

PathBreak PathEvidence::locate(BootTime since) const {
  const BootTime answered = gateway_answered(), lost = gateway_lost();
  const BootTime latest = std::max({hop_answered_, router_said_, answered, lost});
  const BootTime recent = std::max(since, latest - same_time_intervals * interval_);
  if (hop_answered_ >= recent || router_said_ >= recent) return PathBreak::beyond;
  // Without evidence: the kernel finds the gateway on the wire, or it would have said so.
  return lost >= recent && lost > answered ? PathBreak::gateway : PathBreak::isp;
}

}  // namespace siaga
