// Text that is made while it is read, piece by piece: no answer of the endpoint is ever whole in
// memory. A stream knows nothing of HTTP.
#pragma once

#include <cstddef>
#include <span>

namespace siaga {

class TextStream {
 public:
  virtual ~TextStream() = default;
  // Writes the next bytes to `out`, which is not empty, and returns how many; 0 only at the end.
  // The work of one call is bounded by the size of `out`.
  virtual std::size_t produce(std::span<char> out) = 0;
};

}  // namespace siaga
