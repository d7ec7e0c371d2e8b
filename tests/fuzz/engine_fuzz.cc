// Lives of a small office, decided by the input's bytes: the invariants of the property test, where
// a fuzzer looks for the sequence that breaks them.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "tests/agent/engine/engine_world.h"

namespace {

// Long enough for several lives, short enough to try many.
constexpr int steps_max = 120;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::span<const std::uint8_t> bytes(data, size);
  // Two bytes a number; times need more than one.
  siaga::tests::EngineWorld world([&bytes](std::uint32_t below) -> std::uint32_t {
    if (bytes.size() < 2 || below == 0) return 0;
    const std::uint32_t number = bytes[0] | (static_cast<std::uint32_t>(bytes[1]) << 8U);
    bytes = bytes.subspan(2);
    return below > 65'536 ? (number * (below / 65'536 + 1)) % below : number % below;
  });
  for (int step = 0; step < steps_max && !bytes.empty(); ++step) {
    const std::string wrong = world.step();
    if (wrong.empty()) continue;
    std::fprintf(stderr, "%s\n%s\n", wrong.c_str(), world.history().c_str());
    std::abort();
  }
  return 0;
}
