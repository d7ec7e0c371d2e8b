#include "probes/mains_options.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace siaga {
namespace {

constexpr std::array mains_option_rows{
    Option{.key = "ups",
           .type = OptionType::texts,
           .fallback = "[]",
           .help = "Names of the `[[ups]]` that this mains feeds.",
           .help_id = "Nama `[[ups]]` yang diberi listrik ini.",
           .example = "[\"server-room\"]",
           .refers_to = "ups"},
    Option{.key = "power_supply",
           .type = OptionType::texts,
           .fallback = "\"none\"",
           .help = "Mains adapters of this machine, by their names in /sys/class/power_supply; "
                   "`auto`: all that there are. A laptop's adapter is a perfect sensor.",
           .help_id = "Adaptor listrik mesin ini, menurut namanya di /sys/class/power_supply; "
                      "`auto`: semua yang ada. Adaptor laptop adalah sensor yang sempurna.",
           .example = "\"auto\""},
    Option{.key = "canaries",
           .type = OptionType::texts,
           .fallback = "[]",
           .help = "Names of targets without a UPS behind them: when several vanish together, the "
                   "mains went.",
           .help_id = "Nama target tanpa UPS di belakangnya: bila beberapa lenyap bersamaan, "
                      "listrik padam.",
           .example = "[\"printer\", \"ap-lobby\"]",
           .refers_to = "*"},
    Option{.key = "carrier",
           .type = OptionType::texts,
           .fallback = "[]",
           .help = "Network interfaces of this machine whose other end has no UPS: one without a "
                   "carrier counts as a lost canary.",
           .help_id = "Antarmuka jaringan mesin ini yang ujung lainnya tanpa UPS: bila sinyalnya "
                      "hilang, dihitung sebagai canary yang lenyap.",
           .example = "[\"eth1\"]"},
    Option{.key = "witnesses",
           .type = OptionType::texts,
           .fallback = "[]",
           .help = "Names of targets that a UPS feeds, such as the switch in the server room: only "
                   "while one of them answers do lost canaries mean that the mains is off.",
           .help_id = "Nama target yang diberi listrik oleh UPS, misalnya switch ruang server: "
                      "hanya selama salah satunya menjawab, canary yang lenyap berarti listrik "
                      "padam.",
           .example = "[\"switch\"]",
           .refers_to = "*"},
    Option{.key = "canaries_min",
           .type = OptionType::integer,
           .fallback = "2",
           .min = "1",
           .max = "1000",
           .help = "So many canaries must be lost together, at least.",
           .help_id = "Paling sedikit sekian canary harus lenyap bersamaan."},
    Option{.key = "canary_share",
           .type = OptionType::number,
           .fallback = "0.6",
           .min = "0.01",
           .max = "1",
           .help = "And at least this share of those that answered before.",
           .help_id = "Dan paling sedikit bagian ini dari yang sebelumnya menjawab."},
    Option{.key = "canary_window",
           .type = OptionType::duration,
           .fallback = "\"30s\"",
           .min = "1s",
           .max = "10m",
           .help = "Lost within this time counts as together.",
           .help_id = "Lenyap dalam waktu ini dianggap bersamaan."},
    Option{.key = "exhaustion",
           .type = OptionType::duration,
           .fallback = "\"5m\"",
           .max = "24h",
           .help = "On battery, the end is foreseen when a UPS's runtime is shorter than this.",
           .help_id = "Saat memakai baterai, akhirnya diperkirakan bila sisa waktu UPS lebih "
                      "pendek dari ini."},
    Option{.key = "shed_below",
           .type = OptionType::integer,
           .min = "-100",
           .max = "100",
           .help =
               "While this mains is off, targets with a lower `priority` are not probed, but for "
               "UPSes, canaries and witnesses; they are then unknown. Nothing is shed when it "
               "is not set.",
           .help_id = "Selama listrik ini padam, target dengan `priority` lebih rendah tidak "
                      "diperiksa, kecuali UPS, canary, dan saksi; keadaannya lalu tidak diketahui. "
                      "Bila tidak diisi, semua tetap diperiksa.",
           .example = "0"},
};

void take_supplies(Section& section, MainsOptions& mains) {
  mains.supplies = section.get<std::vector<std::string>>("power_supply");
  const auto is_word = [](const std::string& name) { return name == "auto" || name == "none"; };
  if (mains.supplies.size() > 1 && std::ranges::any_of(mains.supplies, is_word))
    section.complain("power_supply", "'auto' and 'none' stand alone",
                     "write \"auto\", \"none\", or a list of names");
  mains.takes_every_supply = std::ranges::find(mains.supplies, "auto") != mains.supplies.end();
  std::erase_if(mains.supplies, is_word);
}

}  // namespace

MainsOptions parse_mains(Section& section) {
  MainsOptions mains{.ups = section.get<std::vector<std::string>>("ups"),
                     .supplies = {},
                     .canaries = section.get<std::vector<std::string>>("canaries"),
                     .carriers = section.get<std::vector<std::string>>("carrier"),
                     .witnesses = section.get<std::vector<std::string>>("witnesses"),
                     .canaries_min = section.get<std::int64_t>("canaries_min"),
                     .canary_share = section.get<double>("canary_share"),
                     .canary_window = section.get<Duration>("canary_window"),
                     .exhaustion = section.get<Duration>("exhaustion"),
                     .shed_below = {}};
  take_supplies(section, mains);
  if (section.is_set("shed_below")) mains.shed_below = section.get<std::int64_t>("shed_below");
  const auto voices = static_cast<std::int64_t>(mains.canaries.size() + mains.carriers.size());
  if (voices > 0 && voices < mains.canaries_min)
    section.complain(
        "canaries",
        fmt::format("{} cannot be enough: canaries_min is {}", voices, mains.canaries_min),
        "name more canaries");
  for (const std::string& canary : mains.canaries)
    if (std::ranges::find(mains.witnesses, canary) != mains.witnesses.end())
      section.complain("witnesses", fmt::format("'{}' is a canary, too", canary),
                       "a witness has a UPS behind it, a canary has not");
  const bool has_sensor =
      !mains.ups.empty() || mains.takes_every_supply || !mains.supplies.empty() || voices > 0;
  if (!has_sensor)
    section.complain("name", "a mains needs a sensor",
                     "set ups, power_supply, canaries or carrier");
  return mains;
}

const KindSchema& mains_schema() {
  static const KindSchema schema{
      .name = mains_kind,
      .help =
          "The public power supply of a room, judged from UPSes, adapters and canaries; "
          "targets name it in `needs`.",
      .help_id =
          "Listrik umum sebuah ruangan, dinilai dari UPS, adaptor, dan canary; target "
          "menyebutnya dalam `needs`.",
      .options = mains_option_rows,
      .check = [](Section& section) { static_cast<void>(parse_mains(section)); }};
  return schema;
}

}  // namespace siaga
