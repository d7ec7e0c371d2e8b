// What may include what. ARCHITECTURE.md's block ```arrows is the table, CMakeLists.txt links by
// it, and every #include of the program must follow one of its arrows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/conformance/tree.h"

namespace siaga::conformance {
namespace {

using Arrows = std::map<std::string, std::set<std::string>>;

// "agent/net -> agent/loop agent/core", a folder a line.
Arrows arrows_of_document() {
  Arrows arrows;
  for (const std::string& line : lines_of(fenced_block(read_root("ARCHITECTURE.md"), "arrows"))) {
    const auto arrow = line.find("->");
    const auto from = words_of(line.substr(0, arrow));
    if (from.empty() || arrow == line.npos) continue;
    const auto to = words_of(line.substr(arrow + 2));
    arrows[from.front()] = {to.begin(), to.end()};
  }
  return arrows;
}

// siaga_folder(agent/net LINKS agent/loop CURL::libcurl EXCEPT main.cc): ours are those without ::.
Arrows arrows_of_build() {
  Arrows arrows;
  const std::string text = read_root("CMakeLists.txt");
  constexpr std::string_view call = "siaga_folder(";
  for (auto at = text.find(call); at != text.npos; at = text.find(call, at + 1)) {
    const auto begin = at + call.size();
    const auto words = words_of(text.substr(begin, text.find(')', begin) - begin));
    auto& to = arrows[words.front()];
    for (std::size_t index = 2; index < words.size() && words[index] != "EXCEPT"; ++index) {
      if (!words[index].contains("::")) to.insert(words[index]);
    }
  }
  return arrows;
}

bool leads_back(const Arrows& arrows, const std::string& from, const std::string& to,
                std::set<std::string>& seen) {
  if (!seen.insert(from).second || !arrows.contains(from)) return false;
  return std::ranges::any_of(arrows.at(from), [&](const std::string& next) {
    return next == to || leads_back(arrows, next, to, seen);
  });
}

TEST(Arrows, TheDocumentAndTheBuildHaveTheSameTable) {
  EXPECT_EQ(arrows_of_document(), arrows_of_build())
      << "ARCHITECTURE.md's ```arrows block and CMakeLists.txt's siaga_folder lines differ";
}

TEST(Arrows, EveryIncludeFollowsAnArrow) {
  const Arrows arrows = arrows_of_build();
  ASSERT_FALSE(arrows.empty());

  for (const File& file : program_files()) {
    // main.cc is linked on its own and sees nothing but the command line.
    const bool is_main = file.path == "agent/main.cc";
    const std::string from = folder_of(file.path);
    const std::set<std::string> allowed = is_main ? std::set<std::string>{"agent/cli"}
                                          : arrows.contains(from) ? arrows.at(from)
                                                                  : std::set<std::string>{};
    for (const Include& include : includes_of(file)) {
      if (!include.is_ours) continue;
      const std::string to = folder_of(include.header);
      EXPECT_TRUE(to == from || allowed.contains(to))
          << file.path << " includes " << include.header << ": no arrow " << from << " -> " << to;
    }
  }
}

TEST(Arrows, EveryOwnIncludeIsWrittenFromTheRoot) {
  for (const File& file : program_files()) {
    for (const Include& include : includes_of(file)) {
      // .inc files are made by the build (siaga_embed).
      if (!include.is_ours || include.header.ends_with(".inc")) continue;
      EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(SIAGA_SOURCE_DIR) / include.header))
          << file.path << " includes \"" << include.header << '"';
    }
  }
}

TEST(Arrows, RunInNoCircle) {
  const Arrows arrows = arrows_of_build();

  for (const auto& [folder, to] : arrows) {
    std::set<std::string> seen;
    EXPECT_FALSE(leads_back(arrows, folder, folder, seen)) << folder << " leads back to itself";
  }
}

TEST(Arrows, EveryFolderWithSourcesIsInTheTable) {
  const Arrows arrows = arrows_of_build();

  for (const File& file : program_files()) {
    EXPECT_TRUE(arrows.contains(folder_of(file.path))) << file.path;
  }
}

}  // namespace
}  // namespace siaga::conformance
