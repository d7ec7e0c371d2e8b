#include "agent/config/tables.h"

#include <unistd.h>

#include <array>

#include "agent/config/load.h"

namespace siaga {
namespace {

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
           .help = "Time zone of the office, a name of the tz database. Checked and kept; nothing "
                   "uses it yet.",
           .help_id =
               "Zona waktu kantor, nama dari basis data tz. Diperiksa dan disimpan; belum dipakai.",
           .example = "\"Asia/Makassar\""},
};

constexpr std::array agent_table{
    Option{.key = "state_dir",
           .type = OptionType::file,
           .fallback = "\"/var/lib/siaga\"",
           .help = "Folder for what the agent remembers. Checked and kept; nothing uses it yet.",
           .help_id = "Folder untuk hal yang diingat agen. Diperiksa dan disimpan; belum dipakai."},
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
           .help = "How long a cause may still be revised. Accepted and kept; nothing uses it yet.",
           .help_id =
               "Berapa lama penyebab masih boleh diubah. Diterima dan disimpan; belum dipakai."},
    Option{.key = "recovery_grace",
           .type = OptionType::duration,
           .fallback = "\"5m\"",
           .max = "24h",
           .help = "How long services may take to return after their need did. Accepted and kept; "
                   "nothing uses it yet.",
           .help_id = "Waktu bagi layanan untuk kembali setelah kebutuhannya pulih. Diterima dan "
                      "disimpan; belum dipakai."},
    Option{
        .key = "availability_target",
        .type = OptionType::number,
        .fallback = "0.999",
        .min = "0",
        .max = "1",
        .help = "The share of time a target should be up. Accepted and kept; nothing uses it yet.",
        .help_id = "Bagian waktu target seharusnya hidup. Diterima dan disimpan; belum dipakai."},
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
           .help = "Names of targets that this one's users depend on. Checked and kept; nothing "
                   "uses it yet.",
           .help_id = "Nama target yang dibutuhkan oleh pengguna target ini. Diperiksa dan "
                      "disimpan; belum dipakai.",
           .example = "[\"gateway\"]"},
    Option{.key = "via",
           .type = OptionType::texts,
           .fallback = "[]",
           .help = "Names of targets that the agent looks through to see this one. Checked and "
                   "kept; nothing uses it yet.",
           .help_id = "Nama target yang dilalui agen untuk melihat target ini. Diperiksa dan "
                      "disimpan; belum dipakai.",
           .example = "\"gateway\""},
    Option{.key = "labels",
           .type = OptionType::text_map,
           .help = "Further labels of `siaga_target_info`.",
           .help_id = "Label tambahan pada `siaga_target_info`.",
           .example = "{ owner = \"team-web\" }"},
    Option{
        .key = "priority",
        .type = OptionType::integer,
        .fallback = "0",
        .min = "-100",
        .max = "100",
        .help = "Which targets matter more; higher is more. Checked and kept; nothing uses it yet.",
        .help_id = "Target mana yang lebih penting; makin besar makin penting. Diperiksa dan "
                   "disimpan; belum dipakai."},
};

constexpr std::array<OptionTable, 5> all_tables{{
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
    {.name = "defaults",
     .help = "What holds for every target that does not say otherwise.",
     .help_id = "Yang berlaku bagi setiap target yang tidak menyebut lain.",
     .options = defaults_table},
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
