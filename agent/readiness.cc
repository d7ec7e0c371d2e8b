#include "agent/readiness.h"

#include <map>

#include <fmt/format.h>

namespace siaga {

std::vector<std::string> own_troubles(const Snapshot& snapshot) {
  struct Trouble {
    std::size_t targets = 0;
    const TargetStatus* example = nullptr;
  };
  std::map<Reason, Trouble> troubles;
  for (const auto& target : snapshot.targets) {
    if (!is_agent_trouble(target->reason)) continue;
    Trouble& trouble = troubles[target->reason];
    if (++trouble.targets == 1) trouble.example = target.get();
  }
  std::vector<std::string> lines;
  for (const auto& [reason, trouble] : troubles) {
    const TargetStatus& example = *trouble.example;
    lines.push_back(
        fmt::format("{}: {} targets, for example {} ({}): {}", name(reason), trouble.targets,
                    example.info->name, example.info->kind,
                    example.detail.empty() ? std::string(meaning(reason)) : example.detail));
  }
  return lines;
}

}  // namespace siaga
