// What holds of every file: it is short, says what it is for, and keeps out what has no place here.
#include <gtest/gtest.h>

#include <array>

#include "tests/conformance/tree.h"

namespace siaga::conformance {
namespace {

constexpr std::size_t lines_max = 450;  // 100 is happy, 300 asks a question

// Written in two parts, so that this file does not fail itself.
struct Forbidden {
  std::string text;
  std::string_view why;
};
const std::vector<Forbidden>& forbidden() {
  static const std::vector<Forbidden> table = {
      {std::string("std::") + "regex", "untrusted text and backtracking: use Pattern (RE2)"},
      {std::string("/wo") + "rk/main", "a path of the build machine"},
      {std::string("/wo") + "rk/shared", "a path of the build machine"},
      {std::string("/ro") + "ot/", "a path of the build machine"},
      {std::string("FIX") + "ME", "TODO(kind): text"},
      {std::string("X") + "XX:", "TODO(kind): text"},
  };
  return table;
}

std::vector<File> all_files() {
  std::vector<File> files = program_files();
  const std::vector<std::string_view> endings = {".h",   ".cc",   ".py",  ".sh",   ".cmake",
                                                 ".md",  ".toml", ".txt", ".json", ".in",
                                                 ".mjs", ".yml",  ".tmpl"};
  for (const std::string_view folder :
       {"tests", "cmake", "dashboards", "docs", "packaging", "systemd", "tools"}) {
    std::ranges::move(files_below(folder, endings), std::back_inserter(files));
  }
  for (const std::string_view name :
       {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "CMakeLists.txt",
        "CMakePresets.json", "dev"}) {
    files.push_back({std::string(name), read_root(name)});
  }
  return files;
}

TEST(Files, AreShort) {
  for (const File& file : program_files()) {
    if (file.path.ends_with(".def")) continue;
    EXPECT_LE(lines_of(file.text).size(), lines_max) << file.path;
  }
}

TEST(Files, OpenWithWhatTheyAreFor) {
  for (const File& file : program_files()) {
    // A source whose header has the same name may leave the words to the header.
    const std::string header = file.path.substr(0, file.path.rfind('.')) + ".h";
    if (file.path.ends_with(".cc") && !read_root(header).empty()) continue;
    EXPECT_TRUE(file.text.starts_with("//")) << file.path;
  }
}

TEST(Files, HeadersAreIncludedOnce) {
  for (const File& file : program_files()) {
    if (!file.path.ends_with(".h")) continue;
    EXPECT_TRUE(file.text.contains("#pragma once")) << file.path;
  }
}

TEST(Files, ContainNothingForbidden) {
  for (const File& file : all_files()) {
    for (const Forbidden& word : forbidden()) {
      EXPECT_FALSE(file.text.contains(word.text))
          << file.path << ": " << word.text << ": " << word.why;
    }
  }
}

TEST(Files, EveryTodoNamesItsKind) {
  const std::string todo = std::string("TO") + "DO";
  for (const File& file : program_files()) {
    for (auto at = file.text.find(todo); at != file.text.npos; at = file.text.find(todo, at + 1)) {
      const std::string_view rest = std::string_view(file.text).substr(at + todo.size());
      const bool has_kind = std::ranges::any_of(
          std::array<std::string_view, 4>{"(correctness): ", "(perf): ", "(cleanup): ", "(port): "},
          [rest](std::string_view kind) { return rest.starts_with(kind); });
      EXPECT_TRUE(has_kind) << file.path;
    }
  }
}

// NOLINT without a check's name silences all of them; without words nobody knows when it may go.
TEST(Files, EveryNolintNamesItsCheckAndSaysWhy) {
  const std::string nolint = std::string("NO") + "LINT";
  for (const File& file : program_files()) {
    for (const std::string& line : lines_of(file.text)) {
      const auto at = line.find(nolint);
      if (at == line.npos || line.compare(at, nolint.size() + 3, nolint + "END") == 0) continue;
      const auto close = line.find("): ", at);
      EXPECT_TRUE(line.find('(', at) != line.npos && close != line.npos)
          << file.path << ": " << line;
    }
  }
}

}  // namespace
}  // namespace siaga::conformance
