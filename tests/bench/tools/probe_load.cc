// probe_load port=9115 module=M target=FORMAT: drives an exporter's /probe over connections that it
// keeps. FORMAT holds "%s", the target's address. Prints NAME=VALUE words.
//   concurrency=50 count=4000              closed loop: the next when one is done
//   targets=1000 period_ms=5000 seconds=15 open loop: each target once a period, evenly spread
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tests/bench/tools/common.h"

namespace siaga::bench {
namespace {

struct Work {
  long port, concurrency, targets;
  std::string module, target;
  std::size_t count;
  Duration gap;  // between starts; zero: as fast as answers come
};

class Load {
 public:
  explicit Load(Work work)
      : work_(std::move(work)), connections_(static_cast<std::size_t>(work_.concurrency)) {
    poll_ = epoll_create1(EPOLL_CLOEXEC);
    for (std::size_t index = connections_.size(); index > 0; --index) idle_.push_back(index - 1);
  }

  void run() {
    began_ = Clock::now();
    std::vector<epoll_event> events(256);
    while (done_ < work_.count) {
      const Duration next = start_due();
      const timespec wait{next / 1s, static_cast<long>((next % 1s).count())};
      const int count =
          epoll_pwait2(poll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
      for (int index = 0; index < count; ++index)
        receive(events[static_cast<std::size_t>(index)].data.u64);
    }
    ended_ = Clock::now();
  }

  void report() {
    const double seconds = std::chrono::duration<double>(ended_ - began_).count();
    std::printf(
        "done=%zu succeeded=%zu rate=%.0f duration_us_p50=%.1f duration_us_p99=%.1f "
        "late_us_p99=%.0f\n",
        done_, succeeded_, static_cast<double>(done_) / seconds, quantile(durations_us_, 0.5),
        quantile(durations_us_, 0.99), quantile(late_us_, 0.99));
  }

 private:
  struct Connection {
    int socket = -1;
    bool is_busy = false;
    std::string received;
  };

  // Starts what is due; how long until the next is.
  Duration start_due() {
    while (started_ < work_.count && !idle_.empty()) {
      if (work_.gap > 0ns) {
        const auto due = began_ + work_.gap * static_cast<long>(started_);
        const auto now = Clock::now();
        if (due > now) return due - now;
        late_us_.push_back(microseconds(now - due));
      }
      start(idle_.back());
    }
    return 200ms;
  }

  void start(std::size_t index) {
    Connection& connection = connections_[index];
    if (connection.socket < 0) connect_to_exporter(connection, index);
    idle_.pop_back();
    connection.is_busy = true;
    connection.received.clear();
    const std::string request = "GET /probe?module=" + work_.module + "&target=" + next_target() +
                                " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    ++started_;
    if (write(connection.socket, request.data(), request.size()) < 0) die("write");
  }

  void connect_to_exporter(Connection& connection, std::size_t index) {
    connection.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in address = any_address(work_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection.socket, raw(address), sizeof address) != 0) die("connect");
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket, &event);
  }

  std::string next_target() const {
    std::string target = work_.target;
    const auto hole = target.find("%s");
    if (hole != target.npos) {
      target.replace(hole, 2, target_address(started_ % static_cast<std::size_t>(work_.targets)));
    }
    return target;
  }

  void receive(std::size_t index) {
    Connection& connection = connections_[index];
    char text[65536];
    const ssize_t count = read(connection.socket, text, sizeof text);
    if (count > 0) connection.received.append(text, static_cast<std::size_t>(count));
    if (count > 0 && !is_whole(connection.received)) return;
    if (connection.is_busy) finish(connection, index);
    if (count <= 0) {
      close(connection.socket);
      connection.socket = -1;
    }
  }

  // By Content-Length, or by the last chunk.
  static bool is_whole(const std::string& answer) {
    const auto head = answer.find("\r\n\r\n");
    if (head == answer.npos) return false;
    const auto length = answer.find("Content-Length: ");
    if (length > head) return answer.ends_with("0\r\n\r\n");
    return answer.size() >= head + 4 + std::strtoul(answer.c_str() + length + 16, nullptr, 10);
  }

  void finish(Connection& connection, std::size_t index) {
    constexpr std::string_view duration = "\nprobe_duration_seconds ";
    if (connection.received.contains("\nprobe_success 1")) ++succeeded_;
    if (const auto at = connection.received.find(duration); at != std::string::npos) {
      durations_us_.push_back(
          1e6 * std::strtod(connection.received.c_str() + at + duration.size(), nullptr));
    }
    ++done_;
    connection.is_busy = false;
    idle_.push_back(index);
  }

  Work work_;
  int poll_ = -1;
  std::vector<Connection> connections_;
  std::vector<std::size_t> idle_;
  std::size_t started_ = 0, done_ = 0, succeeded_ = 0;
  std::vector<double> durations_us_, late_us_;
  Clock::time_point began_, ended_;
};

Work work_of(const Options& options) {
  Work work{.port = options.number("port", 9115),
            .concurrency = options.number("concurrency", 50),
            .targets = options.number("targets", 1000),
            .module = options.text("module", "http_2xx"),
            .target = options.text("target", "http://%s:8080/"),
            .count = static_cast<std::size_t>(options.number("count", 4000)),
            .gap = {}};
  const std::chrono::milliseconds period(options.number("period_ms", 0));
  if (period.count() != 0) {
    work.gap = Duration(period) / work.targets;
    work.count =
        static_cast<std::size_t>(std::chrono::seconds(options.number("seconds", 15)) / work.gap);
  }
  return work;
}

}  // namespace
}  // namespace siaga::bench

int main(int argc, char** argv) {
  using namespace siaga::bench;
  raise_descriptors();
  Load load(work_of(Options(argc, argv)));
  load.run();
  load.report();
}
