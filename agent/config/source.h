// The files of one load, by number, and how a line of them is shown: secrets masked, cut around the
// fault, nothing unprintable.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/config/scan.h"
#include "agent/config/tree.h"

namespace siaga {

struct Source {
  std::string name;       // as given; "" for the embedded default
  std::string directory;  // relative paths in the file begin here; "" for the working directory
  std::string text;
};
using ConfigSources = std::vector<Source>;

struct Excerpt {
  std::string text;
  std::uint32_t marker = 0, width = 0;  // 1-based, in characters of `text`
};

// One file's lines, for showing.
class Lines {
 public:
  Lines(const std::string& text, const SecretKeys& keys);
  Excerpt excerpt(const Place& place) const;

 private:
  const std::string& text_;
  std::vector<ByteRange> hidden_;
  std::vector<std::size_t> begins_;
};

// Place of a byte; `width` of 1.
Place place_of(std::string_view text, std::uint32_t file, std::size_t offset);

}  // namespace siaga
