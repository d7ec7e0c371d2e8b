// What the bench programs share: options as NAME=VALUE, clocks, percentiles, the addresses that are
// probed. Loopback only. These are tools of a benchmark, not the agent: they stop at the first
// trouble.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace siaga::bench {

using Clock = std::chrono::steady_clock;
using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

[[noreturn]] inline void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

class Options {
 public:
  Options(int argc, char** argv) {
    for (int index = 1; index < argc; ++index) {
      const std::string word = argv[index];
      const auto equals = word.find('=');
      values_[word.substr(0, equals)] = equals == word.npos ? "1" : word.substr(equals + 1);
    }
  }
  std::string text(const std::string& name, std::string fallback) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::move(fallback) : found->second;
  }
  long number(const std::string& name, long fallback) const {
    const auto found = values_.find(name);
    return found == values_.end() ? fallback : std::strtol(found->second.c_str(), nullptr, 10);
  }

 private:
  std::map<std::string, std::string> values_;
};

// As many descriptors as allowed.
inline void raise_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Before everything else on the machine: a server's own lateness must not look like the prober's.
inline void take_precedence() {
  const sched_param priority{.sched_priority = 20};
  if (sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
    std::perror("SCHED_FIFO, going on without");
}

inline sockaddr_in any_address(long port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}
inline const sockaddr* raw(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

// The address of target `index`: 127.1.0.1 and on, distinct up to 6 million. lab.py has the same.
inline std::string target_address(std::size_t index) {
  return "127." + std::to_string(1 + index / 62'500) + "." + std::to_string(index / 250 % 250) +
         "." + std::to_string(1 + index % 250);
}

inline double microseconds(Duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

// The share'th quantile; sorts.
inline double quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

}  // namespace siaga::bench
