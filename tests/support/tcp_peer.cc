#include "tests/support/tcp_peer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "agent/core/check.h"
#include "tests/support/sockets.h"

namespace siaga::tests {

struct TcpPeer::Served {
  explicit Served(int fd) : talk(fd) {}
  Conversation talk;
  std::thread thread;
};

TcpPeer::TcpPeer(Script script, Family family)
    : TcpPeer(std::vector<Script>{std::move(script)}, family) {}

TcpPeer::TcpPeer(std::vector<Script> scripts, Family family)
    : scripts_(std::move(scripts)), listening_fd_(bound_socket(family, SOCK_STREAM)) {
  CHECK(!scripts_.empty());
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  CHECK(listen(listening_fd_, SOMAXCONN) == 0);
  endpoint_ = local_endpoint(listening_fd_);
  acceptor_ = std::thread([this] { accept_all(); });
}

TcpPeer::~TcpPeer() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  shutdown(listening_fd_, SHUT_RDWR);  // wakes accept()
  acceptor_.join();
  close(listening_fd_);
  for (auto& served : served_) served->talk.interrupt();
  for (auto& served : served_) served->thread.join();
}

void TcpPeer::accept_all() {
  while (true) {
    const int fd = accept4(listening_fd_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (is_over_) {
      if (fd >= 0) close(fd);
      return;
    }
    // Without descriptors the connection stays in the queue; the test that starves us sees to it.
    if (fd < 0) continue;
    serve(fd);
  }
}

void TcpPeer::serve(int fd) {
  const auto& script = scripts_[std::min(served_.size(), scripts_.size() - 1)];
  auto& served = *served_.emplace_back(std::make_unique<Served>(fd));
  served.thread = std::thread([&served, &script] {
    try {
      script(served.talk);
    } catch (const ConversationOver&) {
    }
    served.talk.finish();
  });
}

std::size_t TcpPeer::connections() const {
  const std::lock_guard lock(mutex_);
  return served_.size();
}

ConversationRecord TcpPeer::record(std::size_t index) const {
  const std::lock_guard lock(mutex_);
  if (index >= served_.size()) return {};
  return (*std::next(served_.begin(), static_cast<std::ptrdiff_t>(index)))->talk.record();
}

RefusingPort::RefusingPort(Family family)
    : fd_(bound_socket(family, SOCK_STREAM)), endpoint_(local_endpoint(fd_)) {}

RefusingPort::~RefusingPort() { close(fd_); }

UnansweringPort::UnansweringPort()
    : listening_fd_(bound_socket(Family::ip4, SOCK_STREAM)),
      endpoint_(local_endpoint(listening_fd_)) {
  CHECK(listen(listening_fd_, 0) == 0);
  sockaddr_storage storage{};
  const unsigned length = to_sockaddr(endpoint_, storage);
  // The first callers fill the queue; the one that is not connected at once proves it full.
  while (true) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CHECK(fd >= 0);
    callers_.push_back(fd);
    connect(fd, reinterpret_cast<const sockaddr*>(&storage), length);
    pollfd wanted{.fd = fd, .events = POLLOUT, .revents = 0};
    if (poll(&wanted, 1, 50) == 0) return;
  }
}

UnansweringPort::~UnansweringPort() {
  for (const int fd : callers_) close(fd);
  close(listening_fd_);
}

}  // namespace siaga::tests
