#include "probes/registry.h"

#include <array>
#include <vector>

#include "probes/link_options.h"
#include "probes/mains_options.h"

#define KIND(name) extern const Kind name##_kind;
namespace siaga {
#include "probes/kinds.def"
}
#undef KIND

namespace siaga {
namespace {

constexpr std::array all_kinds{
#define KIND(name) &name##_kind,
#include "probes/kinds.def"
#undef KIND
};

KindSchema schema_of(const Kind& kind) {
  return {.name = kind.name,
          .help = kind.help,
          .help_id = kind.help_id,
          .options = kind.options,
          .check = [&kind](Section& section) { static_cast<void>(kind.parse(section)); },
          .interval = kind.interval};
}

}  // namespace

std::span<const Kind* const> kinds() { return all_kinds; }

const Kind* find_kind(std::string_view name) {
  for (const Kind* kind : all_kinds) {
    if (kind->name == name) return kind;
  }
  return nullptr;
}

std::span<const KindSchema> kind_schemas() {
  static const std::vector<KindSchema> schemas = [] {
    std::vector<KindSchema> made;
    made.reserve(all_kinds.size() + 2);
    for (const Kind* kind : all_kinds) made.push_back(schema_of(*kind));
    made.push_back(link_schema());
    made.push_back(mains_schema());
    return made;
  }();
  return schemas;
}

}  // namespace siaga
