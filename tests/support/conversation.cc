#include "tests/support/conversation.h"

#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace siaga::tests {

Conversation::Conversation(int fd) : fd_(fd) {}

Conversation::~Conversation() { close_socket(); }

void Conversation::send(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = 0;
    if (session_) count = SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
    else count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) end_by(errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void Conversation::send_slowly(std::string_view bytes, Duration interval) {
  for (std::size_t index = 0; index < bytes.size(); ++index) {
    if (index != 0) pause(interval);
    send(bytes.substr(index, 1));
  }
}

void Conversation::send_forever(std::string_view bytes) {
  while (true) send(bytes);
}

std::size_t Conversation::read_some(char* buffer, std::size_t size) {
  ssize_t count = 0;
  if (session_) count = SSL_read(session_.get(), buffer, static_cast<int>(size));
  else count = ::recv(fd_, buffer, size, 0);
  const int code = errno;
  const std::lock_guard lock(mutex_);
  if (count > 0) {
    record_.received.append(buffer, static_cast<std::size_t>(count));
    return static_cast<std::size_t>(count);
  }
  const bool failed = count < 0 && code == ECONNRESET;
  (failed ? record_.was_reset : record_.was_closed) = true;
  return 0;
}

void Conversation::receive_more() {
  std::array<char, 16384> buffer{};
  const std::size_t count = read_some(buffer.data(), buffer.size());
  if (count == 0) throw ConversationOver{};
  unread_.append(buffer.data(), count);
}

std::string Conversation::take(std::size_t count) {
  std::string taken = unread_.substr(0, count);
  unread_.erase(0, count);
  return taken;
}

std::string Conversation::receive_until(std::string_view text) {
  std::size_t found = 0;
  while ((found = unread_.find(text)) == std::string::npos) receive_more();
  return take(found + text.size());
}

std::string Conversation::receive(std::size_t count) {
  while (unread_.size() < count) receive_more();
  return take(count);
}

std::string Conversation::receive_all() {
  try {
    while (true) receive_more();
  } catch (const ConversationOver&) {
    return take(unread_.size());
  }
}

void Conversation::stay_silent() {
  while (true) receive_more();
}

void Conversation::stall() {
  // Neither reads nor times out: a hang-up or an interrupt() ends it.
  pollfd wanted{.fd = fd_, .events = POLLRDHUP, .revents = 0};
  while (::poll(&wanted, 1, -1) < 0 && errno == EINTR) {
  }
  throw ConversationOver{};
}

void Conversation::pause(Duration duration) {
  pollfd wanted{.fd = fd_, .events = POLLRDHUP, .revents = 0};
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  if (::poll(&wanted, 1, static_cast<int>(whole)) > 0) throw ConversationOver{};
}

void Conversation::half_close() {
  if (session_) SSL_shutdown(session_.get());
  ::shutdown(fd_, SHUT_WR);
}

void Conversation::close() {
  if (session_) SSL_shutdown(session_.get());
  close_socket();
  throw ConversationOver{};
}

void Conversation::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close_socket();
  throw ConversationOver{};
}

void Conversation::end_by(int code) {
  {
    const std::lock_guard lock(mutex_);
    if (code == ECONNRESET || code == EPIPE) record_.was_reset = true;
  }
  throw ConversationOver{};
}

ConversationRecord Conversation::record() const {
  const std::lock_guard lock(mutex_);
  return record_;
}

void Conversation::interrupt() {
  const std::lock_guard lock(mutex_);
  is_interrupted_ = true;
  if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
}

void Conversation::finish() {
  close_socket();
  const std::lock_guard lock(mutex_);
  record_.is_over = true;
}

void Conversation::close_socket() {
  const std::lock_guard lock(mutex_);
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace siaga::tests
