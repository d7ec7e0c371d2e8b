#include "agent/core/reason.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace siaga {
namespace {

struct Row {
  std::string_view name;
  Cause cause;
  ReasonGroup group;
  std::string_view meaning;
};

constexpr std::array<Row, reason_count> rows{{
    {"", Cause::none, ReasonGroup::agent, ""},
#define REASON(name, cause, group, meaning) {#name, Cause::cause, ReasonGroup::group, meaning},
#include "agent/core/reasons.def"
#undef REASON
}};

constexpr std::array<std::string_view, cause_count> cause_names{
    "none", "power", "link", "dns", "host", "service", "certificate", "content"};

constexpr std::array reasons_of_loss{
    Reason::dns_timeout,      Reason::connect_timeout, Reason::connect_reset, Reason::reply_timeout,
    Reason::transfer_timeout, Reason::reset,           Reason::closed,        Reason::tls_timeout,
    Reason::tls_reset,        Reason::ping_no_reply,   Reason::ping_loss,
};

const Row& row(Reason reason) { return rows.at(static_cast<std::size_t>(reason)); }

}  // namespace

std::string_view name(Reason reason) { return row(reason).name; }
std::string_view meaning(Reason reason) { return row(reason).meaning; }
Cause cause(Reason reason) { return row(reason).cause; }
ReasonGroup group(Reason reason) { return row(reason).group; }
std::string_view name(Cause cause) { return cause_names.at(static_cast<std::size_t>(cause)); }

bool is_of_loss(Reason reason) {
  return std::ranges::find(reasons_of_loss, reason) != reasons_of_loss.end();
}

std::optional<Reason> reason_named(std::string_view name) {
  for (std::size_t index = 1; index < rows.size(); ++index) {
    if (rows[index].name == name) return static_cast<Reason>(index);
  }
  return std::nullopt;
}

bool is_agent_trouble(Reason reason) {
  return reason != Reason::none && group(reason) == ReasonGroup::agent;
}

Reason reason_of_connect_errno(int code) {
  switch (code) {
    case EMFILE:
    case ENFILE: return Reason::agent_descriptors;
    case ENOMEM:
    case ENOBUFS: return Reason::agent_memory;
    case EPERM: return Reason::agent_permission;
    case EADDRNOTAVAIL:
    case EADDRINUSE:
    case ENODEV: return Reason::agent_address;
    case ECONNREFUSED: return Reason::connect_refused;
    case ECONNRESET:
    case EPIPE: return Reason::connect_reset;
    case EHOSTUNREACH:
    case EHOSTDOWN: return Reason::host_unreachable;
    case ENETUNREACH: return Reason::network_unreachable;
    case EACCES: return Reason::prohibited;
    case ETIMEDOUT: return Reason::connect_timeout;
    default: return Reason::connect_failed;
  }
}

Reason reason_of_exchange_errno(int code) {
  switch (code) {
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED: return Reason::reset;
    case ETIMEDOUT: return Reason::transfer_timeout;
    case ECONNREFUSED: return Reason::reset;
    default: return reason_of_connect_errno(code);
  }
}

}  // namespace siaga
