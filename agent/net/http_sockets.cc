#include "agent/net/http_sockets.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "agent/core/check.h"

namespace siaga {
namespace {

constexpr int events_at_once = 64;

Result<Descriptor> open_bound(Family family, int type, const Departure& departure) {
  const int domain = family == Family::ip4 ? AF_INET : AF_INET6;
  Descriptor opened(socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (opened.get() < 0)
    return std::unexpected(Error{.tried = "socket", .on = {}, .code = errno, .text = {}});
  if (auto bound = bind_departure(opened.get(), departure); !bound)
    return std::unexpected(std::move(bound).error());
  return opened;
}

}  // namespace

Result<Descriptor> open_http_socket(Family family, const Departure& departure) {
  auto opened = open_bound(family, SOCK_STREAM, departure);
  if (!opened) return opened;
  const linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(opened->get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  return opened;
}

bool has_route(const Address& address, const Departure& departure) {
  const auto opened = open_bound(address.family, SOCK_DGRAM, departure);
  if (!opened) return true;
  constexpr std::uint16_t discard = 9;
  const auto connected = connect_socket(opened->get(), {.address = address, .port = discard});
  return connected || connected.error().tried != "route";
}

HttpSockets::HttpSockets(Loop& loop, Ready ready)
    : ready_(std::move(ready)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  CHECK(epoll_.get() >= 0);
  auto poller = Poller::open(loop, epoll_.get(), [this](PollEvents) { dispatch(); });
  CHECK(poller.has_value());
  poller_ = std::move(*poller);
  poller_->watch({.readable = true});
  poller_->unreference();
}

void HttpSockets::watch(int fd, PollEvents events, bool is_new) {
  epoll_event event{};
  event.events = (events.readable ? EPOLLIN : 0U) | (events.writable ? EPOLLOUT : 0U);
  event.data.fd = fd;
  const int status = epoll_ctl(epoll_.get(), is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
  if (status == 0) return;
  // libcurl may watch a number again that it never said it had closed.
  epoll_ctl(epoll_.get(), is_new ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
}

void HttpSockets::forget(int fd) { epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

void HttpSockets::dispatch() {
  std::array<epoll_event, events_at_once> events;
  const int count = epoll_wait(epoll_.get(), events.data(), events_at_once, 0);
  for (int index = 0; index < count; ++index) {
    const epoll_event& event = events[static_cast<std::size_t>(index)];
    // An error is both: libcurl's own read or write meets it.
    const bool has_error = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
    ready_(event.data.fd, {.readable = has_error || (event.events & EPOLLIN) != 0,
                           .writable = has_error || (event.events & EPOLLOUT) != 0});
  }
}

}  // namespace siaga
