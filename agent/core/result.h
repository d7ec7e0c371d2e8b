// The agent's own failures as values. A target's failure is data (outcome.h), never an Error.
#pragma once

#include <expected>
#include <string>

namespace siaga {

struct Error {
  std::string tried;  // "bind", "open", "load certificate"
  std::string on;     // what it was tried on: an address, a path
  int code = 0;       // positive errno; 0 when the text says it all
  std::string text;   // more words, when there is more to say than strerror(code)

  bool operator==(const Error&) const = default;
};

template <typename Value>
using Result = std::expected<Value, Error>;

// "bind 127.0.0.1:9790: Address already in use (EADDRINUSE)".
std::string describe(const Error& error);

}  // namespace siaga
