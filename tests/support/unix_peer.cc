#include "tests/support/unix_peer.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>

#include "agent/core/check.h"

namespace siaga::tests {
namespace {

int socket_at(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  CHECK(path.size() < sizeof address.sun_path);
  std::ranges::copy(path, address.sun_path);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(fd >= 0);
  CHECK(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

}  // namespace

UnixPeer::UnixPeer(std::string path, Script script)
    : path_(std::move(path)), script_(std::move(script)), listening_fd_(socket_at(path_)) {
  CHECK(listen(listening_fd_, SOMAXCONN) == 0);
  thread_ = std::thread([this] { serve_all(); });
}

UnixPeer::~UnixPeer() {
  is_over_ = true;
  shutdown(listening_fd_, SHUT_RDWR);  // wakes accept()
  {
    const std::lock_guard lock(mutex_);
    if (talk_) talk_->interrupt();
  }
  thread_.join();
  close(listening_fd_);
  unlink(path_.c_str());
}

void UnixPeer::serve_all() {
  while (!is_over_) {
    const int fd = accept4(listening_fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const auto talk = std::make_shared<Conversation>(fd);
    {
      const std::lock_guard lock(mutex_);
      talk_ = talk;
      if (is_over_) talk->interrupt();
    }
    try {
      script_(*talk);
    } catch (const ConversationOver&) {
    }
    talk->finish();
  }
}

void leave_stale_socket(const std::string& path) { close(socket_at(path)); }

}  // namespace siaga::tests
