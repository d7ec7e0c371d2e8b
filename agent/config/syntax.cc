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
    {"literal string", "unescaped control", &config_words::literal_not_closed,
     &config_words::close_text},
    {"string", "unescaped control", &config_words::text_not_closed, &config_words::close_text},
    {"literal string", "encountered end-of-file", &config_words::long_text_not_closed,
     &config_words::close_text},
    {"string", "encountered end-of-file", &config_words::long_text_not_closed,
     &config_words::close_text},
    {"string", "unknown escape", &config_words::bad_escape, &config_words::use_single_quotes},
    {"string", "escape sequence", &config_words::bad_escape, &config_words::use_single_quotes},
    {"string", "expected hex digit", &config_words::bad_escape, &config_words::use_single_quotes},
    {"table header", "cannot redefine existing table", &config_words::table_repeated,
     &config_words::join_tables},
    {"table header", "cannot redefine", &config_words::table_is_value, &config_words::write_header},
    {"", "cannot redefine", &config_words::key_repeated, &config_words::keep_one},
    {"", "cannot insert", &config_words::key_repeated, &config_words::keep_one},
    {"table header", "expected ']'", &config_words::bracket_missing, &config_words::write_header},
    {"table header", "encountered end-of-file", &config_words::bracket_missing,
     &config_words::write_header},
    {"table header", "expected a comment", &config_words::after_header, nullptr},
    {"table header", "", &config_words::key_start, &config_words::write_header},
    {"inline table", "expected key-value pair, saw closing", &config_words::inline_one_line,
     nullptr},
    {"inline table", "", &config_words::inline_not_closed, &config_words::inline_one_line},
    {"array", "expected comma", &config_words::list_not_closed, nullptr},
    {"array", "encountered end-of-file", &config_words::file_ends, nullptr},
    {"key-value pair", "expected '='", &config_words::equals_missing,
     &config_words::write_key_value},
    {"key-value pair", "encountered end-of-file", &config_words::value_missing,
     &config_words::write_key_value},
    {"key-value pair", "expected value, saw '\\n'", &config_words::value_missing,
     &config_words::write_key_value},
    {"key-value pair", "expected value, saw '\n'", &config_words::value_missing,
     &config_words::write_key_value},
    {"key-value pair", "expected value, saw '#'", &config_words::value_missing,
     &config_words::write_key_value},
    {"key-value pair", "expected value", &config_words::value_not_understood,
     &config_words::quote_texts},
    {"key-value pair", "expected a comment", &config_words::after_value, nullptr},
    {"", "leading zeroes", &config_words::leading_zero, &config_words::quantity_needs_quotes},
    {"", "'", &config_words::number_too_large, nullptr},
    {"integer", "", &config_words::value_not_understood, &config_words::quantity_needs_quotes},
    {"floating-point", "", &config_words::value_not_understood,
     &config_words::quantity_needs_quotes},
    {"date", "", &config_words::date_not_understood, &config_words::local_time_form},
    {"time", "", &config_words::date_not_understood, &config_words::local_time_form},
    {"boolean", "", &config_words::value_not_understood, &config_words::quote_texts},
    {"value", "", &config_words::value_not_understood, &config_words::quote_texts},
    {"root table", "expected keys", &config_words::key_start, &config_words::quote_keys},
    {"", "control characters", &config_words::control_character, nullptr},
}};

constexpr std::string_view preamble = "Error while parsing ";

struct Description {
  std::string_view context, fault;
};

Description split_description(std::string_view text) {
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
  const Description said = split_description(description);
  const bool is_header = trimmed(line).starts_with('[');
  for (const Rule& rule : rules) {
    if (!fits(rule, said)) continue;
    const Text* message = rule.message;
    const bool is_repeated = message == &config_words::key_repeated;
    // A value that begins like a text but with typographic quotation marks, and the like.
    if (message == &config_words::value_not_understood && trimmed(rest).empty())
      message = &config_words::value_missing;
    return {.message = say(language, *message, quoted(said.fault)),
            .hint = rule.hint != nullptr ? say(language, *rule.hint) : "",
            .is_at_key = is_repeated,
            .is_line_only = is_repeated && !is_header};
  }
  return {.message = say(language, config_words::syntax, printable(said.fault, 160))};
}

}  // namespace siaga
