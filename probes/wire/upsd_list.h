// Which UPSes an upsd knows: its answer to LIST UPS (RFC 9271).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siaga {

// Printable, each at most limits::ups_word_bytes.
struct ListedUps {
  std::string name, description;
  bool operator==(const ListedUps&) const = default;
};

// The UPSes of a whole answer, at most limits::upsd_list_upses. An answer that cannot be upsd's is
// an empty list with `is_upsd` false.
struct UpsdList {
  bool is_upsd = false;
  std::vector<ListedUps> upses;
};

// Not set: more must come.
std::optional<UpsdList> parse_upsd_list(std::string_view answer);

}  // namespace siaga
