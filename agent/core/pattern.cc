#include "agent/core/pattern.h"

#include <re2/re2.h>

#include "agent/core/limits.h"

namespace siaga {

struct Pattern::Compiled {
  Compiled(std::string_view text, const RE2::Options& options)
      : expression(re2::StringPiece(text.data(), text.size()), options) {}
  RE2 expression;
};

Result<Pattern> Pattern::compile(std::string_view text) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(static_cast<std::int64_t>(limits::pattern_bytes));
  auto compiled = std::make_shared<const Compiled>(text, options);
  if (!compiled->expression.ok()) {
    return std::unexpected(Error{
        .tried = "compile pattern", .on = std::string(text), .text = compiled->expression.error()});
  }
  return Pattern(std::move(compiled));
}

bool Pattern::matches(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->expression);
}

std::unique_ptr<Pattern::Match> Pattern::find(std::string_view text) const {
  const RE2& expression = compiled_->expression;
  std::vector<re2::StringPiece> groups(
      static_cast<std::size_t>(expression.NumberOfCapturingGroups()) + 1);
  const re2::StringPiece piece(text.data(), text.size());
  if (!expression.Match(piece, 0, text.size(), RE2::UNANCHORED, groups.data(),
                        static_cast<int>(groups.size())))
    return nullptr;
  auto match = std::make_unique<Match>();
  match->end = static_cast<std::size_t>(groups[0].data() - text.data()) + groups[0].size();
  for (const auto& group : groups)
    match->groups.emplace_back(group.data() ? std::string(group) : "");
  for (const auto& [label, index] : expression.NamedCapturingGroups()) {
    match->named.emplace_back(label, match->groups.at(static_cast<std::size_t>(index)));
  }
  return match;
}

const std::string& Pattern::text() const { return compiled_->expression.pattern(); }

}  // namespace siaga
