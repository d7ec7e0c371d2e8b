// Random numbers that nobody can guess, from the kernel, fetched many at a time.
#pragma once

#include <array>
#include <cstdint>

namespace siaga {

class PingRandom {
 public:
  std::uint64_t next();

 private:
  std::array<std::uint64_t, 128> pool_{};
  std::size_t used_ = pool_.size();
};

}  // namespace siaga
