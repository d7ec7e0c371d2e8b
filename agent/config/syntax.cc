#include "agent/config/syntax.h"

#include <array>

#include "agent/config/words.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

struct Rule {
  std::string_view context;  // toml++ says "Error while parsing CONTEXT: FAULT"; empty: any
  std::string_view fault;    // how FAULT begins
  const Text* message;
  const Text* hint;
};

// The first row that fits counts.
constexpr std::array<Rule, 36> rules{{
    {"literal string", "unescaped control", &words::literal_not_closed, &words::close_text},
    {"string", "unescaped control", &words::text_not_closed, &words::close_text},
    {"literal string", "encountered end-of-file", &words::long_text_not_closed, &words::close_text},
    {"string", "encountered end-of-file", &words::long_text_not_closed, &words::close_text},
    {"string", "unknown escape", &words::bad_escape, &words::use_single_quotes},
    {"string", "escape sequence", &words::bad_escape, &words::use_single_quotes},
    {"string", "expected hex digit", &words::bad_escape, &words::use_single_quotes},
    {"table header", "cannot redefine existing table", &words::table_repeated, &words::join_tables},
    {"table header", "cannot redefine", &words::table_is_value, &words::write_header},
    {"", "cannot redefine", &words::key_repeated, &words::keep_one},
    {"", "cannot insert", &words::key_repeated, &words::keep_one},
    {"table header", "expected ']'", &words::bracket_missing, &words::write_header},
    {"table header", "encountered end-of-file", &words::bracket_missing, &words::write_header},
    {"table header", "expected a comment", &words::after_header, nullptr},
    {"table header", "", &words::key_start, &words::write_header},
    {"inline table", "expected key-value pair, saw closing", &words::inline_one_line, nullptr},
    {"inline table", "", &words::inline_not_closed, &words::inline_one_line},
    {"array", "expected comma", &words::list_not_closed, nullptr},
    {"array", "encountered end-of-file", &words::file_ends, nullptr},
    {"key-value pair", "expected '='", &words::equals_missing, &words::write_key_value},
    {"key-value pair", "encountered end-of-file", &words::value_missing, &words::write_key_value},
    {"key-value pair", "expected value, saw '\\n'", &words::value_missing, &words::write_key_value},
    {"key-value pair", "expected value, saw '\n'", &words::value_missing, &words::write_key_value},
    {"key-value pair", "expected value, saw '#'", &words::value_missing, &words::write_key_value},
    {"key-value pair", "expected value", &words::value_not_understood, &words::quote_texts},
    {"key-value pair", "expected a comment", &words::after_value, nullptr},
    {"", "leading zeroes", &words::leading_zero, &words::quantity_needs_quotes},
    {"", "'", &words::number_too_large, nullptr},
    {"integer", "", &words::value_not_understood, &words::quantity_needs_quotes},
    {"floating-point", "", &words::value_not_understood, &words::quantity_needs_quotes},
    {"date", "", &words::date_not_understood, &words::local_time_form},
    {"time", "", &words::date_not_understood, &words::local_time_form},
    {"boolean", "", &words::value_not_understood, &words::quote_texts},
    {"value", "", &words::value_not_understood, &words::quote_texts},
    {"root table", "expected keys", &words::key_start, &words::quote_keys},
    {"", "control characters", &words::control_character, nullptr},
}};

constexpr std::string_view preamble = "Error while parsing ";

struct Description {
  std::string_view context, fault;
};

Description split(std::string_view text) {
  if (!text.starts_with(preamble)) return {.fault = text};
  text.remove_prefix(preamble.size());
  const auto colon = text.find(": ");
  if (colon == std::string_view::npos) return {.fault = text};
  return {text.substr(0, colon), text.substr(colon + 2)};
}

bool fits(const Rule& rule, const Description& said) {
  return (rule.context.empty() || said.context.ends_with(rule.context)) &&
         said.fault.starts_with(rule.fault);
}

// "cannot redefine existing integer 'a.b'": a.b. An escape: what stands behind its backslash.
std::string quoted(std::string_view fault) {
  const auto begin = fault.find('\'');
  const auto end = fault.rfind('\'');
  if (begin == std::string_view::npos || end <= begin) return {};
  return printable(fault.substr(begin + 1, end - begin - 1), 64);
}

std::string_view trimmed(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view{} : line.substr(begin);
}

}  // namespace

SyntaxFault describe_syntax(std::string_view description, std::string_view line,
                            std::string_view rest, Language language) {
  const Description said = split(description);
  const bool is_header = trimmed(line).starts_with('[');
  for (const Rule& rule : rules) {
    if (!fits(rule, said)) continue;
    const Text* message = rule.message;
    const bool is_repeated = message == &words::key_repeated;
    // A value that begins like a text but with typographic quotation marks, and the like.
    if (message == &words::value_not_understood && trimmed(rest).empty())
      message = &words::value_missing;
    return {.message = say(language, *message, quoted(said.fault)),
            .hint = rule.hint != nullptr ? say(language, *rule.hint) : "",
            .is_at_key = is_repeated,
            .is_line_only = is_repeated && !is_header};
  }
  return {.message = say(language, words::syntax, printable(said.fault, 160))};
}

}  // namespace siaga
