// CHECK guards our own invariants, in release builds too. It never guards what the network, the
// disk or a configuration can do: those are Results and Outcomes.
#pragma once

#include <source_location>
#include <string_view>

namespace siaga {

// Prints the condition and the place to stderr and aborts.
[[noreturn]] void check_failed(std::string_view condition,
                               std::source_location where = std::source_location::current());

}  // namespace siaga

#define CHECK(condition) ((condition) ? static_cast<void>(0) : ::siaga::check_failed(#condition))
