// One GET from a running agent, for commands that ask it.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/result.h"

namespace siaga {

// `listen` is as in [web] listen: "127.0.0.1:9790", "[::1]:9790"; a wildcard address is asked on
// loopback. Error: what went wrong on the way, or a status other than 200 (its body in
// Error::text).
Result<std::string> fetch(std::string_view listen, std::string_view path);

}  // namespace siaga
