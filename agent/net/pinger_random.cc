#include "agent/net/pinger_random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstddef>
#include <span>

#include "agent/core/check.h"

namespace siaga {

std::uint64_t PingRandom::next() {
  if (used_ == pool_.size()) {
    std::span<std::byte> rest = std::as_writable_bytes(std::span(pool_));
    while (!rest.empty()) {
      const ssize_t count = getrandom(rest.data(), rest.size(), 0);
      // Fails for a bad address or flag only (getrandom(2)).
      CHECK(count > 0 || errno == EINTR);
      if (count > 0) rest = rest.subspan(static_cast<std::size_t>(count));
    }
    used_ = 0;
  }
  return pool_[used_++];
}

}  // namespace siaga
