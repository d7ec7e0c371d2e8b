#include "tests/support/sockets.h"

#include <sys/socket.h>

#include "agent/core/check.h"

namespace siaga::tests {

Address loopback(Family family) {
  return *parse_address(family == Family::ip4 ? "127.0.0.1" : "::1");
}

int bound_socket(Family family, int type) {
  const int fd = socket(family == Family::ip4 ? AF_INET : AF_INET6, type | SOCK_CLOEXEC, 0);
  CHECK(fd >= 0);
  sockaddr_storage storage{};
  const unsigned length = to_sockaddr({.address = loopback(family), .port = 0}, storage);
  CHECK(bind(fd, reinterpret_cast<const sockaddr*>(&storage), length) == 0);
  return fd;
}

Endpoint local_endpoint(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  CHECK(getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length) == 0);
  const auto endpoint = from_sockaddr(reinterpret_cast<const sockaddr*>(&storage));
  CHECK(endpoint.has_value());
  return *endpoint;
}

}  // namespace siaga::tests
