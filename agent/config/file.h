// Reading a whole small file, with a bound. Refuses what is not a regular file, so that no pipe and
// no device can hold the agent up.
#pragma once

#include <cstddef>
#include <string>

#include "agent/core/result.h"

namespace siaga {

// Error::code is EFBIG for more than `limit_bytes`, EINVAL for what is not a regular file.
Result<std::string> read_file(const std::string& path, std::size_t limit_bytes);

}  // namespace siaga
