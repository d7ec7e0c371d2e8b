// The protocol is two dozen lines; libsystemd would bring six libraries and a megabyte of resident
// pages for them.
#include "agent/service/supervision.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "agent/loop/descriptor.h"

namespace siaga {
namespace {

constexpr int meals_per_watchdog = 3;

// NOTIFY_SOCKET: a path, or a name of the abstract namespace after "@" (sd_notify(3)).
std::string_view manager_address() {
  const char* address = std::getenv("NOTIFY_SOCKET");
  return address == nullptr ? std::string_view() : std::string_view(address);
}

// The manager sets the word of a reload against it (sd_notify(3), RELOADING=1).
std::int64_t monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
}

// Zero: no watchdog, or another process's (sd_watchdog_enabled(3)).
std::chrono::microseconds watchdog() {
  const char* limit = std::getenv("WATCHDOG_USEC");
  const char* process = std::getenv("WATCHDOG_PID");
  if (limit == nullptr) return {};
  if (process != nullptr && std::strtoll(process, nullptr, 10) != getpid()) return {};
  return std::chrono::microseconds(std::max(0LL, std::strtoll(limit, nullptr, 10)));
}

}  // namespace

void notify_service_manager(const std::string& assignments) {
  const std::string_view where = manager_address();
  sockaddr_un address{};
  if (where.empty() || where.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::ranges::copy(where, address.sun_path);
  if (where.front() == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + where.size());
  const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // Whether it was heard changes nothing for us: the manager has its own time-outs.
  sendto(socket.get(), assignments.data(), assignments.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
         reinterpret_cast<const sockaddr*>(&address), size);
}

Supervision::Supervision(Loop& loop)
    : feeding_(loop, [this] { feed(); }),
      is_heard_(!manager_address().empty()),
      interval_(watchdog() / meals_per_watchdog) {}

Supervision::~Supervision() = default;

void Supervision::ready() {
  notify_service_manager("READY=1");
  if (interval_ > Duration::zero() && !feeding_.is_armed()) feed();
}

void Supervision::say(const std::string& line) {
  if (line == said_) return;
  said_ = line;
  notify_service_manager("STATUS=" + line);
}

void Supervision::reloading() {
  notify_service_manager(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_microseconds()));
}

void Supervision::stopping() { notify_service_manager("STOPPING=1"); }

void Supervision::feed() {
  notify_service_manager("WATCHDOG=1");
  feeding_.start_after(interval_);
}

}  // namespace siaga
