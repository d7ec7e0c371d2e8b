#include "agent/service/sockets.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include <fmt/format.h>

namespace siaga {
namespace {

constexpr int first_descriptor = 3;   // SD_LISTEN_FDS_START
constexpr int descriptors_most = 64;  // more addresses than any office has

// LISTEN_FDS, when LISTEN_PID says that it is meant for us.
int count_of_descriptors() {
  const char* process = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  if (process == nullptr || count == nullptr) return 0;
  if (std::strtoll(process, nullptr, 10) != getpid()) return 0;
  const long long number = std::strtoll(count, nullptr, 10);
  return number < 0 || number > descriptors_most ? 0 : static_cast<int>(number);
}

bool has(int socket, int option, int wanted) {
  int value = 0;
  socklen_t size = sizeof value;
  return getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 && value == wanted;
}

}  // namespace

Result<std::vector<Descriptor>> take_listening_sockets() {
  const int count = count_of_descriptors();
  unsetenv("LISTEN_PID");
  unsetenv("LISTEN_FDS");
  unsetenv("LISTEN_FDNAMES");
  std::vector<Descriptor> sockets;
  sockets.reserve(static_cast<std::size_t>(count));
  for (int fd = first_descriptor; fd < first_descriptor + count; ++fd) sockets.emplace_back(fd);
  for (const Descriptor& socket : sockets) {
    const int fd = socket.get();
    if (!has(fd, SO_TYPE, SOCK_STREAM) || !has(fd, SO_ACCEPTCONN, 1))
      return std::unexpected(
          Error{.tried = "take over",
                .on = fmt::format("the service manager's descriptor {}", fd),
                .code = 0,
                .text = "it is no listening stream socket; siaga.socket wants ListenStream="});
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    // The manager's may block, and accept() of a connection that has gone would hold the loop up.
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
  return sockets;
}

}  // namespace siaga
