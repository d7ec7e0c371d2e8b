// delay_server port=P delay_us=20000 body=1024: HTTP/1.1 on every loopback address; answers each
// request exactly the delay after it was read. On SIGTERM it prints how exact it was.
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <deque>

#include "tests/bench/tools/common.h"

namespace siaga::bench {
namespace {

class DelayServer {
 public:
  DelayServer(long port, Duration delay, std::size_t body_bytes)
      : delay_(delay), answer_(make_answer(body_bytes)) {
    listen_on(port);
    watch_signals();
  }

  void run() {
    std::vector<epoll_event> events(512);
    while (!is_stopped_) {
      const timespec wait = until_due();
      const int count =
          epoll_pwait2(poll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
      for (int index = 0; index < count; ++index)
        handle(events[static_cast<std::size_t>(index)].data.fd);
      answer_due();
    }
  }

  void report() {
    std::printf("served=%zu late_us_p50=%.1f late_us_p99=%.1f late_us_max=%.1f\n", late_us_.size(),
                quantile(late_us_, 0.5), quantile(late_us_, 0.99), quantile(late_us_, 1));
  }

 private:
  struct Waiting {
    Clock::time_point due;
    int socket;
    std::uint32_t generation;  // of the descriptor: it may have been closed and used again
  };

  static std::string make_answer(std::size_t body_bytes) {
    return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
           std::to_string(body_bytes) + "\r\n\r\n" + std::string(body_bytes, 'x');
  }

  void listen_on(long port) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int yes = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const sockaddr_in address = any_address(port);
    if (bind(listener_, raw(address), sizeof address) != 0) die("bind");
    if (listen(listener_, 4096) != 0) die("listen");
    poll_ = epoll_create1(EPOLL_CLOEXEC);
    watch(listener_);
  }

  void watch_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    signals_ = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    watch(signals_);
    std::signal(SIGPIPE, SIG_IGN);
  }

  void watch(int descriptor) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP;
    event.data.fd = descriptor;
    epoll_ctl(poll_, EPOLL_CTL_ADD, descriptor, &event);
  }

  timespec until_due() const {
    auto wait = Duration(1s);
    if (!waiting_.empty()) {
      wait = std::clamp<Duration>(waiting_.front().due - Clock::now(), 0ns, 1s);
    }
    return {wait / 1s, static_cast<long>((wait % 1s).count())};
  }

  void handle(int descriptor) {
    if (descriptor == signals_) {
      is_stopped_ = true;
    } else if (descriptor == listener_) {
      accept_some();
    } else {
      read_request(descriptor);
    }
  }

  void accept_some() {
    for (int round = 0; round < 64; ++round) {
      const int peer = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (peer < 0) return;
      const int yes = 1;
      setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      if (generations_.size() <= static_cast<std::size_t>(peer)) {
        generations_.resize(static_cast<std::size_t>(peer) + 1);
      }
      watch(peer);
    }
  }

  void read_request(int peer) {
    char text[16384];
    const ssize_t count = read(peer, text, sizeof text);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return close_peer(peer);
    if (!std::string_view(text, static_cast<std::size_t>(count)).ends_with("\r\n\r\n")) return;
    waiting_.push_back({Clock::now() + delay_, peer, generations_[static_cast<std::size_t>(peer)]});
  }

  void close_peer(int peer) {
    ++generations_[static_cast<std::size_t>(peer)];
    close(peer);
  }

  void answer_due() {
    while (!waiting_.empty() && waiting_.front().due <= Clock::now()) {
      const Waiting one = waiting_.front();
      waiting_.pop_front();
      if (generations_[static_cast<std::size_t>(one.socket)] != one.generation) continue;
      if (write(one.socket, answer_.data(), answer_.size()) < 0) continue;
      if (late_us_.size() < 2'000'000) late_us_.push_back(microseconds(Clock::now() - one.due));
    }
  }

  Duration delay_;
  std::string answer_;
  int poll_ = -1, listener_ = -1, signals_ = -1;
  bool is_stopped_ = false;
  std::vector<std::uint32_t> generations_ = std::vector<std::uint32_t>(4096);
  std::deque<Waiting> waiting_;  // the delay is the same for all: in order of due
  std::vector<double> late_us_;
};

}  // namespace
}  // namespace siaga::bench

int main(int argc, char** argv) {
  using namespace siaga::bench;
  const Options options(argc, argv);
  raise_descriptors();
  if (options.number("first", 1) != 0) take_precedence();
  DelayServer server(options.number("port", 18090),
                     std::chrono::microseconds(options.number("delay_us", 20'000)),
                     static_cast<std::size_t>(options.number("body", 1024)));
  server.run();
  server.report();
}
