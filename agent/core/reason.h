// Why a run was not ok, and whose fault that is: closed lists, from reasons.def.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace siaga {

enum class Reason : std::uint8_t {
  none,
#define REASON(name, cause, group, meaning) name,
#include "agent/core/reasons.def"
#undef REASON
};

inline constexpr std::size_t reason_count = 1
#define REASON(name, cause, group, meaning) +1
#include "agent/core/reasons.def"
#undef REASON
    ;

// Whose fault an outage is. `none` is for the agent's own trouble.
enum class Cause : std::uint8_t { none, power, link, dns, host, service, certificate, content };
inline constexpr std::size_t cause_count = 8;

// Which targets a reason can happen to; a target's kind says which groups apply to it.
enum class ReasonGroup : std::uint8_t {
  agent,
  resolve,
  connect,
  exchange,
  tls,
  http,
  dialogue,
  dns,
  ping,
  ups,
  judge  // of links and mains
};

// A set of groups; `agent` is always in it.
struct ReasonGroups {
  std::uint16_t bits = 1;

  constexpr ReasonGroups with(ReasonGroup group) const {
    return {static_cast<std::uint16_t>(bits | (1U << static_cast<unsigned>(group)))};
  }
  constexpr bool has(ReasonGroup group) const {
    return ((bits >> static_cast<unsigned>(group)) & 1U) != 0;
  }
  bool operator==(const ReasonGroups&) const = default;
};

std::string_view name(Reason reason);     // "connect_refused"; "" for none
std::string_view meaning(Reason reason);  // one English clause
Cause cause(Reason reason);
// What a path that loses packets can do to what is seen through it: time-outs and resets.
bool is_of_loss(Reason reason);
// Nobody answered the question for a name.
constexpr bool is_of_resolver(Reason reason) { return reason == Reason::dns_timeout; }
ReasonGroup group(Reason reason);
std::string_view name(Cause cause);
std::optional<Reason> reason_named(std::string_view name);

// True for the agent's own trouble: such a run is judged unknown, not failed.
bool is_agent_trouble(Reason reason);

// The reason for an errno of socket, bind, connect, or of an ICMP error reported for the socket.
// EMFILE and the like give agent reasons; what is not known gives connect_failed.
Reason reason_of_connect_errno(int code);
// The same for a connection that was already made (ECONNRESET -> reset, ...).
Reason reason_of_exchange_errno(int code);

}  // namespace siaga
