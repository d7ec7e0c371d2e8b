#include "agent/config/tables.h"

#include <unistd.h>

#include <array>

#include "agent/config/load.h"

namespace siaga {
namespace {

constexpr std::array<std::string_view, 2> clock_trusts{"auto", "trusted"};
constexpr std::array<std::string_view, 4> log_levels{"debug", "info", "warning", "error"};

constexpr std::array office_table{
    Option{.key = "id",
           .type = OptionType::text,
           .help = "Short name of the office, on every series as `office`; letters, digits, dots, "
                   "dashes and underscores. This machine's name when it is not set.",
           .help_id =
               "Nama pendek kantor, pada setiap deret sebagai `office`; huruf, angka, titik, "
               "strip, dan garis bawah. Nama mesin ini bila tidak diisi.",
           .example = "\"diskominfo\""},
    Option{.key = "name",
           .type = OptionType::text,
           .help = "The office's name as people say it.",
           .help_id = "Nama kantor sebagaimana disebut orang.",
           .example = "\"Dinas Komunikasi dan Informatika\""},
    Option{.key = "city",
           .type = OptionType::text,
           .help = "The city or regency it is in.",
           .help_id = "Kota atau kabupaten tempatnya.",
           .example = "\"Samarinda\""},
    Option{.key = "location",
           .type = OptionType::location,
           .help = "Latitude and longitude in degrees, south and west negative.",
           .help_id = "Lintang dan bujur dalam derajat, selatan dan barat negatif.",
           .example = "[-0.5022, 117.1536]"},
    Option{.key = "timezone",
           .type = OptionType::timezone,
           .fallback = "\"UTC\"",
           .help = "Time zone of the office, a name of the tz database: days and months of reports "
                   "and maintenance windows follow it. The journal is in UTC.",
           .help_id = "Zona waktu kantor, nama dari basis data tz: hari dan bulan dalam laporan "
                      "serta jendela pemeliharaan mengikutinya. Jurnal memakai UTC.",
           .example = "\"Asia/Makassar\""},
};

constexpr std::array agent_table{
    Option{.key = "state_dir",
           .type = OptionType::file,
           .fallback = "\"/var/lib/siaga\"",
           .help = "Folder for what the agent remembers: the journal, the heartbeat and the "
                   "control socket.",
           .help_id = "Folder untuk hal yang diingat agen: jurnal, detak jantung, dan socket "
                      "kendali."},
    Option{.key = "flights_max",
           .type = OptionType::integer,
           .fallback = "4000",
           .min = "1",
           .max = "100000",
           .help = "Probes under way at once, in all; further ones wait.",
           .help_id = "Jumlah pemeriksaan yang berjalan bersamaan; sisanya menunggu."},
    Option{.key = "flights_per_kind",
           .type = OptionType::integer,
           .fallback = "2000",
           .min = "1",
           .max = "100000",
           .help = "Probes of one kind under way at once.",
           .help_id = "Jumlah pemeriksaan satu jenis yang berjalan bersamaan."},
    Option{.key = "resolvers",
           .type = OptionType::texts,
           .fallback = "[]",
           .help =
               "DNS servers that the agent itself asks, with an optional port; the system's when "
               "the list is empty.",
           .help_id =
               "Server DNS yang ditanya oleh agen sendiri, boleh dengan port; milik sistem bila "
               "daftarnya kosong.",
           .example = "[\"10.20.0.53\", \"10.20.0.54:53\"]"},
    Option{.key = "clock",
           .type = OptionType::choice,
           .fallback = "\"auto\"",
           .choices = clock_trusts,
           .help = "Whether the wall clock is right: `auto` asks the kernel and systemd-timesyncd; "
                   "`trusted` where something sets it that neither knows of, such as a virtual "
                   "machine's host. While it is not trusted, certificates' dates are not judged.",
           .help_id = "Apakah jam benar: `auto` bertanya kepada kernel dan systemd-timesyncd; "
                      "`trusted` bila jam disetel oleh hal lain, misalnya induk mesin virtual. "
                      "Selama jam belum dipercaya, tanggal sertifikat tidak dinilai."},
    Option{.key = "log_level",
           .type = OptionType::choice,
           .fallback = "\"info\"",
           .choices = log_levels,
           .help = "The least important sort of event that is logged.",
           .help_id = "Peristiwa paling ringan yang masih dicatat."},
};

constexpr std::array web_table{
    Option{.key = "listen",
           .type = OptionType::texts,
           .fallback = "\"127.0.0.1:9790\"",
           .help =
               "Where /metrics and the agent's other pages are served: addresses with a port, or "
               "`unix:` and a path. An empty list serves nothing.",
           .help_id = "Tempat /metrics dan halaman lain agen disajikan: alamat dengan port, atau "
                      "`unix:` dan jalur. Daftar kosong: tidak menyajikan apa-apa.",
           .example = "[\"127.0.0.1:9790\", \"[::1]:9790\", \"unix:/run/siaga/control.sock\"]"},
};

constexpr Option interval_option{.key = "interval",
                                 .type = OptionType::duration,
                                 .fallback = "\"30s\"",
                                 .min = "1s",
                                 .max = "24h",
                                 .help = "How often a target is probed.",
                                 .help_id = "Seberapa sering target diperiksa."};
constexpr Option timeout_option{
    .key = "timeout",
    .type = OptionType::duration,
    .fallback = "\"5s\"",
    .min = "10ms",
    .max = "10m",
    .help = "How long one probe may take, everything included; at most the interval.",
    .help_id = "Batas lama satu pemeriksaan, semuanya termasuk; paling lama sama dengan interval."};
constexpr Option confirm_option{
    .key = "confirm",
    .type = OptionType::integer,
    .fallback = "2",
    .min = "1",
    .max = "100",
    .help = "Failures in a row before a target is down.",
    .help_id = "Jumlah kegagalan berturut-turut sebelum target dinyatakan mati."};
constexpr Option recover_option{
    .key = "recover",
    .type = OptionType::integer,
    .fallback = "1",
    .min = "1",
    .max = "100",
    .help = "Successes in a row before a target is up again.",
    .help_id = "Jumlah keberhasilan berturut-turut sebelum target dinyatakan pulih."};
constexpr Option retry_interval_option{
    .key = "retry_interval",
    .type = OptionType::duration,
    .fallback = "\"5s\"",
    .min = "100ms",
    .max = "24h",
    .help = "How soon the second look comes after a failure; at most the interval.",
    .help_id = "Seberapa cepat pemeriksaan ulang setelah gagal; paling lama sama dengan interval."};

constexpr std::array defaults_table{
    interval_option,
    timeout_option,
    confirm_option,
    recover_option,
    retry_interval_option,
    Option{.key = "settle",
           .type = OptionType::duration,
           .fallback = "\"60s\"",
           .max = "1h",
           .help = "How long after an outage began its cause may still be revised, for evidence "
                   "that comes late; down time is booked that much later.",
           .help_id = "Berapa lama setelah gangguan mulai penyebabnya masih boleh diubah, untuk "
                      "bukti yang datang terlambat; waktu mati dibukukan selambat itu pula."},
    Option{.key = "recovery_grace",
           .type = OptionType::duration,
           .fallback = "\"5m\"",
           .max = "24h",
           .help = "How long a target may take to return after the power or the link that had "
                   "taken it down is back; what takes longer is listed as not recovered.",
           .help_id = "Waktu bagi target untuk kembali setelah listrik atau tautan yang "
                      "mematikannya pulih; yang lebih lama tercatat sebagai belum pulih."},
    Option{
        .key = "availability_target",
        .type = OptionType::number,
        .fallback = "0.999",
        .min = "0",
        .max = "1",
        .help = "The share of time that a target should be up: the KPI that reports judge by.",
        .help_id = "Bagian waktu target seharusnya hidup: KPI yang dipakai laporan untuk menilai."},
    Option{.key = "momentary",
           .type = OptionType::duration,
           .fallback = "\"5m\"",
           .max = "1h",
           .help = "A power cut no longer than this is momentary (MAIFI), a longer one sustained "
                   "(SAIFI); IEEE 1366 says 5 minutes.",
           .help_id = "Listrik padam yang tidak lebih lama dari ini disebut sesaat (MAIFI), yang "
                      "lebih lama berkelanjutan (SAIFI); IEEE 1366 menyebut 5 menit."},
    Option{.key = "flap_limit",
           .type = OptionType::integer,
           .fallback = "6",
           .min = "2",
           .max = "1000",
           .help = "A target that changes its state more often than this within flap_window is "
                   "marked as flapping.",
           .help_id = "Target yang berganti keadaan lebih sering dari ini dalam flap_window "
                      "ditandai naik-turun (flapping)."},
    Option{.key = "flap_window",
           .type = OptionType::duration,
           .fallback = "\"30m\"",
           .min = "1m",
           .max = "24h",
           .help = "The time in which changes of state are counted for flap_limit.",
           .help_id = "Rentang waktu untuk menghitung pergantian keadaan bagi flap_limit."},
};

constexpr std::array journal_table{
    Option{.key = "retention",
           .type = OptionType::duration,
           .fallback = "\"400d\"",
           .min = "1d",
           .max = "36500d",
           .help = "How long the details of the past are kept: outages, changes, dark intervals. "
                   "Daily totals are kept for good.",
           .help_id = "Berapa lama rincian masa lalu disimpan: gangguan, perubahan, selang gelap. "
                      "Jumlah harian disimpan seterusnya.",
           .example = "\"800d\""},
    Option{.key = "max_size",
           .type = OptionType::size,
           .fallback = "\"256MiB\"",
           .min = "16MiB",
           .max = "1024GiB",
           .help = "How large the journal's file may grow; then the oldest details go first, "
                   "whatever their age.",
           .help_id = "Sebesar apa berkas jurnal boleh tumbuh; setelah itu rincian tertua dihapus "
                      "lebih dulu, berapa pun umurnya.",
           .example = "\"1GiB\""},
};

constexpr std::array maintenance_table{
    Option{.key = "name",
           .type = OptionType::text,
           .is_required = true,
           .help = "The window's name, once in the office.",
           .help_id = "Nama jendela, hanya satu dalam kantor.",
           .example = "\"patch-night\""},
    Option{.key = "targets",
           .type = OptionType::texts,
           .fallback = "[]",
           .help = "Names of the targets, links and mains that it covers; all targets when the "
                   "list is empty.",
           .help_id = "Nama target, tautan, dan listrik yang dicakup; semua target bila "
                      "daftarnya kosong.",
           .example = "[\"portal\"]"},
    Option{.key = "weekly",
           .type = OptionType::weekly,
           .help =
               "When it comes every week, in the office's time zone. One that ends at or before "
               "its beginning ends on the next day.",
           .help_id = "Kapan datang setiap minggu, menurut zona waktu kantor. Yang berakhir pada "
                      "atau sebelum mulainya berakhir keesokan harinya.",
           .example = "\"Sat 22:00-24:00\""},
    Option{.key = "from",
           .type = OptionType::local_time,
           .help = "When it begins, once, instead of weekly; in the office's time zone.",
           .help_id = "Kapan mulai, satu kali, sebagai ganti weekly; menurut zona waktu kantor.",
           .example = "\"2026-11-30 22:00\""},
    Option{.key = "until",
           .type = OptionType::local_time,
           .help = "When it ends; belongs to from.",
           .help_id = "Kapan berakhir; pasangan from.",
           .example = "\"2026-12-01 02:00\""},
};

// A target's own value wins over [defaults], so these have no default of their own.
constexpr Option own(Option option) {
  option.fallback = {};
  return option;
}

constexpr std::array target_table{
    Option{.key = "name",
           .type = OptionType::text,
           .is_required = true,
           .help = "The target's name, once in the office; the label `target`.",
           .help_id = "Nama target, hanya satu dalam kantor; label `target`.",
           .example = "\"portal\""},
    own(interval_option),
    own(timeout_option),
    own(confirm_option),
    own(recover_option),
    own(retry_interval_option),
    Option{.key = "needs",
           .type = OptionType::texts,
           .fallback = "[]",
           .help = "Names of targets that this one's users depend on: when one of them is down, "
                   "this target counts as down, with that one's cause.",
           .help_id = "Nama target yang dibutuhkan oleh pengguna target ini: bila salah satunya "
                      "mati, target ini dihitung mati, dengan penyebab yang sama.",
           .example = "[\"gateway\"]"},
    Option{.key = "via",
           .type = OptionType::texts,
           .fallback = "[]",
           .help = "Names of targets that the agent looks through to see this one: when one of "
                   "them is down, this target counts as unknown.",
           .help_id = "Nama target yang dilalui agen untuk melihat target ini: bila salah satunya "
                      "mati, keadaan target ini dihitung tidak diketahui.",
           .example = "\"gateway\""},
    Option{.key = "labels",
           .type = OptionType::text_map,
           .help = "Further labels of `siaga_target_info`.",
           .help_id = "Label tambahan pada `siaga_target_info`.",
           .example = "{ owner = \"team-web\" }"},
    Option{.key = "priority",
           .type = OptionType::integer,
           .fallback = "0",
           .min = "-100",
           .max = "100",
           .help =
               "Which targets matter more; higher is more. While a mains is off, those below its "
               "`shed_below` are not probed.",
           .help_id = "Target mana yang lebih penting; makin besar makin penting. Selama listrik "
                      "padam, yang di bawah `shed_below`-nya tidak diperiksa."},
};

constexpr std::array<OptionTable, 7> all_tables{{
    {.name = "office",
     .help = "The place the agent stands in.",
     .help_id = "Tempat agen berada.",
     .options = office_table},
    {.name = "agent",
     .help = "The agent itself.",
     .help_id = "Agen itu sendiri.",
     .options = agent_table},
    {.name = "web",
     .help = "What others may ask this agent.",
     .help_id = "Apa yang boleh ditanyakan pihak lain kepada agen ini.",
     .options = web_table},
    {.name = "journal",
     .help = "How much of the past is kept.",
     .help_id = "Seberapa banyak masa lalu yang disimpan.",
     .options = journal_table},
    {.name = "defaults",
     .help = "What holds for every target that does not say otherwise.",
     .help_id = "Yang berlaku bagi setiap target yang tidak menyebut lain.",
     .options = defaults_table},
    {.name = "maintenance",
     .help = "A time in which outages are expected: once from a date to a date, or every week. It "
             "is counted apart, neither as up nor as down.",
     .help_id = "Waktu ketika gangguan memang direncanakan: satu kali dari tanggal ke tanggal, "
                "atau setiap minggu. Dihitung tersendiri, bukan hidup dan bukan mati.",
     .options = maintenance_table,
     .is_list = true},
    {.name = "",
     .help = "The keys that every target has, whatever its kind. What is not set comes from "
             "`[defaults]`.",
     .help_id =
         "Kunci yang dimiliki setiap target, apa pun jenisnya. Yang tidak diisi diambil dari "
         "`[defaults]`.",
     .options = target_table},
}};

}  // namespace

std::span<const Option> office_options() { return office_table; }
std::span<const Option> agent_options() { return agent_table; }
std::span<const Option> web_options() { return web_table; }
std::span<const Option> journal_options() { return journal_table; }
std::span<const Option> maintenance_options() { return maintenance_table; }
std::span<const Option> defaults_options() { return defaults_table; }
std::span<const Option> target_options() { return target_table; }
std::span<const OptionTable> option_tables() { return all_tables; }

std::string fallback_office_id() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "office";
  std::string id(name.data());
  id = id.substr(0, id.find('.'));
  return id.empty() ? "office" : id;
}

}  // namespace siaga
