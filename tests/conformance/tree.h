// The source tree as the conformance tests read it: files, lines, includes. Reads, judges nothing.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace siaga::conformance {

struct File {
  std::string path;  // from the root: "agent/loop/timer.h"
  std::string text;
};

inline std::string read(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}
inline std::string read_root(std::string_view path) {
  return read(std::filesystem::path(SIAGA_SOURCE_DIR) / path);
}

// The files below `folder` whose name ends in one of `endings`, in order of path.
inline std::vector<File> files_below(std::string_view folder,
                                     const std::vector<std::string_view>& endings) {
  namespace fs = std::filesystem;
  const fs::path root = SIAGA_SOURCE_DIR;
  std::vector<File> files;
  if (!fs::exists(root / folder)) return files;
  for (auto at = fs::recursive_directory_iterator(root / folder); at != fs::end(at); ++at) {
    const fs::directory_entry& entry = *at;
    const std::string name = entry.path().filename().string();
    if (name == "node_modules") at.disable_recursion_pending();  // others' files
    const auto fits = [&name](std::string_view ending) { return name.ends_with(ending); };
    if (!entry.is_regular_file() || !std::ranges::any_of(endings, fits)) continue;
    files.push_back({fs::relative(entry.path(), root).string(), read(entry.path())});
  }
  std::ranges::sort(files, {}, &File::path);
  return files;
}

// The program itself: what the arrows and doors are about.
inline std::vector<File> program_files() {
  std::vector<File> files;
  for (const std::string_view folder : {"agent", "probes", "exporters"}) {
    std::ranges::move(files_below(folder, {".h", ".cc", ".def"}), std::back_inserter(files));
  }
  return files;
}

inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

inline std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char letter : text) {
    if (letter != ' ' && letter != '\n' && letter != '\t') {
      word += letter;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

struct Include {
  std::string header;  // without quotes or brackets
  bool is_ours = false;
};
inline std::vector<Include> includes_of(const File& file) {
  std::vector<Include> includes;
  for (const std::string& line : lines_of(file.text)) {
    const auto at = line.find_first_not_of(' ');
    if (at == line.npos || line.compare(at, 8, "#include") != 0) continue;
    const auto begin = line.find_first_of("\"<", at + 8);
    if (begin == line.npos) continue;
    const auto end = line.find_first_of("\">", begin + 1);
    includes.push_back({line.substr(begin + 1, end - begin - 1), line[begin] == '"'});
  }
  return includes;
}

inline std::string folder_of(std::string_view path) {
  return std::string(path.substr(0, path.rfind('/')));
}

// The text of the first block ```NAME ... ``` of a Markdown document; empty when there is none.
inline std::string fenced_block(std::string_view document, std::string_view name) {
  const std::string opening = "```" + std::string(name) + "\n";
  const auto begin = document.find(opening);
  if (begin == document.npos) return {};
  const auto from = begin + opening.size();
  return std::string(document.substr(from, document.find("```", from) - from));
}

}  // namespace siaga::conformance
