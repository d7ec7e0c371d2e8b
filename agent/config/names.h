// The names of things that there are several of - targets, windows: what a name may be, and that
// each is there once.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "agent/config/findings.h"
#include "agent/config/tree.h"
#include "agent/config/words.h"

namespace siaga {

// `[[http]] "portal"`, or `[[http]]` where it has no name: for complaints.
std::string section_name(std::string_view table, const TomlNode& node);

class Names {
 public:
  // `unique` is the hint beside a name that comes twice.
  Names(const Text& unique, Findings& findings) : unique_(unique), findings_(findings) {}

  // Complains of a name that cannot be one or was there before. A missing name and one that is no
  // text were complained of already. `table` must outlive this.
  void check(const Entry* written, std::string_view table);

 private:
  struct Taken {
    std::string_view table;
    Place place;
  };
  const Text& unique_;
  Findings& findings_;
  std::unordered_map<std::string, Taken> taken_;
};

}  // namespace siaga
