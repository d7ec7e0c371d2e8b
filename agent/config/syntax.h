// toml++'s words for a syntax error, turned into ours for the commonest ones. Knows toml++'s
// sentences, not its types.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/language.h"

namespace siaga {

struct SyntaxFault {
  std::string message, hint;
  bool is_at_key = false;     // the fault is the line's key, not the place that toml++ named
  bool is_line_only = false;  // the line can be left out and the rest still means the same
};

// `line` is the source line and `rest` what stands in it from the place of the error on.
SyntaxFault describe_syntax(std::string_view description, std::string_view line,
                            std::string_view rest, Language language);

}  // namespace siaga
