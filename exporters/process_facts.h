// What the kernel says of this process: the standard process_* metrics. Reads /proc/self only when
// asked; what cannot be read is absent.
#pragma once

#include <optional>
#include <string>

namespace siaga {

struct ProcessFacts {
  std::optional<double> cpu_seconds;
  std::optional<double> resident_bytes, virtual_bytes;
  std::optional<double> open_descriptors, max_descriptors;
  std::optional<double> start_unix_seconds;
};

ProcessFacts read_process_facts(const std::string& proc = "/proc");

}  // namespace siaga
