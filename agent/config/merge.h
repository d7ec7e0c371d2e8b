// Several files' trees to one: [[tables]] are joined, [tables] are filled up, and a key that two
// files set is a fault of the second one.
#pragma once

#include "agent/config/findings.h"
#include "agent/config/tree.h"

namespace siaga {

void merge(TomlNode& into, TomlNode from, Findings& findings);

}  // namespace siaga
