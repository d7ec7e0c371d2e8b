#include "agent/loop/socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace siaga {
namespace {

const sockaddr* sockaddr_of(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr*>(&storage);
}

Result<void> bind_source(int fd, const Address& source) {
  // The kernel picks the port at connect() and may share it between destinations (Linux 4.2).
  const int late_port = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &late_port, sizeof late_port);
  sockaddr_storage storage{};
  const unsigned length = to_sockaddr({.address = source, .port = 0}, storage);
  if (bind(fd, sockaddr_of(storage), length) == 0) return {};
  return std::unexpected(
      Error{.tried = "bind", .on = to_string(source), .code = errno, .text = {}});
}

Result<void> bind_interface(int fd, const std::string& interface) {
  if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface.data(),
                 static_cast<socklen_t>(interface.size())) == 0)
    return {};
  return std::unexpected(
      Error{.tried = "bind to interface", .on = interface, .code = errno, .text = {}});
}

}  // namespace

Result<void> bind_departure(int fd, const Departure& departure) {
  if (!departure.interface.empty())
    if (auto bound = bind_interface(fd, departure.interface); !bound) return bound;
  if (departure.source) return bind_source(fd, *departure.source);
  return {};
}

bool is_own_routing(int code) {
  switch (code) {
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EACCES:
    case EINVAL:
    case ENETDOWN: return true;
    default: return false;
  }
}

Reason reason_of_connect_error(const Error& error) {
  return error.tried == "route" ? Reason::agent_no_route : reason_of_connect_errno(error.code);
}

Error connect_error(const Endpoint& to, int code, bool at_once) {
  return {.tried = at_once && is_own_routing(code) ? "route" : "connect",
          .on = to_string(to),
          .code = code,
          .text = {}};
}

Result<void> connect_socket(int fd, const Endpoint& to) {
  sockaddr_storage storage{};
  const unsigned length = to_sockaddr(to, storage);
  if (connect(fd, sockaddr_of(storage), length) == 0) return {};
  return std::unexpected(connect_error(to, errno, true));
}

}  // namespace siaga
