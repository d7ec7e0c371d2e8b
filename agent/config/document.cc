#include "agent/config/document.h"

#include <fmt/format.h>

#include "agent/config/load.h"
#include "agent/config/value.h"

namespace siaga {
namespace {

constexpr Text title{"Configuration", "Konfigurasi"};
constexpr Text opening{
    "One TOML file and, beside it, `conf.d/*.toml`, read in order of name. Unknown keys are "
    "errors; "
    "`siaga check` reports all errors at once. This page is generated from the option tables of "
    "the "
    "program.",
    "Satu berkas TOML dan, di sampingnya, `conf.d/*.toml`, dibaca menurut urutan nama. Kunci yang "
    "tidak dikenal adalah kesalahan; `siaga check` melaporkan semua kesalahan sekaligus. Halaman "
    "ini "
    "dibuat dari tabel opsi program."};
constexpr Text columns{"| Key | Value | Default | What it is |",
                       "| Kunci | Nilai | Bawaan | Arti |"};
constexpr Text every_target{"Keys of every target", "Kunci setiap target"};
constexpr Text required{"**required**", "**wajib**"};
constexpr Text one_of{"One of {}.", "Salah satu dari {}."};
constexpr Text for_example{"Example: {}", "Contoh: {}"};

// A bar would end the cell.
std::string cell(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    if (letter == '|') safe += '\\';
    safe += letter == '\n' ? ' ' : letter;
  }
  return safe;
}

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string say_in(Language language, const Text& text, std::string_view argument) {
  return fmt::format(fmt::runtime(text.in(language)), argument);
}

std::string bounds(const Option& option, Language language) {
  const auto fill = [&](const Text& text, auto... arguments) {
    return fmt::format(fmt::runtime(text.in(language)), arguments...);
  };
  if (!option.min.empty() && !option.max.empty())
    return fill(config_words::from_to, option.min, option.max);
  if (!option.min.empty()) return fill(config_words::at_least, option.min);
  if (!option.max.empty()) return fill(config_words::at_most, option.max);
  return {};
}

std::string described(const Option& option, Language language) {
  std::string text(language == Language::indonesian ? option.help_id : option.help);
  std::string choices;
  for (const std::string_view choice : option.choices)
    choices += (choices.empty() ? "" : ", ") + code(quoted_text(choice));
  if (!choices.empty()) text += " " + say_in(language, one_of, choices);
  if (!option.example.empty()) text += " " + say_in(language, for_example, code(option.example));
  return text;
}

std::string row(const Option& option, Language language) {
  std::string value(sort_of(option.type).in(language));
  if (const std::string range = bounds(option, language); !range.empty()) value += ", " + range;
  const std::string fallback = option.is_required        ? std::string(required.in(language))
                               : option.fallback.empty() ? std::string("-")
                                                         : code(option.fallback);
  return fmt::format("| {} | {} | {} | {} |\n", code(option.key), cell(value), cell(fallback),
                     cell(described(option, language)));
}

std::string section(std::string_view heading, std::string_view help,
                    std::span<const Option> options, Language language) {
  std::string text =
      fmt::format("\n## {}\n\n{}\n\n{}\n|---|---|---|---|\n", heading, help, columns.in(language));
  for (const Option& option : options) text += row(option, language);
  return text;
}

}  // namespace

std::string option_tables_markdown(std::span<const KindSchema> kinds, Language language) {
  const bool is_indonesian = language == Language::indonesian;
  std::string text = fmt::format("# {}\n\n{}\n", title.in(language), opening.in(language));
  for (const OptionTable& table : option_tables()) {
    const std::string brackets =
        fmt::format(fmt::runtime(table.is_list ? "[[{}]]" : "[{}]"), table.name);
    const std::string heading =
        table.name.empty() ? std::string(every_target.in(language)) : code(brackets);
    text += section(heading, is_indonesian ? table.help_id : table.help, table.options, language);
  }
  for (const KindSchema& kind : kinds)
    text += section(code(fmt::format("[[{}]]", kind.name)),
                    is_indonesian ? kind.help_id : kind.help, kind.options, language);
  return text;
}

}  // namespace siaga
