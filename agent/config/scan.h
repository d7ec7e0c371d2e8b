// A quick look over a file's bytes, before and beside the parser. It finds what must never be shown
// (values of secret keys, also of misspelt ones, user names in URLs) so that a complaint can show
// the line, and what is too deep or too much for the parser. It follows TOML up to the first syntax
// error; behind one it prefers hiding too much. It reports nothing and reads no values.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/section.h"

namespace siaga {

// The keys whose values are secrets: those that the tables say, and whatever sounds like one.
class SecretKeys {
 public:
  explicit SecretKeys(std::span<const KindSchema> kinds);
  // `path` is the table's name and the key's parts: {"http", "auth", "password"}.
  bool hides(const std::vector<std::string>& path) const;

 private:
  bool is_stray_beside_secret(std::string_view path) const;

  std::vector<std::string> keys_;
  std::vector<std::string> parents_;      // "auth." of "auth.password"
  std::vector<std::string_view> others_;  // keys that are no secrets
};

struct ByteRange {
  std::size_t begin = 0, end = 0;
};

struct Scan {
  std::vector<ByteRange> hidden;        // in order, not overlapping; filled when keys were given
  std::optional<std::size_t> too_deep;  // offset of the first bracket or dot beyond the limit
  std::size_t values = 0;               // about how many there are
};
Scan scan(std::string_view text, const SecretKeys* keys);

// "https://user:secret@host/" in any text becomes "https://***@host/".
std::string without_user(std::string_view text);

}  // namespace siaga
