// siaga.toml(5): every table of the file with its options, as the loader has them.
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agent/cli/man_page.h"
#include "agent/cli/troff.h"
#include "agent/config/load.h"
#include "agent/config/value.h"
#include "agent/core/limits.h"
#include "agent/core/units.h"

namespace siaga {
namespace {

constexpr Text configuration_help{"what Siaga watches, and how",
                                  "apa yang diawasi Siaga, dan bagaimana"};
constexpr Text configuration_opening{
    "One file in TOML, `/etc/siaga/siaga.toml`, and beside it `conf.d/*.toml`, read in order of "
    "name. Tables in double brackets may stand there many times, in any of the files; a key of the "
    "other tables is set once. Unknown keys and values out of range are errors. `siaga check` "
    "shows "
    "all errors at once, with their place and what would be right; `siaga config show` shows the "
    "values in force.",
    "Satu berkas TOML, `/etc/siaga/siaga.toml`, dan di sampingnya `conf.d/*.toml`, dibaca menurut "
    "urutan nama. Tabel dengan kurung ganda boleh ada berkali-kali, di berkas mana pun; kunci "
    "tabel "
    "lain ditetapkan satu kali. Kunci yang tidak dikenal dan nilai di luar batas adalah kesalahan. "
    "`siaga check` menunjukkan semua kesalahan sekaligus, beserta tempatnya dan apa yang benar; "
    "`siaga config show` menunjukkan nilai yang berlaku."};
constexpr Text every_target{"Keys of every target", "Kunci setiap target"};
constexpr Text required{"Required.", "Wajib."};
constexpr Text fallback{"Default: {}.", "Bawaan: {}."};
constexpr Text for_example{"Example: {}", "Contoh: {}"};

struct ConfigurationHeadings {
  Text name{"NAME", "NAMA"}, description{"DESCRIPTION", "DESKRIPSI"};
  Text values{"VALUES", "NILAI"}, tables{"TABLES", "TABEL"}, kinds{"KINDS", "JENIS"};
  Text limits{"LIMITS", "BATAS"}, files{"FILES", "BERKAS"}, example{"EXAMPLE", "CONTOH"};
  Text see_also{"SEE ALSO", "LIHAT JUGA"};
};
constexpr ConfigurationHeadings configuration_headings;

constexpr std::array value_forms{
    ManualItem{"\\fB\\(dq30s\\(dq\\fR, \\fB\\(dq1h30m\\(dq\\fR",
               {"A duration: whole numbers with the units `ms`, `s`, `m`, `h`, `d`, `w`.",
                "Durasi: bilangan bulat dengan satuan `ms`, `s`, `m`, `h`, `d`, `w`."}},
    ManualItem{
        "\\fB\\(dq1MiB\\(dq\\fR",
        {"A size: a whole number with the unit `B`, `kB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`.",
         "Ukuran: bilangan bulat dengan satuan `B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, atau "
         "`GiB`."}},
    ManualItem{"\\fB(?i)text\\fR",
               {"A pattern is a regular expression of RE2. In single quotes a backslash is a "
                "backslash.",
                "Pola ditulis dalam bahasa RE2. Di dalam kutip tunggal, garis miring terbalik "
                "berarti dirinya sendiri."}},
    ManualItem{
        "\\fB{ file = \\(dqPATH\\(dq }\\fR, \\fB{ credential = \\(dqNAME\\(dq }\\fR, "
        "\\fB{ env = \\(dqNAME\\(dq }\\fR",
        {"A secret is a text, or is read from a file, from what systemd's `LoadCredential=` "
         "hands over (a file of `/etc/siaga/credentials`), or from the environment. No message "
         "and no command shows it.",
         "Rahasia adalah teks, atau dibaca dari berkas, dari yang diserahkan oleh "
         "`LoadCredential=` systemd (berkas di `/etc/siaga/credentials`), atau dari lingkungan. "
         "Tidak ada pesan atau perintah yang menampilkannya."}},
    ManualItem{"\\fB[\\(dqa\\(dq, \\(dqb\\(dq]\\fR",
               {"Where a list is asked for, one value alone is a list of one.",
                "Bila diminta daftar, satu nilai saja berarti daftar berisi satu."}},
};

constexpr std::array files_of_configuration{
    ManualItem{"\\fI/etc/siaga/siaga.toml\\fR, \\fI/etc/siaga/conf.d/*.toml\\fR",
               {"The configuration.", "Konfigurasi."}},
    ManualItem{"\\fI/etc/siaga/credentials/\\fR", {"Secrets.", "Rahasia."}},
    ManualItem{"\\fI/usr/share/siaga/siaga.toml\\fR",
               {"The default, which runs when there is no file.",
                "Bawaan, yang berjalan bila tidak ada berkas."}},
    ManualItem{
        "\\fI/usr/share/doc/siaga/examples/siaga.example.toml\\fR",
        {"An office, with one of everything.", "Sebuah kantor, dengan satu dari setiap hal."}},
};

struct Bound {
  Text what;
  std::string value;
};

std::string filled(const Text& text, Language language, std::string_view argument) {
  return fmt::format(fmt::runtime(text.in(language)), argument);
}

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string bounds(const Option& option, Language language) {
  if (!option.min.empty() && !option.max.empty())
    return ", " + say(language, config_words::from_to, option.min, option.max);
  if (!option.min.empty()) return ", " + say(language, config_words::at_least, option.min);
  if (!option.max.empty()) return ", " + say(language, config_words::at_most, option.max);
  return {};
}

// "A duration such as "30s", from 1s to 24h. Default: `"30s"`."
std::string sort_and_default(const Option& option, Language language) {
  std::string text(sort_of(option.type).in(language));
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  text += bounds(option, language) + ".";
  if (option.is_required) text += " " + std::string(required.in(language));
  if (!option.fallback.empty()) text += " " + filled(fallback, language, code(option.fallback));
  return text;
}

std::string described(const Option& option, Language language) {
  std::string text(language == Language::indonesian ? option.help_id : option.help);
  std::vector<std::string> choices;
  choices.reserve(option.choices.size());
  for (const std::string_view choice : option.choices) choices.push_back(code(quoted_text(choice)));
  if (!choices.empty())
    text += " " + filled(manual_choices, language, fmt::format("{}", fmt::join(choices, ", ")));
  return text;
}

std::string option_item(const Option& option, Language language) {
  std::string text = troff::item(troff::bold(option.key)) +
                     troff::prose(described(option, language)) +
                     troff::prose(sort_and_default(option, language));
  if (!option.example.empty())
    text += troff::prose(filled(for_example, language, code(option.example)));
  return text;
}

std::string table(std::string_view heading, std::string_view help, std::span<const Option> options,
                  Language language) {
  std::string text = troff::subsection(heading) + troff::prose(help);
  for (const Option& option : options) text += option_item(option, language);
  return text;
}

std::string tables(Language language) {
  const bool is_indonesian = language == Language::indonesian;
  std::string text;
  for (const OptionTable& each : option_tables()) {
    const std::string brackets =
        fmt::format(fmt::runtime(each.is_list ? "[[{}]]" : "[{}]"), each.name);
    text += table(each.name.empty() ? std::string(every_target.in(language)) : brackets,
                  is_indonesian ? each.help_id : each.help, each.options, language);
  }
  return text;
}

std::string kind_tables(std::span<const KindSchema> kinds, Language language) {
  std::string text;
  for (const KindSchema& kind : kinds)
    text +=
        table(fmt::format("[[{}]]", kind.name),
              language == Language::indonesian ? kind.help_id : kind.help, kind.options, language);
  return text;
}

std::string limits_section(Language language) {
  const std::array bounds_of_a_file{
      Bound{{"One file", "Satu berkas"}, to_string(Bytes{limits::configuration_bytes})},
      Bound{{"All files together", "Semua berkas bersama-sama"},
            to_string(Bytes{limits::configuration_bytes_all})},
      Bound{{"Files in conf.d", "Berkas di conf.d"}, std::to_string(limits::configuration_files)},
      Bound{{"One secret", "Satu rahasia"}, to_string(Bytes{limits::configuration_secret_bytes})},
      Bound{{"Targets", "Target"}, std::to_string(limits::targets)},
      Bound{{"Maintenance windows", "Waktu pemeliharaan"},
            std::to_string(limits::maintenance_windows)},
      Bound{{"Bytes of a name", "Bita sebuah nama"}, std::to_string(limits::name_bytes)},
  };
  std::string text;
  for (const Bound& bound : bounds_of_a_file)
    text += troff::item(troff::literal(bound.what.in(language))) +
            troff::prose(say(language, config_words::at_most, bound.value));
  return text;
}

}  // namespace

std::string_view configuration_example() {
  return R"([office]
id       = "diskominfo"
timezone = "Asia/Makassar"

[[link]]
name    = "wan"
anchors = ["gateway", "1.1.1.1"]

[[http]]
name  = "portal"
url   = "https://portal.example.go.id/"
needs = ["wan"]

[[ping]]
name = "printer"
host = "192.168.1.20"
)";
}

std::string configuration_manual(std::span<const KindSchema> kinds, Language language,
                                 std::string_view date) {
  const auto heading = [language](const Text& text) { return troff::section(text.in(language)); };
  std::string page = manual_title("SIAGA.TOML", 5, manual_group, language, date);
  page += heading(configuration_headings.name) + "siaga.toml \\- " +
          std::string(configuration_help.in(language)) + "\n";
  page += heading(configuration_headings.description) +
          troff::prose(configuration_opening.in(language));
  page += heading(configuration_headings.values) + manual_items(value_forms, language);
  page += heading(configuration_headings.tables) + tables(language);
  page += heading(configuration_headings.kinds) + kind_tables(kinds, language);
  page += heading(configuration_headings.limits) + limits_section(language);
  page += heading(configuration_headings.files) + manual_items(files_of_configuration, language);
  page += heading(configuration_headings.example) + troff::example(configuration_example());
  page += heading(configuration_headings.see_also) + "\\fBsiaga\\fR(1)\n";
  return page;
}

}  // namespace siaga
