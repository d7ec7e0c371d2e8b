// Tables of the documents, for tests that run their rows through the code.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace siaga::tests {

using Row = std::vector<std::string>;

inline std::string trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return std::string(text);
}

inline std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, by);)
    if (by != ' ' || !part.empty()) parts.push_back(trimmed(part));
  return parts;
}

// The rows of the table behind a marker of a document, without its heading.
inline std::vector<Row> table(const std::string& document, const std::string& marker) {
  std::ifstream page(std::string(SIAGA_SOURCE_DIR "/docs/") + document);
  std::vector<Row> rows;
  std::string line;
  while (std::getline(page, line) && line != "<!-- " + marker + " -->") {
  }
  for (int number = 0; std::getline(page, line) && line.starts_with('|'); ++number)
    if (number >= 2) rows.push_back(split(line.substr(1), '|'));
  return rows;
}

}  // namespace siaga::tests
