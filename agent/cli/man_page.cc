// siaga(1), and what both pages share.
#include "agent/cli/man_page.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agent/cli/troff.h"

namespace siaga {
namespace {

constexpr Text program_help{"watches an office's services, links and power",
                            "mengawasi layanan, sambungan, dan listrik sebuah kantor"};
constexpr Text may_repeat{"May be given several times.", "Boleh diberikan beberapa kali."};
constexpr Text everywhere{"These hold for every command, and may stand before or after it.",
                          "Berlaku untuk setiap perintah, ditulis sebelum atau sesudahnya."};

struct ProgramHeadings {
  Text name{"NAME", "NAMA"}, synopsis{"SYNOPSIS", "RINGKASAN"};
  Text description{"DESCRIPTION", "DESKRIPSI"}, options{"OPTIONS", "OPSI"};
  Text commands{"COMMANDS", "PERINTAH"}, exit_status{"EXIT STATUS", "STATUS KELUAR"};
  Text files{"FILES", "BERKAS"}, environment{"ENVIRONMENT", "LINGKUNGAN"};
  Text signals{"SIGNALS", "SINYAL"}, examples{"EXAMPLES", "CONTOH"};
  Text see_also{"SEE ALSO", "LIHAT JUGA"};
};
constexpr ProgramHeadings program_headings;

constexpr std::array exit_codes{
    ManualItem{"\\fB0\\fR", {"All is well.", "Semua baik."}},
    ManualItem{"\\fB1\\fR",
               {"What was asked about is not right: a bad configuration, a failing probe.",
                "Yang ditanyakan tidak benar: konfigurasi salah, pemeriksaan gagal."}},
    ManualItem{"\\fB2\\fR",
               {"The command line is wrong; of `run`: the configuration is not valid.",
                "Baris perintah salah; dari `run`: konfigurasi tidak sah."}},
    ManualItem{"\\fB3\\fR",
               {"The agent's own trouble: nothing answers, a permission is missing.",
                "Masalah agen sendiri: tidak ada jawaban, izin kurang."}},
};

constexpr std::array program_files{
    ManualItem{
        "\\fI/etc/siaga/siaga.toml\\fR",
        {"The configuration, siaga.toml(5). Without it a default runs that watches only this "
         "machine, its resolvers and its gateway.",
         "Konfigurasi, siaga.toml(5). Tanpa berkas ini berjalan bawaan yang hanya mengawasi "
         "mesin ini, resolvernya, dan gateway-nya."}},
    ManualItem{"\\fI/etc/siaga/conf.d/*.toml\\fR",
               {"Further files of it, read in order of name.",
                "Berkas lanjutannya, dibaca menurut urutan nama."}},
    ManualItem{
        "\\fI/etc/siaga/credentials/\\fR",
        {"Secrets that systemd hands to the service; only root can read them.",
         "Rahasia yang diserahkan systemd kepada layanan; hanya root yang dapat membacanya."}},
    ManualItem{"\\fI/usr/share/siaga/siaga.toml\\fR",
               {"The default configuration.", "Konfigurasi bawaan."}},
    ManualItem{
        "\\fI/var/lib/siaga/journal.db\\fR",
        {"The journal: every outage, its cause, and the times in which the agent did not run.",
         "Jurnal: setiap gangguan, sebabnya, dan waktu ketika agen tidak berjalan."}},
};

constexpr std::array variables{
    ManualItem{
        "\\fBLC_ALL\\fR, \\fBLC_MESSAGES\\fR, \\fBLANG\\fR",
        {"The language of messages, unless `--lang` says another: Indonesian where the first "
         "of them that is set begins with `id`, else English.",
         "Bahasa pesan, kecuali `--lang` menyebut yang lain: Indonesia bila yang pertama "
         "terisi diawali `id`, selain itu Inggris."}},
    ManualItem{"\\fBNO_COLOR\\fR, \\fBTERM\\fR",
               {"No colours when the first is set, or the second is not or is `dumb`.",
                "Tanpa warna bila yang pertama terisi, atau yang kedua kosong atau `dumb`."}},
    ManualItem{"\\fBCREDENTIALS_DIRECTORY\\fR",
               {"Where `{ credential = \"NAME\" }` of the configuration is read; set by systemd.",
                "Tempat `{ credential = \"NAME\" }` di konfigurasi dibaca; diisi oleh systemd."}},
    ManualItem{"\\fBSSL_CERT_FILE\\fR, \\fBSSL_CERT_DIR\\fR",
               {"The certificate authorities that are trusted, instead of the system's.",
                "Otoritas sertifikat yang dipercaya, sebagai ganti milik sistem."}},
    ManualItem{
        "\\fBNOTIFY_SOCKET\\fR, \\fBWATCHDOG_USEC\\fR, \\fBLISTEN_FDS\\fR, "
        "\\fBJOURNAL_STREAM\\fR",
        {"Set by systemd: where `run` reports that it is ready, how often it has to show life, "
         "the sockets that were opened for it, and that its messages go to the journal.",
         "Diisi oleh systemd: tempat `run` melaporkan kesiapan, seberapa sering ia harus memberi "
         "tanda hidup, alamat yang sudah dibukakan untuknya, dan bahwa pesannya masuk journal."}},
    ManualItem{
        "\\fBSOURCE_DATE_EPOCH\\fR",
        {"The date of the pages that `man` prints, in seconds since 1970; today otherwise.",
         "Tanggal halaman yang dicetak `man`, dalam detik sejak 1970; selain itu hari ini."}},
};

constexpr std::array signals{
    ManualItem{"\\fBSIGHUP\\fR",
               {"`run` reads the configuration again. When it is not valid, the old one stays.",
                "`run` membaca ulang konfigurasi. Bila tidak sah, yang lama tetap berlaku."}},
    ManualItem{"\\fBSIGTERM\\fR, \\fBSIGINT\\fR",
               {"`run` writes the journal and ends.", "`run` menulis jurnal lalu berhenti."}},
};

constexpr std::string_view see_also =
    "\\fBsiaga.toml\\fR(5),\n\\fBsystemctl\\fR(1),\n\\fBjournalctl\\fR(1)\n";

std::string in(const Text& heading, Language language) {
  return troff::section(heading.in(language));
}

// "-f, --format FORMAT"
std::string term_of(const CommandOption& option) {
  std::vector<std::string> names;
  names.reserve(option.names.size());
  for (const std::string& name : option.names) names.push_back(troff::bold(name));
  std::string term = fmt::format("{}", fmt::join(names, ", "));
  if (!option.value.empty()) term += " " + troff::italic(option.value);
  return term;
}

std::string option_item(const CommandOption& option, const std::string& term, Language language) {
  std::string help = option.help;
  const bool are_named = std::ranges::all_of(
      option.choices, [&help](const std::string& choice) { return help.contains(choice); });
  if (!are_named)
    help += " " + fmt::format(fmt::runtime(manual_choices.in(language)),
                              fmt::format("`{}`", fmt::join(option.choices, "`, `")));
  if (option.is_list) help += " " + std::string(may_repeat.in(language));
  return troff::item(term) + troff::prose(help);
}

std::string options_of(const Command& command, Language language, bool with_help) {
  std::string text;
  for (const CommandOption& argument : command.arguments)
    text += option_item(argument, troff::italic(argument.value), language);
  for (const CommandOption& option : command.options)
    if (with_help || option.names.back() != "--help")
      text += option_item(option, term_of(option), language);
  return text;
}

std::string commands_of(const Command& command, const std::string& path, Language language) {
  std::string text;
  for (const Command& part : command.parts) {
    const std::string name = path + part.name;
    const std::string usage = usage_of(part);
    text += troff::subsection(name + (usage.empty() ? "" : " " + usage)) + troff::prose(part.help) +
            options_of(part, language, false);
    text += commands_of(part, name + " ", language);
  }
  return text;
}

std::string examples(const Command& siaga, Language language) {
  std::string text;
  for (const CommandExample& example : examples_of(siaga))
    text += troff::item(troff::bold(example.command)) + troff::prose(example.what);
  return text.empty() ? text : in(program_headings.examples, language) + text;
}

}  // namespace

std::string manual_title(std::string_view name, int section, Text group_name, Language language,
                         std::string_view date) {
  return fmt::format(".TH {} {} {} \"Siaga {}\" \"{}\"\n", name, section, date, SIAGA_VERSION,
                     group_name.in(language));
}

std::string manual_items(std::span<const ManualItem> items, Language language) {
  std::string text;
  for (const ManualItem& item : items)
    text += troff::item(item.term) + troff::prose(item.what.in(language));
  return text;
}

std::string command_manual(const Command& siaga, Language language, std::string_view date) {
  std::string page = manual_title("SIAGA", 1, manual_group, language, date);
  page += in(program_headings.name, language) + "siaga \\- " +
          std::string(program_help.in(language)) + "\n";
  page += in(program_headings.synopsis, language) + troff::bold("siaga") + " " +
          troff::literal(usage_of(siaga)) + "\n";
  page += in(program_headings.description, language) + troff::prose(siaga.help);
  page += in(program_headings.commands, language) + commands_of(siaga, "siaga ", language);
  page += in(program_headings.options, language) + troff::prose(everywhere.in(language)) +
          options_of(siaga, language, true);
  page += in(program_headings.exit_status, language) + manual_items(exit_codes, language);
  page += in(program_headings.files, language) + manual_items(program_files, language);
  page += in(program_headings.environment, language) + manual_items(variables, language);
  page += in(program_headings.signals, language) + manual_items(signals, language);
  page += examples(siaga, language);
  page += in(program_headings.see_also, language) + std::string(see_also);
  return page;
}

}  // namespace siaga
