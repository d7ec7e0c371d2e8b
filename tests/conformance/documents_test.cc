// Documents are true: links lead somewhere, commands exist, examples load, tables match the source.
#include <gtest/gtest.h>

#include <cstdlib>

#include "agent/config/load.h"
#include "probes/registry.h"
#include "tests/conformance/tree.h"

namespace siaga::conformance {
namespace {

std::vector<File> documents() {
  std::vector<File> files = files_below("docs", {".md"});
  for (const std::string_view name :
       {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"}) {
    files.push_back({std::string(name), read_root(name)});
  }
  return files;
}

// All blocks ```NAME ... ``` of a document.
std::vector<std::string> blocks(std::string_view text, std::string_view name) {
  std::vector<std::string> found;
  const std::string opening = "```" + std::string(name) + "\n";
  for (auto at = text.find(opening); at != text.npos; at = text.find(opening, at + 1)) {
    found.push_back(fenced_block(text.substr(at), name));
  }
  return found;
}

// The document without its ```blocks```.
std::string prose_of(std::string_view text) {
  std::string prose;
  bool is_code = false;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("```")) is_code = !is_code;
    if (!is_code) prose += line + "\n";
  }
  return prose;
}

// "](path)" of every link that stays in the tree, without its #part.
std::vector<std::string> links_of(const std::string& text) {
  std::vector<std::string> links;
  for (auto at = text.find("]("); at != text.npos; at = text.find("](", at + 1)) {
    std::string link = text.substr(at + 2, text.find(')', at) - at - 2);
    link = link.substr(0, link.find('#'));
    if (!link.empty() && !link.contains("://") && !link.contains(' ')) links.push_back(link);
  }
  return links;
}

TEST(Documents, LinksLeadToFilesOfTheTree) {
  namespace fs = std::filesystem;
  for (const File& document : documents()) {
    for (const std::string& link : links_of(prose_of(document.text))) {
      const fs::path target =
          fs::path(SIAGA_SOURCE_DIR) / fs::path(document.path).parent_path() / link;
      EXPECT_TRUE(fs::exists(target)) << document.path << " links to " << link;
    }
  }
}

TEST(Documents, CommandsOfDevExist) {
  const std::string dev = read_root("dev");
  for (const File& document : documents()) {
    for (auto at = document.text.find("./dev "); at != std::string::npos;
         at = document.text.find("./dev ", at + 1)) {
      const auto begin = at + 6;
      const auto end = document.text.find_first_not_of("abcdefghijklmnopqrstuvwxyz", begin);
      const std::string command = document.text.substr(begin, end - begin);
      if (command.empty()) continue;
      EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(SIAGA_SOURCE_DIR) / "tools/dev" /
                                          (command + ".sh")))
          << document.path << " speaks of ./dev " << command;
    }
  }
}

TEST(Documents, ExamplesOfTheConfigurationLoad) {
  LoadOptions options;
  options.kinds = kind_schemas();
  for (const File& document : documents()) {
    for (const std::string& example : blocks(document.text, "toml")) {
      const auto config = parse_config(example, document.path, options);
      EXPECT_TRUE(config.has_value())
          << (config ? std::string() : format(config.error(), Language::english, false));
    }
  }
}

struct Limit {
  std::string name, value, meaning;
};

// "8U << 20U" as "8 MiB"; everything else as it is written, without digit separators.
std::string readable(std::string value) {
  std::erase(value, '\'');
  for (const auto& [shift, unit] : {std::pair{"U << 10U", " KiB"}, std::pair{"U << 20U", " MiB"}}) {
    if (value.ends_with(shift)) return value.substr(0, value.find('U')) + unit;
  }
  return value;
}

// inline constexpr TYPE NAME = VALUE;  // MEANING
std::vector<Limit> limits_of_source() {
  std::vector<Limit> limits;
  const std::string text = read_root("agent/core/limits.h");
  constexpr std::string_view opening = "inline constexpr ";
  for (auto at = text.find(opening); at != text.npos; at = text.find(opening, at + 1)) {
    const auto equals = text.find('=', at);
    const auto brace = text.find('{', at);
    const auto semicolon = text.find(';', at);
    if (equals == text.npos || semicolon < equals) continue;
    const auto words = words_of(text.substr(at, std::min(equals, brace) - at));
    const auto value = words_of(text.substr(equals + 1, semicolon - equals - 1));
    std::string value_text;
    for (const std::string& word : value) value_text += (value_text.empty() ? "" : " ") + word;
    const auto line_end = text.find('\n', semicolon);
    const auto comment = text.find("// ", semicolon);
    limits.push_back({words.back(), value_text,
                      comment < line_end ? text.substr(comment + 3, line_end - comment - 3) : ""});
  }
  return limits;
}

std::string limits_document() {
  std::string text =
      "# Limits\n\nWhat is bounded and is not an option: `agent/core/limits.h` in words. Limits "
      "that "
      "are options\nstand in [configuration.md](configuration.md) with their defaults.\n\n"
      "| limit | value | about |\n|---|---|---|\n";
  for (const Limit& limit : limits_of_source()) {
    text += "| `" + limit.name + "` | " + readable(limit.value) + " | " + limit.meaning + " |\n";
  }
  text +=
      "\n## What is not checked\n\nWhether a certificate was revoked: no CRL is fetched, no OCSP "
      "responder is asked, and a stapled answer is\nnot read. A run depends on nobody but its "
      "target; a certificate that was taken back is good until it ends.\n";
  return text;
}

// SIAGA_WRITE_DOCUMENTS=1 writes the file instead.
TEST(Documents, LimitsAreThoseOfTheSource) {
  const std::string expected = limits_document();
  if (std::getenv("SIAGA_WRITE_DOCUMENTS") != nullptr) {
    std::ofstream(std::string(SIAGA_SOURCE_DIR) + "/docs/limits.md") << expected;
  }

  EXPECT_EQ(read_root("docs/limits.md"), expected)
      << "SIAGA_WRITE_DOCUMENTS=1 build/dev/test_conformance writes docs/limits.md anew";
}

}  // namespace
}  // namespace siaga::conformance
