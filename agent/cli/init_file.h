// Putting a first configuration in its place: whole or not at all, after it was checked there, and
// never over what somebody wrote unless that is wanted.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "agent/core/result.h"
#include "agent/core/time.h"

namespace siaga {

struct Placing {
  std::string path;
  std::string_view text;
  bool may_replace = false;  // another file than the packaged default; a backup stays beside it
  WallTime now;              // dates the backup
  // Looks at the file under its temporary name, beside its place; false: it may not go there.
  std::function<bool(const std::string& temporary)> is_good;
};
struct Placed {
  std::string path;    // where a link led
  std::string backup;  // of what was replaced; empty: none
};
enum class Refusal {
  is_changed,  // there is a file that is not the packaged default
  is_bad,      // is_good said so
};
struct PlacingTrouble {
  Refusal refusal = Refusal::is_bad;
  Error error;  // when it has a text or a code, it is why; else the refusal is
};
std::expected<Placed, PlacingTrouble> place_file(const Placing& placing);

}  // namespace siaga
