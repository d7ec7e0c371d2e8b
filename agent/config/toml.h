// The door to toml++: bytes to TomlNode. No other file includes it. Knows no keys and no limits but
// those of depth and count, which it enforces before toml++ sees the text: toml++ 3.3 bounds
// neither the length of dotted keys nor the number of values, and its tree is freed by recursion.
#pragma once

#include <string_view>

#include "agent/config/findings.h"
#include "agent/config/tree.h"

namespace siaga {

struct Parsed {
  TomlNode root;
  bool is_whole = true;  // false: there were syntax errors, and what they hid is not in `root`
};

// All syntax errors that can be told apart are filed. A line that is wrong in itself is set aside
// and the rest is read on, so that its other faults come in the same go.
Parsed parse_toml(std::uint32_t file, Findings& findings);

}  // namespace siaga
