// What is written about the configuration is what the program has: the generated page and both
// files of packaging/. SIAGA_WRITE_DOCS=1 writes the page anew.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "agent/config/document.h"
#include "agent/config/load.h"
#include "probes/registry.h"

namespace siaga {
namespace {

const std::string root = SIAGA_SOURCE_DIR;

std::string content(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(ConfigurationPage, IsWhatTheTablesSay) {
  const std::string path = root + "/docs/configuration.md";
  const std::string page = option_tables_markdown(kind_schemas(), Language::english);
  if (std::getenv("SIAGA_WRITE_DOCS") != nullptr) std::ofstream(path) << page;

  EXPECT_EQ(content(path), page) << "write it with SIAGA_WRITE_DOCS=1";
}

TEST(PackagedConfiguration, IsAccepted) {
  LoadOptions options;
  options.kinds = kind_schemas();
  for (const std::string name : {"siaga.toml", "siaga.example.toml"}) {
    const auto config = parse_config(content(root + "/packaging/" + name), name, options);
    EXPECT_TRUE(config) << format(config.error(), Language::english, false);
  }
  EXPECT_EQ(default_config_text(), content(root + "/packaging/siaga.toml"));
}

}  // namespace
}  // namespace siaga
