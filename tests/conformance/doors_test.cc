// Each outside thing has one door: its headers are included behind these paths and nowhere else.
#include <gtest/gtest.h>

#include <array>

#include "tests/conformance/tree.h"

namespace siaga::conformance {
namespace {

struct Door {
  std::string_view header;               // what its headers begin with
  std::vector<std::string_view> behind;  // what the including file's path begins with
};

const std::vector<Door>& doors() {
  static const std::vector<Door> table = {
      {"uv.h", {"agent/loop/"}},
      {"curl/", {"agent/net/http"}},
      {"ares", {"agent/net/resolver"}},
      {"openssl/", {"agent/net/tls"}},
      {"ldns/", {"probes/wire/dns_message"}},
      {"toml++/", {"agent/config/"}},
      {"microhttpd", {"exporters/endpoint/"}},
      {"CLI/", {"agent/cli/cli"}},
      {"spdlog/", {"agent/core/log.cc"}},
      {"re2/", {"agent/core/pattern.cc"}},
      {"prometheus/", {"exporters/"}},
      {"zlib.h", {"exporters/endpoint/"}},
      {"sqlite3", {"agent/journal/"}},
      {"date/", {"agent/core/zone.cc"}},
  };
  return table;
}

bool is_behind(const Door& door, std::string_view path) {
  return std::ranges::any_of(door.behind,
                             [path](std::string_view start) { return path.starts_with(start); });
}

TEST(Doors, EachThirdPartyHeaderIsIncludedBehindItsDoorOnly) {
  for (const File& file : program_files()) {
    for (const Include& include : includes_of(file)) {
      for (const Door& door : doors()) {
        if (!include.header.starts_with(door.header)) continue;
        EXPECT_TRUE(is_behind(door, file.path))
            << file.path << " includes <" << include.header << ">";
      }
    }
  }
}

// One parser of configuration and one of the command line: their headers cost seconds to compile.
TEST(Doors, HeadersThatAreSlowToCompileAreIncludedByOneFile) {
  for (const std::string_view header : {"toml++/", "CLI/", "spdlog/"}) {
    int files = 0;
    for (const File& file : program_files()) {
      files += std::ranges::any_of(includes_of(file), [header](const Include& include) {
        return include.header.starts_with(header);
      });
    }
    EXPECT_LE(files, 1) << header;
  }
}

}  // namespace
}  // namespace siaga::conformance
