// For tests of the pinger: a network namespace of one's own, a host there that answers echo
// requests as a test says, and the agent without its capability.
#pragma once

#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/check.h"
#include "agent/core/icmp.h"
#include "agent/loop/icmp_socket.h"
#include "agent/loop/poller.h"

namespace siaga::tests {

// These tests cannot be skipped: without the privileges they say what they lack and end.
inline void require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "this test needs root (CAP_SYS_ADMIN, CAP_NET_ADMIN): %s: %s\n",
               what.c_str(), std::strerror(errno));
  std::abort();
}

// While it lives, the calling thread is in a fresh network namespace whose loopback is up.
class OwnNetwork {
 public:
  OwnNetwork() : before_(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)) {
    require(unshare(CLONE_NEWNET) == 0, "unshare(CLONE_NEWNET)");
    run("ip link set lo up");
  }
  ~OwnNetwork() {
    CHECK(setns(before_, CLONE_NEWNET) == 0);
    close(before_);
  }
  OwnNetwork(const OwnNetwork&) = delete;
  OwnNetwork& operator=(const OwnNetwork&) = delete;

  static void run(const std::string& command) {
    require(std::system(command.c_str()) == 0, command);
  }
  // The kernel leaves the answering of IPv4 echo requests to the test.
  static void silence() { write("/proc/sys/net/ipv4/icmp_echo_ignore_all", "1"); }
  static void write(const std::string& path, const std::string& value) {
    std::ofstream file(path);
    file << value << std::flush;
    require(file.good(), "write " + path);
  }

 private:
  int before_;
};

// While it lives, this thread has no effective CAP_NET_RAW.
class WithoutNetRaw {
 public:
  WithoutNetRaw() {
    require(syscall(SYS_capget, &header_, before_.data()) == 0, "capget");
    auto without = before_;
    without[0].effective &= ~(1U << CAP_NET_RAW);
    require(syscall(SYS_capset, &header_, without.data()) == 0, "capset");
  }
  ~WithoutNetRaw() { CHECK(syscall(SYS_capset, &header_, before_.data()) == 0); }
  WithoutNetRaw(const WithoutNetRaw&) = delete;
  WithoutNetRaw& operator=(const WithoutNetRaw&) = delete;

 private:
  __user_cap_header_struct header_{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> before_{};
};

// Sees every IPv4 echo request that arrives in this namespace.
class EchoPeer {
 public:
  using Bytes = std::vector<std::byte>;
  struct Request {
    Address from, to;
    Bytes message;
  };
  using Answer = std::function<void(EchoPeer&, const Request&)>;

  EchoPeer(Loop& loop, Answer answer)
      : answer_(std::move(answer)),
        fd_(socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP)) {
    require(fd_ >= 0, "socket(SOCK_RAW)");
    auto poller = Poller::open(loop, fd_, [this](PollEvents) { read(); });
    CHECK(poller.has_value());
    poller_ = std::move(*poller);
    poller_->watch({.readable = true, .writable = false});
    poller_->unreference();
    auto sender = IcmpSocket::open(loop, {.cookie = 1}, [](bool) {});
    CHECK(sender.has_value());
    sender_ = std::move(*sender);
  }
  ~EchoPeer() {
    poller_.reset();
    close(fd_);
  }
  EchoPeer(const EchoPeer&) = delete;
  EchoPeer& operator=(const EchoPeer&) = delete;

  // What an honest host would send back.
  static Bytes reply_to(const Request& request) {
    Bytes reply = request.message;
    reply[0] = std::byte{0};
    seal(reply);
    return reply;
  }
  // Writes the checksum.
  static void seal(Bytes& message) {
    message[2] = message[3] = std::byte{0};
    const auto sum = icmp::checksum(message);
    message[2] = std::byte(sum >> 8U);
    message[3] = std::byte(sum & 0xFFU);
  }
  void send(const Address& from, const Address& to, const Bytes& message) {
    CHECK(sender_->send({.to = to, .message = message, .source = from}) == 0);
  }

 private:
  void read() {
    std::array<std::byte, 2048> datagram{};
    for (;;) {
      const ssize_t count = recv(fd_, datagram.data(), datagram.size(), 0);
      if (count <= 0) return;
      const auto bytes = std::span(datagram).first(static_cast<std::size_t>(count));
      const auto content = icmp::strip_ip4_header(bytes);
      if (!content || content->message.empty() || content->message[0] != std::byte{8}) continue;
      Request request;
      std::memcpy(request.from.bytes.data(), bytes.data() + 12, 4);
      std::memcpy(request.to.bytes.data(), bytes.data() + 16, 4);
      request.message.assign(content->message.begin(), content->message.end());
      answer_(*this, request);
    }
  }

  Answer answer_;
  int fd_;
  std::unique_ptr<Poller> poller_;
  std::unique_ptr<IcmpSocket> sender_;
};

}  // namespace siaga::tests
