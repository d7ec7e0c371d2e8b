// The command line as CLI11 sees it: names, help, and which command runs. The only file that
// includes it.
#include "agent/cli/cli.h"

#include <functional>
#include <string>
#include <string_view>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "agent/cli/commands.h"
#include "agent/core/reason.h"

namespace siaga {
namespace {

constexpr Text about{
    "Siaga watches an office's websites, names, links and ports, and can say for each: up, down "
    "and why, or "
    "\"I could not see\".",
    "Siaga mengawasi situs web, nama, sambungan, dan porta sebuah kantor, dan dapat menyatakan "
    "untuk "
    "masing-masing: hidup, mati dan sebabnya, atau \"saya tidak dapat melihat\"."};

constexpr Text lessons{
    R"(Start here:
  siaga probe https://example.go.id --explain   look once, and see why it is judged so
  siaga check                                   is the configuration right? all errors at once
  siaga init                                    a first configuration, by five questions
  siaga doctor                                  is this machine fit for it? what to mend
  siaga run                                     watch; metrics at http://127.0.0.1:9790/metrics
  siaga status --watch                          ask the running agent
  siaga outages --since -7d                     what was down, and why
  siaga report --month 2026-11 --format html    the month, for officials

Exit codes: 0 good; 1 what was asked about is not right (bad configuration, failing probe);
            2 wrong command line, or `run` with an invalid configuration; 3 the agent's own trouble.
Configuration: /etc/siaga/siaga.toml and /etc/siaga/conf.d/*.toml; every key: siaga config schema.)",
    R"(Mulai dari sini:
  siaga probe https://example.go.id --explain   periksa sekali, dan lihat mengapa dinilai demikian
  siaga check                                   apakah konfigurasi benar? semua kesalahan sekaligus
  siaga init                                    konfigurasi pertama, dengan lima pertanyaan
  siaga doctor                                  apakah mesin ini siap? apa yang diperbaiki
  siaga run                                     mengawasi; metrik di http://127.0.0.1:9790/metrics
  siaga status --watch                          bertanya kepada agen yang sedang berjalan
  siaga outages --since -7d                     apa yang mati, dan mengapa
  siaga report --month 2026-11 --format html    laporan sebulan, untuk pimpinan

Kode keluar: 0 baik; 1 yang ditanyakan tidak benar (konfigurasi salah, pemeriksaan gagal);
             2 baris perintah salah, atau `run` dengan konfigurasi tidak sah; 3 masalah agen sendiri.
Konfigurasi: /etc/siaga/siaga.toml dan /etc/siaga/conf.d/*.toml; semua kunci: siaga config schema.)"};

// --lang has to be known before the help texts are made.
Language wanted_language(int argc, char** argv) {
  for (int index = 1; index < argc; ++index) {
    const std::string_view word = argv[index];
    if (word.starts_with("--lang="))
      return parse_language(word.substr(7)).value_or(language_of_environment());
    if (word == "--lang" && index + 1 < argc)
      return parse_language(argv[index + 1]).value_or(language_of_environment());
  }
  return language_of_environment();
}

// "CAUSE:{power,link,...}", as the parser itself writes a list that it checks.
std::string causes() {
  std::string type = "CAUSE:{";
  for (std::size_t cause = 1; cause < cause_count; ++cause)
    type += (cause == 1 ? "" : ",") + std::string(name(static_cast<Cause>(cause)));
  return type + "}";
}

class CommandLine {
 public:
  CommandLine(Language language, Terminal terminal)
      : app_(std::string(about.in(language)), "siaga") {
    common_.language = language;
    common_.terminal = terminal;
    app_.footer(std::string(lessons.in(language)));
    app_.set_help_flag("-h,--help", say({"Print this help.", "Tampilkan bantuan ini."}));
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.add_option("-c,--config", common_.config_path,
                    say({"The configuration file.", "Berkas konfigurasi."}))
        ->type_name("FILE");
    app_.add_option("--lang", language_word_,
                    say({"Language of messages: id or en.", "Bahasa pesan: id atau en."}))
        ->check(CLI::IsMember({"id", "en"}))
        ->type_name("LANG");
    add_run();
    add_reload();
    add_check();
    add_probe();
    add_status();
    add_outages();
    add_report();
    add_maintenance_commands();
    add_journal();
    add_config();
    add_init();
    add_doctor();
    add_command("version", {"Show the version.", "Tampilkan versi."},
                [this] { return show_version(common_); });
    add_pages();
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? exit_ok : exit_usage;
    }
    return chosen_();
  }

 private:
  std::string say(Text text) const { return std::string(text.in(common_.language)); }

  CLI::App* add_command(std::string name, Text help, std::function<int()> command) {
    CLI::App* sub = app_.add_subcommand(std::move(name), say(help));
    sub->callback([this, command = std::move(command)] { chosen_ = command; });
    return sub;
  }

  void add_run() {
    auto* sub = add_command(
        "run",
        {"Watch the configured targets until stopped.", "Awasi semua target sampai dihentikan."},
        [this] { return run_agent(common_, run_); });
    sub->add_flag("-v,--verbose", run_.is_verbose,
                  say({"Log every change and every failing probe.",
                       "Catat setiap perubahan dan setiap pemeriksaan yang gagal."}));
  }

  void add_reload() {
    auto* sub = add_command("reload",
                            {"Make the running agent read its configuration anew.",
                             "Minta agen yang berjalan membaca ulang konfigurasinya."},
                            [this] { return reload_agent(common_, reload_); });
    add_state_dir(sub, reload_.state_dir);
  }

  void add_check() {
    auto* sub = add_command("check",
                            {"Check the configuration, exactly as strictly as run does.",
                             "Periksa konfigurasi, seketat perintah run."},
                            [this] { return check_configuration(common_, check_); });
    sub->add_flag("--json", check_.as_json, say({"For machines.", "Untuk mesin."}));
    sub->add_flag("-q,--quiet", check_.is_quiet,
                  say({"Say nothing when all is well.", "Diam bila semua baik."}));
    sub->add_option("file", common_.config_path,
                    say({"The configuration file.", "Berkas konfigurasi."}))
        ->type_name("FILE");
  }

  void add_probe() {
    auto* sub = add_command("probe",
                            {"Probe one target once and show what happened.",
                             "Periksa satu target sekali dan tampilkan hasilnya."},
                            [this] { return probe_once(common_, probe_); });
    sub->add_option("what", probe_.what,
                    say({"A target's name, or what to probe: https://host/, tcp://host:port, "
                         "tls://host:port, dns://server/name, ping://host.",
                         "Nama target, atau yang diperiksa: https://host/, tcp://host:porta, "
                         "tls://host:porta, dns://server/nama, ping://host."}))
        ->required()
        ->type_name("NAME|URL");
    sub->add_option("-n,--repeat", probe_.repeat,
                    say({"How many times, one after the other (1 to 1000).",
                         "Berapa kali, satu demi satu (1 sampai 1000)."}))
        ->check(CLI::Range(1, 1000))
        ->type_name("N");
    sub->add_flag("-e,--explain", probe_.explain,
                  say({"Show addresses, certificates, answers and rules.",
                       "Tampilkan alamat, sertifikat, jawaban, dan aturan."}));
    sub->add_flag("--json", probe_.as_json,
                  say({"One JSON object per probe.", "Satu objek JSON per pemeriksaan."}));
  }

  void add_status() {
    auto* sub = add_command("status",
                            {"Ask the running agent for all targets.",
                             "Tanyakan semua target kepada agen yang berjalan."},
                            [this] { return show_status(common_, status_); });
    sub->add_flag("--json", status_.as_json, say({"For machines.", "Untuk mesin."}));
    sub->add_flag(
        "-w,--watch", status_.watch,
        say({"Keep the table up to date until interrupted.", "Perbarui tabel sampai dihentikan."}));
    sub->add_option("--rounds", status_.rounds,
                    say({"With --watch: end after so many tables.",
                         "Dengan --watch: berhenti setelah sekian tabel."}))
        ->type_name("N");
    sub->add_option(
           "--address", status_.address,
           say({"Where the agent listens, host:port.", "Tempat agen mendengarkan, host:porta."}))
        ->type_name("ADDRESS");
  }

  void add_state_dir(CLI::App* sub, std::string& state_dir) {
    sub->add_option("--state-dir", state_dir,
                    say({"Where the journal is, if not where the configuration says.",
                         "Tempat jurnal, bila bukan seperti di konfigurasi."}))
        ->type_name("DIR");
  }

  void add_past(CLI::App* sub, PastOptions& past) {
    sub->add_option("--since", past.since,
                    say({"From this date on: 2026-11-21, \"2026-11-21 08:00\", -2h, -7d.",
                         "Mulai tanggal ini: 2026-11-21, \"2026-11-21 08:00\", -2h, -7d."}))
        ->type_name("DATE");
    sub->add_option("--until", past.until,
                    say({"Up to this date, not including it.", "Sampai sebelum tanggal ini."}))
        ->type_name("DATE");
    add_state_dir(sub, past.state_dir);
  }

  void add_outages() {
    auto* sub = add_command("outages",
                            {"List outages, with cause and bounds; the last 30 days.",
                             "Daftar gangguan, dengan sebab dan batasnya; 30 hari terakhir."},
                            [this] { return show_outages(common_, outages_); });
    add_past(sub, outages_.past);
    sub->add_option("-t,--target", outages_.targets, say({"Only of this.", "Hanya dari ini."}))
        ->type_name("NAME");
    sub->add_option("--cause", outages_.causes,
                    say({"Only by this cause.", "Hanya karena sebab ini."}))
        ->type_name(causes());
    sub->add_flag("--open", outages_.is_open,
                  say({"Only what is still down.", "Hanya yang masih mati."}));
    sub->add_flag("--json", outages_.as_json, say({"For machines.", "Untuk mesin."}));
  }

  void add_report() {
    auto* sub = add_command("report",
                            {"Availability, outages and causes of a month; this one so far.",
                             "Ketersediaan, gangguan, dan sebab dalam sebulan; bulan ini."},
                            [this] { return show_report(common_, report_); });
    sub->add_option("-m,--month", report_.month, say({"Such as 2026-11.", "Seperti 2026-11."}))
        ->type_name("MONTH");
    add_past(sub, report_.past);
    report_.format = "text";
    sub->add_option("-f,--format", report_.format,
                    say({"text, json, csv or html.", "text, json, csv, atau html."}))
        ->check(CLI::IsMember({"text", "json", "csv", "html"}))
        ->type_name("FORMAT");
  }

  CLI::App* add_part(CLI::App* parent, const char* name, Text help, std::function<int()> command) {
    CLI::App* sub = parent->add_subcommand(name, say(help));
    sub->callback([this, command = std::move(command)] { chosen_ = command; });
    return sub;
  }

  void add_maintenance_commands() {
    CLI::App* sub = app_.add_subcommand(
        "maintenance", say({"Declare maintenance ahead: it does not count against a target.",
                            "Umumkan pemeliharaan: tidak mengurangi ketersediaan."}));
    sub->require_subcommand(1);
    add_maintenance_add(sub);
    auto* list = add_part(sub, "list", {"Windows that are not over.", "Waktu yang belum lewat."},
                          [this] { return list_maintenance(common_, maintenance_); });
    list->add_flag("--json", maintenance_.as_json, say({"For machines.", "Untuk mesin."}));
    add_state_dir(list, maintenance_.state_dir);
    auto* cancel =
        add_part(sub, "cancel",
                 {"End a window now, or before it begins.", "Akhiri sekarang, atau sebelum mulai."},
                 [this] { return cancel_maintenance(common_, maintenance_); });
    cancel->add_option("id", maintenance_.id, say({"As listed.", "Seperti di daftar."}))
        ->required()
        ->type_name("ID");
    add_state_dir(cancel, maintenance_.state_dir);
  }

  void add_maintenance_add(CLI::App* parent) {
    auto* sub = add_part(parent, "add", {"Declare a window.", "Umumkan waktu pemeliharaan."},
                         [this] { return add_maintenance(common_, maintenance_); });
    sub->add_option("target", maintenance_.targets, say({"Names.", "Nama."}))->type_name("TARGET");
    sub->add_flag("--all", maintenance_.is_for_all, say({"All targets.", "Semua target."}));
    sub->add_option("--from", maintenance_.from,
                    say({"When it begins; left out: now.", "Kapan mulai; kosong: sekarang."}))
        ->type_name("DATE");
    sub->add_option("--until", maintenance_.until, say({"When it ends.", "Kapan selesai."}))
        ->type_name("DATE");
    sub->add_option("--for", maintenance_.length,
                    say({"How long, such as 90m or 2h.", "Berapa lama, seperti 90m atau 2h."}))
        ->type_name("DURATION");
    sub->add_option("--note", maintenance_.note, say({"What is done.", "Apa yang dikerjakan."}))
        ->type_name("TEXT");
    add_state_dir(sub, maintenance_.state_dir);
  }

  void add_journal() {
    CLI::App* sub =
        app_.add_subcommand("journal", say({"The record itself: export or check it.",
                                            "Catatan itu sendiri: ekspor atau periksa."}));
    sub->require_subcommand(1);
    auto* save = add_part(
        sub, "export",
        {"Write it out for other programs; all of it.", "Tulis untuk program lain; seluruhnya."},
        [this] { return export_journal(common_, journal_); });
    add_past(save, journal_.past);
    journal_.format = "json";
    save->add_option("-f,--format", journal_.format,
                     say({"json, or openmetrics to back-fill a Prometheus.",
                          "json, atau openmetrics untuk mengisi Prometheus."}))
        ->check(CLI::IsMember({"openmetrics", "json"}))
        ->type_name("FORMAT");
    save->add_option("-o,--output", journal_.output_path,
                     say({"Left out: standard output.", "Kosong: keluaran standar."}))
        ->type_name("FILE");
    journal_.step = "4m";
    save->add_option("--step", journal_.step,
                     say({"openmetrics: between samples while nothing changes.",
                          "openmetrics: antar sampel selama tidak ada perubahan."}))
        ->type_name("DURATION");
    auto* check = add_part(sub, "check", {"Look for faults in it.", "Cari kesalahan di dalamnya."},
                           [this] { return check_journal_file(common_, journal_); });
    add_state_dir(check, journal_.past.state_dir);
  }

  void add_config() {
    CLI::App* sub = app_.add_subcommand(
        "config", say({"Show the effective configuration, or the language it is written in.",
                       "Tampilkan konfigurasi yang berlaku, atau bahasanya."}));
    sub->require_subcommand(1);
    sub->add_subcommand("show", say({"Every value in force, secrets hidden.",
                                     "Semua nilai yang berlaku, rahasia disembunyikan."}))
        ->callback([this] { chosen_ = [this] { return show_configuration(common_); }; });
    sub->add_subcommand("schema",
                        say({"JSON Schema of the configuration.", "JSON Schema dari konfigurasi."}))
        ->callback([this] { chosen_ = [this] { return show_schema(common_); }; });
  }

  void add_pages() {
    auto* manual = add_command("man",
                               {"Print the manual page of the program or of its configuration.",
                                "Cetak halaman manual program ini atau konfigurasinya."},
                               [this] { return show_manual(common_, manual_, command_of(app_)); });
    manual_.page = "siaga";
    manual
        ->add_option("page", manual_.page,
                     say({"Which page; to read it: siaga man | man -l -",
                          "Halaman mana; untuk membacanya: siaga man | man -l -"}))
        ->check(CLI::IsMember({"siaga", "siaga.toml"}))
        ->type_name("PAGE");
    auto* completion = add_command(
        "completion",
        {"Print a shell's completions for siaga.", "Cetak pelengkapan otomatis untuk shell."},
        [this] { return show_completion(common_, completion_, command_of(app_)); });
    completion->add_option("shell", completion_.shell, say({"Which shell.", "Shell mana."}))
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->required()
        ->type_name("SHELL");
  }

  void add_init() {
    auto* sub = add_command("init",
                            {"Write a first configuration: five questions, or their flags.",
                             "Tulis konfigurasi pertama: lima pertanyaan, atau opsinya."},
                            [this] { return write_first_config(common_, init_); });
    sub->add_option("--office-id", init_.office_id,
                    say({"The label of all metrics.", "Label semua metrik."}))
        ->type_name("ID");
    sub->add_option("--office-name", init_.office_name, say({"For reports.", "Untuk laporan."}))
        ->type_name("NAME");
    sub->add_option("--timezone", init_.timezone,
                    say({"WIB, WITA, WIT, or such as Asia/Makassar.",
                         "WIB, WITA, WIT, atau seperti Asia/Makassar."}))
        ->type_name("ZONE");
    sub->add_option("--website", init_.websites,
                    say({"A website to watch; may be repeated; none.",
                         "Situs web yang dipantau; boleh berulang; none."}))
        ->type_name("URL");
    sub->add_option("--ups", init_.upses,
                    say({"A UPS; may be repeated; none.", "UPS; boleh berulang; none."}))
        ->type_name("SERVER/NAME");
    sub->add_option("-o,--output", init_.output_path,
                    say({"Left out: /etc/siaga/siaga.toml; -: only show it.",
                         "Kosong: /etc/siaga/siaga.toml; -: hanya tampilkan."}))
        ->type_name("FILE");
    sub->add_flag(
        "-y,--yes", init_.accepts_all,
        say({"Ask nothing; take what is found.", "Tanpa pertanyaan; pakai yang ditemukan."}));
    sub->add_flag("--force", init_.replaces,
                  say({"Replace a file that was changed; a backup stays.",
                       "Ganti berkas yang sudah diubah; cadangan disimpan."}));
  }

  void add_doctor() {
    auto* sub = add_command("doctor",
                            {"Is this machine fit for the agent, and what would mend it?",
                             "Apakah mesin ini siap untuk agen, dan apa yang perlu diperbaiki?"},
                            [this] { return examine_host(common_, doctor_); });
    sub->add_flag("--json", doctor_.as_json, say({"For machines.", "Untuk mesin."}));
    add_state_dir(sub, doctor_.state_dir);
  }

  CLI::App app_;
  CommonOptions common_;
  RunOptions run_;
  ReloadOptions reload_;
  CheckOptions check_;
  ProbeOptions probe_;
  StatusOptions status_;
  OutagesOptions outages_;
  ReportOptions report_;
  MaintenanceOptions maintenance_;
  JournalCommandOptions journal_;
  InitOptions init_;
  DoctorOptions doctor_;
  ManualOptions manual_;
  CompletionOptions completion_;
  std::string language_word_;
  std::function<int()> chosen_ = [] { return static_cast<int>(exit_usage); };
};

}  // namespace

int run_command_line(int argc, char** argv) {
  CommandLine line(wanted_language(argc, argv), terminal_of(stdout));
  return line.run(argc, argv);
}

}  // namespace siaga
