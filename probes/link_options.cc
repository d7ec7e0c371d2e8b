#include "probes/link_options.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "probes/anchor.h"

namespace siaga {
namespace {

constexpr std::array link_option_rows{
    Option{.key = "anchors",
           .type = OptionType::texts,
           .is_required = true,
           .help = "What must be reached for the link to be up: an address or name to ping, "
                   "`tcp:host:port`, `dns:server`, `gateway` (the next hop of the default route, "
                   "followed when it changes) or `resolver` (the system's). Choose several that "
                   "do not fail together.",
           .help_id = "Yang harus terjangkau agar tautan dianggap hidup: alamat atau nama untuk "
                      "di-ping, `tcp:host:port`, `dns:server`, `gateway` (lompatan berikut dari "
                      "rute bawaan, diikuti bila berubah) atau `resolver` (milik sistem). Pilih "
                      "beberapa yang tidak mati bersamaan.",
           .example = "[\"gateway\", \"1.1.1.1\", \"8.8.8.8\", \"tcp:9.9.9.9:53\"]"},
    Option{.key = "quorum",
           .type = OptionType::integer,
           .min = "1",
           .max = "100",
           .help = "So many anchors must answer; more than half of them when it is not set. A "
                   "gateway says nothing of what is behind it, and counts only where nothing else "
                   "is an anchor.",
           .help_id = "Sekian jangkar harus menjawab; lebih dari separuh bila tidak diisi. "
                      "Gateway tidak menyatakan apa pun tentang yang di belakangnya, dan hanya "
                      "dihitung bila tidak ada jangkar lain.",
           .example = "2"},
    Option{.key = "interface",
           .type = OptionType::text,
           .fallback = "\"auto\"",
           .help = "The link's own network interface: anchors are asked through it, and the link "
                   "is down without its carrier. `auto`: wherever the default route leads.",
           .help_id = "Antarmuka jaringan milik tautan: jangkar ditanya melaluinya, dan tautan "
                      "mati tanpa sinyal di situ. `auto`: ke mana pun rute bawaan menuju.",
           .example = "\"eth1\""},
    Option{.key = "hold_down",
           .type = OptionType::duration,
           .fallback = "\"10s\"",
           .max = "10m",
           .help = "How long the anchors must answer again before the link is up; its outage then "
                   "ended when they began to. A failure before that goes on with the same outage.",
           .help_id = "Berapa lama jangkar harus kembali menjawab sebelum tautan dianggap hidup; "
                      "gangguannya berakhir saat jangkar mulai menjawab. Kegagalan sebelum itu "
                      "meneruskan gangguan yang sama."},
    Option{.key = "mtu",
           .type = OptionType::integer,
           .min = "576",
           .max = "65535",
           .help = "Packets of this size must pass unfragmented; a link that only lets small ones "
                   "through is down. Not checked when it is not set.",
           .help_id = "Paket sebesar ini harus lewat tanpa dipecah; tautan yang hanya meloloskan "
                      "paket kecil dianggap mati. Tidak diperiksa bila tidak diisi.",
           .example = "1500"},
    Option{.key = "uplinks",
           .type = OptionType::texts,
           .fallback = "[]",
           .help = "Links of this office that carry this one, the main one first; each has an "
                   "interface of its own. Which of them carries it now is exported, and a "
                   "switch-over is kept in the journal.",
           .help_id = "Tautan kantor ini yang membawa tautan ini, yang utama lebih dulu; "
                      "masing-masing punya antarmuka sendiri. Yang sedang membawa ditampilkan, "
                      "dan perpindahan dicatat dalam jurnal.",
           .example = "[\"fiber\", \"lte\"]",
           .refers_to = "link"},
};

void check_anchors(Section& section, const std::vector<std::string>& anchors) {
  if (anchors.empty())
    section.complain("anchors", "a link needs an anchor",
                     "for example anchors = [\"gateway\", \"1.1.1.1\", \"8.8.8.8\"]");
  for (const std::string& anchor : anchors)
    if (!parse_anchor(anchor))
      section.complain("anchors", fmt::format("'{}' is no anchor", anchor),
                       "write an address or name, tcp:host:port, dns:server, gateway or resolver");
  for (auto at = anchors.begin(); at != anchors.end(); ++at)
    if (std::find(anchors.begin(), at, *at) != at)
      section.complain("anchors", fmt::format("the anchor '{}' is there twice", *at),
                       "each anchor counts once");
}

bool is_pinged_beyond(const std::string& anchor) {
  const auto text = parse_anchor(anchor);
  return text && text->sort == AnchorText::Sort::ping;
}

}  // namespace

LinkOptions parse_link(Section& section) {
  LinkOptions link{.anchors = section.get<std::vector<std::string>>("anchors"),
                   .interface = section.get<std::string>("interface"),
                   .hold_down = section.get<Duration>("hold_down"),
                   .mtu = {},
                   .uplinks = section.get<std::vector<std::string>>("uplinks")};
  const auto gateways = std::ranges::count(link.anchors, "gateway");
  const auto all = static_cast<std::int64_t>(link.anchors.size());
  const std::int64_t count = gateways == all ? all : all - gateways;
  link.quorum = section.get_or<std::int64_t>("quorum", count / 2 + 1);
  if (link.interface == "auto") link.interface.clear();
  check_anchors(section, link.anchors);
  if (link.quorum > count && count > 0)
    section.complain("quorum",
                     fmt::format("the quorum is {}, and {} anchors count", link.quorum, count),
                     fmt::format("at most {}", count));
  if (!section.is_set("mtu")) return link;
  link.mtu = section.get<std::int64_t>("mtu");
  if (std::ranges::none_of(link.anchors, is_pinged_beyond))
    section.complain("mtu", "mtu needs an anchor that is pinged",
                     "add an address such as \"1.1.1.1\" to anchors");
  return link;
}

const KindSchema& link_schema() {
  static const KindSchema schema{
      .name = link_kind,
      .help =
          "An uplink or path of the office, judged from its anchors; targets name it in "
          "`needs` or `via`.",
      .help_id =
          "Jalur atau uplink kantor, dinilai dari jangkarnya; target menyebutnya dalam "
          "`needs` atau `via`.",
      .options = link_option_rows,
      .check = [](Section& section) { static_cast<void>(parse_link(section)); },
      .interval = std::chrono::seconds(10)};
  return schema;
}

}  // namespace siaga
