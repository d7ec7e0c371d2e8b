#include "agent/core/result.h"

#include <cstring>

#include <fmt/format.h>

namespace siaga {

std::string describe(const Error& error) {
  std::string line = error.tried;
  if (!error.on.empty()) line += fmt::format(" {}", error.on);
  if (error.code != 0) {
    const char* name = strerrorname_np(error.code);
    line += fmt::format(": {} ({})",
                        strerrordesc_np(error.code) ? strerrordesc_np(error.code) : "unknown error",
                        name ? name : std::to_string(error.code));
  }
  if (!error.text.empty()) line += fmt::format(": {}", error.text);
  return line;
}

}  // namespace siaga
