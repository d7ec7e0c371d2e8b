// Patterns on untrusted text: RE2, linear in the text, with a bound on memory.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"

namespace siaga {

// Immutable after it is made; copies share the compiled form. Matching is an unanchored search.
class Pattern {
 public:
  // Error::text says what is wrong in RE2's words.
  static Result<Pattern> compile(std::string_view text);

  bool matches(std::string_view text) const;

  struct Match {
    std::size_t end = 0;                                     // offset just behind the match
    std::vector<std::string> groups;                         // 0 is the whole match
    std::vector<std::pair<std::string, std::string>> named;  // named groups in order of name
  };
  // The first match, or nothing.
  std::unique_ptr<Match> find(std::string_view text) const;
  const std::string& text() const;

  bool operator==(const Pattern& other) const { return text() == other.text(); }

 private:
  struct Compiled;
  explicit Pattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace siaga
