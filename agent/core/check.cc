#include "agent/core/check.h"

#include <cstdio>
#include <cstdlib>

namespace siaga {

void check_failed(std::string_view condition, std::source_location where) {
  std::fprintf(stderr, "siaga: broken invariant at %s:%u in %s: %.*s\n", where.file_name(),
               where.line(), where.function_name(), static_cast<int>(condition.size()),
               condition.data());
  std::abort();
}

}  // namespace siaga
